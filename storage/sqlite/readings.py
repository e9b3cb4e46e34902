"""The readings store on SQLite."""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from sqlite3 import Connection

import numpy as np

from devices.readings import Reading, SeriesKey
from storage.limits import INT64_MAX, refused
from storage.protocols import Aggregated, Column, Latest, Page, WriteResult
from storage.sqlite.connect import Database
from storage.sqlite.paging import read_page
from storage.steps import in_steps

_SCHEMA = """
CREATE TABLE IF NOT EXISTS series (
    id INTEGER PRIMARY KEY,
    site_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    quantity TEXT NOT NULL,
    UNIQUE (site_id, channel, quantity)
);
CREATE TABLE IF NOT EXISTS readings (
    series_id INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    value REAL NOT NULL,
    qc INTEGER NOT NULL,
    raw REAL,
    seq INTEGER,
    received_ms INTEGER NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (series_id, time_ms)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS latest (
    series_id INTEGER PRIMARY KEY,
    time_ms INTEGER NOT NULL,
    value REAL NOT NULL,
    qc INTEGER NOT NULL,
    received_ms INTEGER NOT NULL
)
"""

#: `devices.readings.supersedes` in SQL: higher sequence, then greater value. `source` has no say.
_UPSERT = """
INSERT INTO readings (series_id, time_ms, value, qc, raw, seq, received_ms, source)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (series_id, time_ms) DO UPDATE SET
    value = excluded.value, qc = excluded.qc, raw = excluded.raw, seq = excluded.seq,
    received_ms = excluded.received_ms, source = excluded.source
WHERE (coalesce(excluded.seq, -1), excluded.value) > (coalesce(readings.seq, -1), readings.value)
"""

#: Copies what stands in `readings` after the conflict rule has spoken, so `latest` needs no rule of its own.
_REFRESH_LATEST = """
INSERT INTO latest (series_id, time_ms, value, qc, received_ms)
SELECT series_id, time_ms, value, qc, received_ms FROM readings WHERE series_id = ? AND time_ms = ?
ON CONFLICT (series_id) DO UPDATE SET
    time_ms = excluded.time_ms, value = excluded.value, qc = excluded.qc, received_ms = excluded.received_ms
WHERE excluded.time_ms >= latest.time_ms
"""

_REBUILD_LATEST = """
INSERT INTO latest (series_id, time_ms, value, qc, received_ms)
SELECT series_id, time_ms, value, qc, received_ms FROM readings
WHERE series_id = ? ORDER BY time_ms DESC LIMIT 1
"""

_FIND_SERIES = "SELECT id FROM series WHERE site_id = ? AND channel = ? AND quantity = ?"

_Key = tuple[str, str, str]
_Row = tuple[int, int, float, int, float | None, int | None, int, str]


