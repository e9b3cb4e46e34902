"""Readings of many series in order of time, a page at a time.

The table is ordered by series, then time, and an index by time would double the cost of every write. So a
page is gathered from windows of time: small ones first, each four times the last, and a jump over stretches
in which nothing was measured. A page then costs about what it holds, whatever the length of the query.
"""

from collections.abc import Mapping
from sqlite3 import Connection

from devices.readings import Reading
from storage.protocols import Page

_FIRST_WINDOW_MS = 3_600_000

_COLUMNS = "site_id, channel, quantity, time_ms, value, qc, raw, seq, received_ms, source"


def read_page(
    connection: Connection,
    wanted: Mapping[str, str | None],
    span: tuple[int, int],
    limit: int,
    after: tuple[int, str, str, str] | None,
) -> Page:
    """One page of the readings whose series match `wanted` (None: any), over `[span[0], span[1])`.

    Raises:
        ValueError: `limit` below 1.
    """
    if limit < 1:
        raise ValueError(f"limit must be 1 or more, not {limit}")
    names = [name for name, value in wanted.items() if value is not None]
    series = " AND ".join([f"series.{name} = :{name}" for name in names] or ["1"])
    values = {name: wanted[name] for name in names}
    start, end = span
    if after is not None:
        start = max(start, after[0])
    rows: list[tuple[str, str, str, int, float, int, float | None, int | None, int, str]] = []
    width = _FIRST_WINDOW_MS
    while len(rows) <= limit:
        found = connection.execute(_next_time(series), {**values, "start": start, "end": end}).fetchone()[0]
        if found is None:
            break
        stop = min(end, found + width)
        window = {**values, "start": found, "end": stop, "room": limit + 1 - len(rows)}
        rows += connection.execute(_window(series, after), {**window, **_bound(after)}).fetchall()
        start, width = stop, width * 4
    readings = tuple(Reading(*row) for row in rows[:limit])
    last = readings[-1] if len(rows) > limit else None
    return Page(readings, last and (last.time_ms, last.site_id, last.channel, last.quantity))


def _next_time(series: str) -> str:
    return (
        "SELECT min((SELECT min(time_ms) FROM readings "  # noqa: S608 - names from the code, values bound
        "WHERE series_id = series.id AND time_ms >= :start AND time_ms < :end)) "
        f"FROM series WHERE {series}"
    )


def _window(series: str, after: tuple[int, str, str, str] | None) -> str:
    order = "time_ms, site_id, channel, quantity"
    resume = f"AND ({order}) > (:after_ms, :after_site, :after_channel, :after_quantity)" if after else ""
    return (
        # CROSS JOIN: SQLite keeps the order written, series outside, one seek each.
        f"SELECT {_COLUMNS} FROM series CROSS JOIN readings ON readings.series_id = series.id "  # noqa: S608
        f"WHERE {series} AND time_ms >= :start AND time_ms < :end {resume} ORDER BY {order} LIMIT :room"
    )


def _bound(after: tuple[int, str, str, str] | None) -> dict[str, int | str]:
    if after is None:
        return {}
    return {
        "after_ms": after[0],
        "after_site": after[1],
        "after_channel": after[2],
        "after_quantity": after[3],
    }
