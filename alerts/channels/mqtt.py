"""Retained MQTT messages: what a crew's own system sees of its work orders."""

from typing import Protocol

from dispatch.orders import Outgoing


class Publisher(Protocol):
    """The part of the broker link this channel needs."""

    def publish(self, topic: str, body: bytes, *, retain: bool) -> None:
        """Publish at QoS 1 and wait for the broker's acknowledgement; raises DeliveryError."""
        ...


class MqttChannel:
    """Publishes at QoS 1, retained. An empty body removes what is retained there."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def send(self, message: Outgoing) -> None:
        """Publish and wait until the broker has it."""
        self._publisher.publish(message.target, message.body, retain=True)