class SqliteReadings:
    """Readings in one SQLite file; a `storage.protocols.ReadingsStore`.

    Safe to use from several threads, and the file from several processes. `accepted` counts readings that
    were taken, whether or not an earlier one under the same key stands.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the file and its folder. Raises `StorageError` (see `Database`)."""
        self._database = Database(path, _SCHEMA, version=1, application="readings")
        # Series are never removed from their table, so a number once committed stays true in every process.
        self._numbers: dict[_Key, int] = {}

    def write(self, readings: Sequence[Reading]) -> WriteResult:
        """Store readings; the write is on disk when it returns. Values that are no number are refused."""
        rejected = refused(readings)
        if rejected:
            out = {index for index, _ in rejected}
            readings = [reading for index, reading in enumerate(readings) if index not in out]
        if readings:
            self._store(readings)
        return WriteResult(len(readings), rejected)

    def _store(self, readings: Sequence[Reading]) -> None:
        with self._database.write() as connection:
            fresh = _number(connection, {reading[:3] for reading in readings} - self._numbers.keys())
            rows = _sorted_rows(readings, self._numbers | fresh if fresh else self._numbers)
            connection.executemany(_UPSERT, rows)
            newest = {row[0]: row[1] for row in rows}  # rows of a series stand in order of time
            connection.executemany(_REFRESH_LATEST, newest.items())
        self._numbers.update(fresh)  # only now: an undone transaction would have left false numbers

    def _find(self, connection: Connection, key: SeriesKey) -> int | None:
        if key not in self._numbers:
            row = connection.execute(_FIND_SERIES, key).fetchone()
            if row is None:
                return None
            self._numbers[key] = row[0]
        return self._numbers[key]

    def latest(self, site_ids: Sequence[str] | None = None) -> list[Latest]:
        """The newest reading of every series, of these sites or of all, ordered by key."""
        query = (
            "SELECT site_id, channel, quantity, time_ms, value, qc, received_ms "
            "FROM latest JOIN series ON series.id = latest.series_id {} ORDER BY site_id, channel, quantity"
        )
        with self._database.read() as connection:
            if site_ids is None:
                rows = connection.execute(query.format("")).fetchall()
            else:
                one = query.format("WHERE site_id = ?")
                rows = [row for site in sorted(set(site_ids)) for row in connection.execute(one, (site,))]
        return [Latest(SeriesKey(*row[:3]), *row[3:]) for row in rows]

    def range(
        self, keys: Sequence[SeriesKey], from_ms: int, to_ms: int, *, limit: int | None = None
    ) -> list[Column]:
        """The series named over `[from_ms, to_ms)`, oldest first, at most `limit` of each."""
        query = (
            "SELECT time_ms, value, qc FROM readings "
            "WHERE series_id = ? AND time_ms >= ? AND time_ms < ? ORDER BY time_ms LIMIT ?"
        )
        most = -1 if limit is None else limit
        columns = []
        with self._database.read() as connection:
            for key in keys:
                number = self._find(connection, key)
                rows = connection.execute(query, (number, _clip(from_ms), _clip(to_ms), most)).fetchall()
                columns.append(_column(key, rows))
        return columns

    def page(
        self,
        *,
        site_id: str | None,
        channel: str | None,
        quantity: str | None,
        from_ms: int,
        to_ms: int,
        limit: int,
        after: tuple[int, str, str, str] | None,
    ) -> Page:
        """Readings in order of (time, site, channel, quantity), resumable after a key."""
        wanted = {"site_id": site_id, "channel": channel, "quantity": quantity}
        with self._database.read() as connection:
            return read_page(connection, wanted, (_clip(from_ms), _clip(to_ms)), limit, after)

    def aggregate(
        self, keys: Sequence[SeriesKey], from_ms: int, to_ms: int, every_ms: int, tz: str
    ) -> list[Aggregated]:
        """Steps of `every_ms` (see `storage.steps`); steps without a good reading are left out."""
        return [in_steps(column, every_ms, tz) for column in self.range(keys, from_ms, to_ms)]

    def series(self, site_id: str | None = None) -> list[SeriesKey]:
        """Every series that has readings, of one site or of all, ordered."""
        query = (
            "SELECT site_id, channel, quantity FROM series JOIN latest ON latest.series_id = series.id "
            "WHERE site_id = coalesce(?, site_id) ORDER BY site_id, channel, quantity"
        )
        with self._database.read() as connection:
            return [SeriesKey(*row) for row in connection.execute(query, (site_id,))]

    def delete(self, keys: Sequence[SeriesKey], from_ms: int, to_ms: int) -> int:
        """Remove readings over `[from_ms, to_ms)`; returns how many."""
        removed = 0
        query = "DELETE FROM readings WHERE series_id = ? AND time_ms >= ? AND time_ms < ?"
        with self._database.write() as connection:
            for key in set(keys):
                number = self._find(connection, key)
                removed += connection.execute(query, (number, _clip(from_ms), _clip(to_ms))).rowcount
                connection.execute("DELETE FROM latest WHERE series_id = ?", (number,))
                connection.execute(_REBUILD_LATEST, (number,))
        return removed

    def check(self) -> None:
        """Return if the file answers; raise `StorageError` if not."""
        with self._database.read() as connection:
            connection.execute("SELECT 1 FROM series LIMIT 1").fetchone()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def _number(connection: Connection, keys: Iterable[_Key]) -> dict[_Key, int]:
    numbers = {}
    for key in sorted(keys):
        connection.execute("INSERT OR IGNORE INTO series (site_id, channel, quantity) VALUES (?, ?, ?)", key)
        numbers[key] = int(connection.execute(_FIND_SERIES, key).fetchone()[0])
    return numbers


def _sorted_rows(readings: Sequence[Reading], numbers: Mapping[_Key, int]) -> list[_Row]:
    """Rows for the table in its own order, so that each page is visited once a batch."""
    # By columns, because this runs for every reading there is; int, because SQLite binds enums slowly.
    sites, channels, quantities, times, values, codes, *others = zip(*readings, strict=True)
    series = map(numbers.__getitem__, zip(sites, channels, quantities, strict=True))
    rows = zip(series, times, values, map(int, codes), *others, strict=True)
    return sorted(rows, key=itemgetter(0, 1))


def _column(key: SeriesKey, rows: Sequence[tuple[int, float, int]]) -> Column:
    times, values, codes = zip(*rows, strict=True) if rows else ((), (), ())
    return Column(key, np.array(times, np.int64), np.array(values, np.float64), np.array(codes, np.uint8))


def _clip(time_ms: int) -> int:
    """Callers may say "for ever" with any number; SQLite counts to 64 bits."""
    return max(-INT64_MAX, min(INT64_MAX, time_ms))
