"""Dealing with uplinks again: after a codec was mended, a device adopted, a mounting put right.

Without the journal's lock and without its checkpoint, so it may run beside the service. Who was heard and who
is unknown was noted the first time; what is refused again is only counted.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from devices.formats import Discovered
from devices.frames import Frame
from ingest.dealing import Dealing
from ingest.records import Raw
from ingest.redelivery import Redelivery, as_first_received
from ingest.segments import Position
from ingest.understood import Reach, Refusal, Seen, Stranger

_BATCH = 2000


class SecondTime:
    """A sink for replays: remembers which records were refused again, by place."""

    def __init__(self) -> None:
        self.refused: set[Position] = set()
        self.unknown: set[str] = set()

    def rejected(self, rows: Sequence[Refusal]) -> None:
        """Only where."""
        self.refused |= {row.position for row in rows}

    def quarantined(self, rows: Sequence[Stranger]) -> None:
        """Only who."""
        self.unknown |= {row.device_id for row in rows}

    def seen(self, rows: Sequence[Seen]) -> None:
        """Noted the first time."""

    def framed(self, rows: Sequence[Frame]) -> None:
        """Noted the first time."""

    def reached(self, rows: Sequence[Reach]) -> None:
        """Noted the first time."""

    def discovered(self, rows: Sequence[Discovered]) -> None:
        """Noted the first time."""


def replay(
    records: Iterable[tuple[Position, Raw]],
    dealing: Dealing,
    progress: Callable[[int], None],
    since_ms: int = 0,
) -> int:
    """Deal with records again (`segments.read_folder`); how many there were.

    Records first received before `since_ms` only say which of the others are redelivered copies of them:
    begin some time before. `progress` hears how many are done. Raises what the stores raise; starting again
    from the beginning changes nothing that was done.
    """
    redelivery = Redelivery()
    source = iter(records)
    total = 0
    while batch := list(islice(source, _BATCH)):
        wanted = [one for one in as_first_received(batch, redelivery) if one[1].received_ms >= since_ms]
        if wanted:
            dealing.deal(wanted)
            dealing.settle()
        total += len(wanted)
        progress(total)
    return total
