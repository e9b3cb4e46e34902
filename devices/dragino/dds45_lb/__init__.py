"""Dragino DDS45-LB: ultrasonic distance, 30 to 4500 mm, for containers and shallow drains.

Payloads as of DDS75-LB: port 2 eight bytes, port 3 stored values of eleven. 0 is no sensor found, 20 nearer
than 30 mm. The probe corrects for temperature itself.
"""

from devices.dragino import distance_fields, frame
from devices.dragino.dds45_lb.decode import decode
from devices.model import Model

MODEL = Model(
    name="dragino/dds45-lb",
    maker="Dragino",
    product="DDS45-LB",
    use="fill level of containers, shallow drains",
    decode=decode,
    interval_s=1200,
    dead_zone_mm=30.0,
    max_range_mm=4500.0,
    quantities=("distance_mm", "temperature_c", "battery_v"),
    datasheet="http://wiki.dragino.com/xwiki/bin/view/Main/User%20Manual%20for%20LoRaWAN%20End%20Nodes/"
    "DDS45-LB_LoRaWAN_Distance_Detection_Sensor_User_Manual/",
    fields=distance_fields.fields(faulty=(0, "No Sensor", "Invalid Reading"), clipped=(20,)),
    encode_interval=frame.encode_interval,
)
