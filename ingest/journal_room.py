"""How much room a journal has left, in numbers and in words, said before it runs out."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_log = logging.getLogger(__name__)

#: Shares of the room in use from which on people are told, and from which on it is urgent.
TELL_AT, URGENT_AT = 0.7, 0.9
_SAMPLE_S, _HORIZON_S, _LOOK_EVERY_S = 10.0, 3600.0, 5.0


@dataclass(frozen=True, slots=True)
class Room:
    """What a journal uses and what it may still use, in bytes.

    `waiting_bytes` of the `used_bytes` are not stored elsewhere yet; the rest is kept for replay and goes
    first. `limit_bytes` None: as far as the disk goes. `bytes_per_s` is how fast messages came lately (0:
    not known yet). `dropped_records` were given up unprocessed since the journal was opened, received
    between `dropped_from_ms` and `dropped_to_ms`.
    """

    used_bytes: int
    waiting_bytes: int
    limit_bytes: int | None
    disk_free_bytes: int
    bytes_per_s: float = 0.0
    drops_oldest: bool = False
    dropped_records: int = 0
    dropped_from_ms: int = 0
    dropped_to_ms: int = 0

    @property
    def left_bytes(self) -> int:
        """What can still be taken while nothing is stored elsewhere: by the limit, and by the disk."""
        disk = self.disk_free_bytes + self.used_bytes - self.waiting_bytes
        allowed = disk if self.limit_bytes is None else min(disk, self.limit_bytes - self.waiting_bytes)
        return max(0, allowed)

    @property
    def share(self) -> float:
        """How much of the room is gone, 0..1: taken by what waits, or by others on the same disk."""
        whole = self.waiting_bytes + self.left_bytes if self.limit_bytes is None else self.limit_bytes
        return 1.0 if whole <= 0 else min(1.0, max(0.0, 1 - self.left_bytes / whole))

    @property
    def hours_left(self) -> float | None:
        """How long uplinks at the recent rate would fit if the store stood still; None: not known yet."""
        return self.left_bytes / self.bytes_per_s / 3600 if self.bytes_per_s > 0 else None

    @property
    def urgent(self) -> bool:
        """Is it about to bite (or has it)?"""
        return self.share >= URGENT_AT or self.dropped_records > 0

    def figures(self) -> dict[str, float]:
        """For metrics."""
        return {
            "used_bytes": self.used_bytes,
            "waiting_bytes": self.waiting_bytes,
            "left_bytes": self.left_bytes,
            "dropped_records": self.dropped_records,
        }

    def warning(self) -> str | None:
        """What is wrong and what comes of it, in words; None below 70 %."""
        said = []
        if self.share >= TELL_AT:
            left = self.hours_left
            lasts = "" if left is None else f", {left:.1f} h at the recent rate"
            said.append(
                f"{self.share:.0%} of the journal's room is gone: {_mb(self.waiting_bytes)} not stored yet, "
                f"{_mb(self.left_bytes)} left ({self._bound()}{lasts}); {self._then()}"
            )
        if self.dropped_records:
            said.append(f"{self.dropped_records} uplinks were dropped unprocessed since the start")
        return "; ".join(said) or None

    def _bound(self) -> str:
        by_disk = self.limit_bytes is None or self.left_bytes < self.limit_bytes - self.waiting_bytes
        return "the disk is the limit" if by_disk else f"limit {_mb(self.limit_bytes or 0)}"

    def _then(self) -> str:
        if self.drops_oldest:
            return "when it is full the oldest uplinks are dropped"
        return "when it is full nothing more is acknowledged and the broker's queue has to hold it"


class RoomWatch:
    """Knows how fast a journal grows, and says it once on the way up, at 70 % and at 90 %."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()
        self._looked_s = float("-inf")
        self._told = 0.0

    def note(self, now_s: float, total: int, ask: Callable[[], Room]) -> None:
        """How many bytes had come by a (monotonic) time; cheap, after every batch. `ask` gives the room."""
        if not self._samples or now_s - self._samples[-1][0] >= _SAMPLE_S:
            self._samples.append((now_s, total))
            while now_s - self._samples[0][0] > _HORIZON_S:
                self._samples.popleft()
        if now_s - self._looked_s >= _LOOK_EVERY_S:
            self._looked_s = now_s
            self._tell(ask())

    def per_s(self, now_s: float, total: int) -> float:
        """Bytes a second over the last hour; 0 before ten seconds have been seen."""
        if not self._samples or now_s - self._samples[0][0] < _SAMPLE_S:
            return 0.0
        began_s, then = self._samples[0]
        return max(0.0, (total - then) / (now_s - began_s))

    def _tell(self, room: Room) -> None:
        reached = max(step for step in (0.0, TELL_AT, URGENT_AT) if room.share >= step)
        if reached > self._told:
            _log.log(
                logging.ERROR if reached == URGENT_AT else logging.WARNING, "journal: %s", room.warning()
            )
        self._told = reached


def _mb(size: int) -> str:
    return f"{size / (1 << 20):.0f} MB" if size >= 10 << 20 else f"{size / (1 << 20):.1f} MB"
