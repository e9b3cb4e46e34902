"""After the broker was away: which devices are missing which frames, said once they have spoken again."""

from collections.abc import Callable

from desk.frames import in_words, missing_since
from ingest.counters import IngestCounters
from storage.state import State

#: By then most devices have reported, and the broker has handed over what it kept.
_SETTLED_MS = 15 * 60_000
_NAMED = 20


class Outages:
    """Asked now and then; knows of a lost connection from the counters of ingest."""

    def __init__(self, state: State, counters: IngestCounters, clock: Callable[[], int]) -> None:
        self._state = state
        self._counters = counters
        self._clock = clock
        self._lost = counters.disconnects
        self._since_ms = 0
        self._looked_ms = clock()

    def told(self) -> str | None:
        """A sentence about the last outage, a quarter of an hour after it; None otherwise.

        Raises StorageError.
        """
        now_ms, before_ms = self._clock(), self._looked_ms
        self._looked_ms = now_ms
        if self._counters.disconnects > self._lost:
            self._lost = self._counters.disconnects
            self._since_ms = self._since_ms or before_ms
        elif self._since_ms and self._counters.connects <= self._lost:
            return None  # still away
        if not self._since_ms or now_ms - self._since_ms < _SETTLED_MS:
            return None
        missing = missing_since(self._state, self._since_ms)
        self._since_ms = 0
        if not missing:
            return "The broker was away for a while; no device is missing a frame."
        named = [f"{device_id}: {', '.join(in_words(ranges))}" for device_id, ranges in missing[:_NAMED]]
        more = f" and {len(missing) - _NAMED} more devices" if len(missing) > _NAMED else ""
        return f"While the broker was away these frames were lost: {'; '.join(named)}{more}"
