"""Messages for devices, through their network server's topics on the broker."""

from alerts.channels.mqtt import Publisher
from dispatch.orders import Outgoing


class DownlinkChannel:
    """Publishes at QoS 1, never retained: a command that waited on a topic would be carried out again."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def send(self, message: Outgoing) -> None:
        """Publish and wait until the broker has it."""
        self._publisher.publish(message.target, message.body, retain=False)
