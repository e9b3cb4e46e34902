"""The feed on SQLite: batches of decoded readings, numbered in order of arrival."""

from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path

from devices.readings import Block, Reading, block_of
from storage.blocks import pack, unpack
from storage.sqlite.connect import Database

#: AUTOINCREMENT: a number is never given twice, not even after everything was trimmed.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS feed (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    n INTEGER NOT NULL,
    body BLOB NOT NULL
)
"""


class SqliteFeed:
    """A `storage.protocols.Feed` in a SQLite file, which may be the readings' own."""

    def __init__(self, path: Path) -> None:
        """Open or create the file and its folder. Raises `StorageError` (see `Database`)."""
        self._database = Database(path, _SCHEMA, version=1, application="feed")

    def append(self, readings: Sequence[Reading]) -> int:
        """Append one batch, on disk when it returns; its number. Values that are no number stay out.

        Nothing to append gives the number of the newest batch.
        """
        block = block_of([reading for reading in readings if isfinite(reading.value)])
        if not len(block):
            return self.head()
        with self._database.write() as connection:
            cursor = connection.execute("INSERT INTO feed (n, body) VALUES (?, ?)", (len(block), pack(block)))
            assert cursor.lastrowid is not None
            return cursor.lastrowid

    def read(self, after: int, limit: int) -> Iterator[tuple[int, Block]]:
        """Up to `limit` batches numbered above `after`, oldest first."""
        query = "SELECT seq, body FROM feed WHERE seq > ? ORDER BY seq LIMIT ?"
        with self._database.read() as connection:
            # Fetched at once: whoever reads slowly must not hold a view of the file open meanwhile.
            rows = connection.execute(query, (after, max(limit, 0))).fetchall()
        return ((seq, unpack(body)) for seq, body in rows)

    def head(self) -> int:
        """The number of the newest batch, trimmed or not; 0 if there never was one."""
        with self._database.read() as connection:
            row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'feed'").fetchone()
        return row[0] if row else 0

    def trim(self, up_to: int) -> None:
        """Forget batches numbered up to and including `up_to`."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM feed WHERE seq <= ?", (up_to,))

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()
