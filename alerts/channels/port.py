"""What every channel can do."""

from typing import Protocol

from dispatch.orders import Outgoing


class Channel(Protocol):
    """A way for messages to leave."""

    def send(self, message: Outgoing) -> None:
        """Return once the other side has taken the message.

        Raises:
            DeliveryError: it was not taken.
        """
        ...
