"""How much a broker must hold: so many messages as a fleet sends while Kênh is away, and what that takes.

The constants were measured on Mosquitto 2.0.11 (docs/broker.md has the figures).
"""

import math
from dataclasses import dataclass

#: Bursts want room whatever the fleet; beyond the ceiling it is the broker's memory that ends first.
LEAST_QUEUE, MOST_QUEUE = 100_000, 20_000_000
#: What a queued message takes besides its payload: in memory, and in the file the queue is saved to.
_MEMORY_EXTRA, _DISK_EXTRA = 510, 210
#: The whole file is written at every save, and meanwhile the broker does nothing else.
_SAVE_BYTES_PER_S = 20_000_000
_LONGEST_SAVE_EVERY_S = 60


@dataclass(frozen=True, slots=True)
class Fleet:
    """What publishes, and how long Kênh may be away. `message_bytes` is a payload (ChirpStack: 1,500)."""

    devices: int
    interval_s: float = 600.0
    outage_h: float = 72.0
    message_bytes: int = 1500

    @property
    def messages_per_s(self) -> float:
        """Uplinks a second, on average."""
        return self.devices / self.interval_s


@dataclass(frozen=True, slots=True)
class Size:
    """The limits that follow.

    `expected` messages come in while Kênh is away; `queue` is what the broker may hold for it. When
    `expected` wait, they take `memory_bytes` and `disk_bytes`. `autosave_s` is how often the queue is saved.
    """

    expected: int
    queue: int
    memory_bytes: int
    disk_bytes: int
    autosave_s: int

    @property
    def holds_all(self) -> bool:
        """Does the queue hold the whole outage?"""
        return self.queue >= self.expected


def size_for(fleet: Fleet) -> Size:
    """messages/s x seconds away, at least 100,000; saved as often as the file allows.

    Raises:
        ValueError: an interval or an outage that is not positive, or fewer than no devices.
    """
    if fleet.interval_s <= 0 or fleet.outage_h <= 0 or fleet.devices < 0 or fleet.message_bytes <= 0:
        raise ValueError(
            "interval, outage and message size must be positive, and the devices not fewer than 0"
        )
    expected = math.ceil(fleet.messages_per_s * fleet.outage_h * 3600)
    queue = min(MOST_QUEUE, max(LEAST_QUEUE, expected))
    disk_bytes = expected * (fleet.message_bytes + _DISK_EXTRA)
    return Size(
        expected=expected,
        queue=queue,
        memory_bytes=expected * (fleet.message_bytes + _MEMORY_EXTRA),
        disk_bytes=disk_bytes,
        autosave_s=min(_LONGEST_SAVE_EVERY_S, max(1, math.ceil(disk_bytes / _SAVE_BYTES_PER_S))),
    )
