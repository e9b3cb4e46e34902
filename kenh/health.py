"""Is the service ready: broker, journal, lag and disk, each with what is wrong and what would help."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from api.ports import Check, Health
from ingest.counters import IngestCounters
from ingest.journal_room import Room

#: Asked for what is wrong, in words; None if nothing is.
Problem = Callable[[], str | None]

#: Below this a storm's worth of uplinks may not fit any more.
LOW_DISK_BYTES = 500 << 20
LONGEST_LAG_MS = 60_000


class Linked(Protocol):
    """The crew link, as far as health cares."""

    @property
    def connected(self) -> bool:
        """Does the broker hear us?"""
        ...


class HealthCheck:
    """Asked by `/readyz`; parts are added as they start."""

    def __init__(self, data: Path, counters: IngestCounters | None, clock: Callable[[], int]) -> None:
        self._data = data
        self._counters = counters
        self._clock = clock
        self._ingest: tuple[Problem, Problem] | None = None
        self._room: Callable[[], Room] | None = None
        self._link: Linked | None = None

    def watch_ingest(self, receiving: Problem, storing: Problem, room: Callable[[], Room]) -> None:
        """Uplinks are now expected; `room` is what the journal has left."""
        self._ingest = (receiving, storing)
        self._room = room

    def watch_link(self, link: Linked) -> None:
        """Messages are now expected to leave."""
        self._link = link

    def now(self) -> Health:
        """Everything that can be wrong, looked at afresh."""
        return Health(checks=(*self._of_ingest(), *self._alerts(), self._disk()))

    def _of_ingest(self) -> list[Check]:
        if self._counters is None:
            return []
        receiving, storing = (ask() for ask in self._ingest) if self._ingest else ("starting", None)
        lag_ms = self._counters.lag_ms
        late = lag_ms > LONGEST_LAG_MS
        return [
            Check("broker", receiving is None, receiving or ""),
            Check("storing", storing is None, storing or ""),
            Check("ingest_lag", not late, f"{lag_ms / 1000:.0f} s behind the journal" if late else ""),
            *self._journal(),
        ]

    def _journal(self) -> list[Check]:
        """From 70 % on people are told, from 90 % on it is a failure."""
        if self._room is None:
            return []
        room = self._room()
        return [Check("journal", not room.urgent, room.warning() or "")]

    def _alerts(self) -> list[Check]:
        if self._link is None:
            return []
        ok = self._link.connected
        return [
            Check("crew_link", ok, "" if ok else "not connected to the broker; messages wait in the outbox")
        ]

    def _disk(self) -> Check:
        free = shutil.disk_usage(self._data).free
        ok = free > LOW_DISK_BYTES
        return Check(
            "disk", ok, "" if ok else f"only {free >> 20} MB left where {self._data} is; free some room"
        )
