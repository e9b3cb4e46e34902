"""A broker of our own for one machine: mosquitto where there is one, amqtt where there is not."""
