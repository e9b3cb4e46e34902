"""Uplinks that come by HTTP go the same way as all others: into the journal first, understood later."""

from collections.abc import Callable, Sequence

from ingest.journal import Journal
from ingest.records import Raw
from ingest.segments import Position

#: How far back a device's newest raw uplinks are looked for.
_LOOKED_THROUGH = 50_000
_STEP = 5_000


class Inbox:
    """A way into the journal for those who are no broker. Takes nothing until the journal is open."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._journal: Journal | None = None

    def open(self, journal: Journal) -> None:
        """From now on, messages are taken."""
        self._journal = journal

    def take(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Keep (topic, payload) pairs: on disk when it returns.

        Raises:
            OSError: the service is still starting.
            JournalError: the journal takes nothing; `retryable` says whether it may later.
        """
        if self._journal is None:
            message = "the service is still starting"
            raise OSError(message)
        now_ms = self._clock()
        self._journal.append([Raw(now_ms, topic, payload) for topic, payload in messages])

    def recent(self, device_id: str, limit: int) -> list[tuple[int, str, bytes]]:
        """The newest messages that name a device, newest first, as (received at, topic, payload).

        Looked for by the id standing in topic or payload, in either case, among the last 50,000 messages.
        """
        if self._journal is None or not device_id:
            return []
        wanted = {device_id, device_id.upper()}
        found = [
            (raw.received_ms, raw.topic, raw.payload)
            for raw in self._last(self._journal)
            if any(one in raw.topic or one.encode() in raw.payload for one in wanted)
        ]
        return found[: -limit - 1 : -1]

    def _last(self, journal: Journal) -> list[Raw]:
        end = journal.end
        position = journal.before(end)
        raws: list[Raw] = []
        while position[:2] < end[:2]:
            records = journal.read(position, _STEP)
            if not records:
                break
            raws += [raw for _, raw in records]
            del raws[:-_LOOKED_THROUGH]
            position = Position(*records[-1][0])
        return raws
