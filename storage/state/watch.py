"""How far the watch has read the feed, and what it knew at that point."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select

from storage.state import tables
from storage.state.upserting import upsert

_TABLE = tables.watch


@dataclass(frozen=True, slots=True)
class WatchCheckpoint:
    """The watch has read the feed up to `feed_seq` at `at_ms`; `snapshot` is its memory, of that version."""

    feed_seq: int
    at_ms: int
    version: str
    snapshot: bytes


class WatchRepository:
    """The one checkpoint of the watch."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def load(self) -> WatchCheckpoint | None:
        """The last checkpoint saved."""
        query = select(_TABLE.c.feed_seq, _TABLE.c.at_ms, _TABLE.c.version, _TABLE.c.snapshot)
        row = self._connection.execute(query.where(_TABLE.c.id == 1)).mappings().first()
        return None if row is None else WatchCheckpoint(**row)

    def save(self, checkpoint: WatchCheckpoint) -> None:
        """Replace the checkpoint."""
        upsert(self._connection, _TABLE, [{"id": 1, **asdict(checkpoint)}])
