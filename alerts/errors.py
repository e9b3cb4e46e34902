"""The errors of delivery.

DeliveryError       a message did not leave; `retryable` says whether another try can help
"""


class DeliveryError(Exception):
    """A message was not taken by its channel."""

    def __init__(self, reason: str, *, retryable: bool = True) -> None:
        super().__init__(reason)
        self.retryable = retryable
