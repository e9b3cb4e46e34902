"""When was this first received? The broker delivers again what was not acknowledged before a crash or a cut.

A message that carries its own time lands on the same key again, and nothing happens. One that does not would
become a second reading at a later time; so the redelivered copy takes the time of the first.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TypeVar

from ingest.records import Raw
from ingest.segments import Position

_Key = TypeVar("_Key")


class Redelivery:
    """Remembers the last `size` messages by content, or up to twice as many.

    The duplicate flag alone proves nothing (the first copy may never have reached us), nor does content alone
    (a steady sensor says the same every ten minutes). But a redelivery keeps its packet identifier, so both
    together do. A retained message, which the broker repeats at a new subscription, is known by its content.
    """

    def __init__(self, size: int = 20_000) -> None:
        self._size = size
        self._seen: dict[tuple[int, int], int] = {}
        self._newest: dict[int, int] = {}

    def first_received_ms(self, raw: Raw) -> int:
        """When this message was received first; ask for every record, in the journal's order.

        Asking again for the same record (a batch tried again) gives the same answer.
        """
        content = hash((raw.topic, raw.payload))
        known = None
        if raw.duplicate:
            known = self._seen.get((content, raw.mid))
        elif raw.retained:
            known = self._newest.get(content)
        if known is not None:
            return known
        _keep(self._seen, (content, raw.mid), raw.received_ms, self._size)
        _keep(self._newest, content, raw.received_ms, self._size)
        return raw.received_ms

    def learn(self, raws: Iterable[Raw]) -> None:
        """Remember messages dealt with before (at start, from the journal)."""
        for raw in raws:
            self.first_received_ms(raw)


def as_first_received(
    records: Sequence[tuple[Position, Raw]], redelivery: Redelivery
) -> list[tuple[Position, Raw]]:
    """The same records with the time at which each was received first."""
    first = redelivery.first_received_ms
    return [
        (place, raw if (at_ms := first(raw)) == raw.received_ms else raw._replace(received_ms=at_ms))
        for place, raw in records
    ]


def _keep(known: dict[_Key, int], key: _Key, at_ms: int, size: int) -> None:
    """Put it last, and let go of the oldest half when there are twice as many as wanted."""
    known.pop(key, None)
    known[key] = at_ms
    if len(known) > 2 * size:
        for old in list(islice(known, size)):
            del known[old]
