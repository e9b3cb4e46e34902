"""Readings summed up in steps of time, with days that begin at local midnight. Shared by every store."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from devices.readings import Qc
from storage.protocols import Aggregated, Column

DAY_MS = 86_400_000

#: Steps of several days are counted from 5 January 1970, a Monday, so steps of seven days are calendar weeks.
_MONDAY = 4

_EPOCH = date(1970, 1, 1).toordinal()


def in_steps(column: Column, every_ms: int, tz: str) -> Aggregated:
    """Count, mean, min, max and last of a series in steps; steps without a good reading are left out.

    QC fail and missing do not count. Shorter steps than a day are counted from each local midnight, longer
    ones are whole local days.

    Raises:
        ValueError: `every_ms` is not positive, or longer than a day without being whole days; `tz` unknown.
    """
    good = column.qc < Qc.FAIL
    time_ms, value = column.time_ms[good], column.value[good]
    starts = step_starts(time_ms, every_ms, tz)
    start_ms, first, count = np.unique(starts, return_index=True, return_counts=True)
    if not len(time_ms):
        nothing = np.empty(0, np.float64)
        return Aggregated(column.key, start_ms, count.astype(np.int64), nothing, nothing, nothing, nothing)
    return Aggregated(
        key=column.key,
        start_ms=start_ms,
        count=count.astype(np.int64),
        mean=np.add.reduceat(value, first) / count,
        minimum=np.minimum.reduceat(value, first),
        maximum=np.maximum.reduceat(value, first),
        last=value[first + count - 1],
    )


def step_starts(time_ms: NDArray[np.int64], every_ms: int, tz: str) -> NDArray[np.int64]:
    """The start of the step each of the (n,) increasing times lies in. Raises like `in_steps`."""
    zone = _zone(tz)
    if every_ms <= 0 or (every_ms > DAY_MS and every_ms % DAY_MS):
        raise ValueError(f"a step is part of a day or whole days, not {every_ms} ms")
    if not len(time_ms):
        return np.empty(0, np.int64)
    midnights = _midnights(time_ms, max(every_ms // DAY_MS, 1), zone)
    begin = midnights[np.searchsorted(midnights, time_ms, side="right") - 1]
    if every_ms >= DAY_MS:
        return begin
    return begin + (time_ms - begin) // every_ms * every_ms


def _zone(tz: str) -> ZoneInfo:
    try:
        return ZoneInfo(tz)
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        raise ValueError(f"unknown time zone: {tz}") from error


def _midnights(time_ms: NDArray[np.int64], days: int, zone: ZoneInfo) -> NDArray[np.int64]:
    """The local midnights at which the steps of `days` days around these times begin, increasing."""
    found = set()
    # Local time is never a day or more from UTC, so the days before and after are all it can be.
    for utc_day in np.unique(time_ms // DAY_MS).tolist():
        for number in (utc_day - 1, utc_day, utc_day + 1):
            found.add(number - (number - _MONDAY) % days)
    return np.array([_midnight(number, zone) for number in sorted(found)], np.int64)


@lru_cache(maxsize=4096)
def _midnight(number: int, zone: ZoneInfo) -> int:
    # Where the clocks skip midnight, this is the moment they skip at: the day's true first instant.
    day = date.fromordinal(_EPOCH + number)
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)
