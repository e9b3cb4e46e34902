"""The registry as ingest and watch see it: one immutable value, asked for once a second."""

import threading
from collections.abc import Callable

from devices.sites import Registry
from storage.state import State


class RegistryCache:
    """Asks the state at most once a second, not for every uplink; other processes may have changed it."""

    def __init__(self, state: State, clock: Callable[[], int]) -> None:
        self._state = state
        self._clock = clock
        self._lock = threading.Lock()
        self._asked_ms = -1_000_000
        self._value: Registry | None = None

    def current(self) -> Registry:
        """The registry, at most a second old."""
        with self._lock:
            now = self._clock()
            if self._value is None or abs(now - self._asked_ms) >= 1000:
                with self._state.snapshot() as tx:
                    self._value = tx.registry.load()
                self._asked_ms = now
            return self._value
