"""Steps of time with local days."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.steps import DAY_MS, step_starts

HOUR = 3_600_000
VIETNAM = "Asia/Ho_Chi_Minh"


def local(zone: str, *when: int) -> int:
    year, month, day, hour, minute = (*when, 0, 0)[:5]
    moment = datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone))
    return round(moment.timestamp() * 1000)


def starts(zone: str, every_ms: int, *times: int) -> list[int]:
    return [int(start) for start in step_starts(np.array(times, np.int64), every_ms, zone)]


def test_a_day_begins_at_local_midnight() -> None:
    midnight = local(VIETNAM, 2026, 6, 1)
    assert starts(VIETNAM, DAY_MS, midnight - 1, midnight, midnight + DAY_MS - 1) == [
        midnight - DAY_MS,
        midnight,
        midnight,
    ]


def test_a_day_of_23_hours_and_one_of_25_are_one_step_each() -> None:
    zone = "Europe/Berlin"
    for day in ((2026, 3, 29), (2026, 10, 25)):
        begin = local(zone, *day)
        late = local(zone, *day, 23, 59)
        assert starts(zone, DAY_MS, begin, late) == [begin, begin]
        assert late - begin != 23 * HOUR + 59 * 60_000


def test_where_the_clocks_skip_midnight_the_day_begins_when_they_skip() -> None:
    zone = "America/Santiago"
    first = local(zone, 2026, 9, 6, 1)  # 00:00 to 01:00 did not exist
    assert starts(zone, DAY_MS, first - 1, first) == [local(zone, 2026, 9, 5), first]


def test_seven_days_are_a_calendar_week() -> None:
    monday = local(VIETNAM, 2026, 6, 1)
    sunday = local(VIETNAM, 2026, 6, 7, 23)
    assert starts(VIETNAM, 7 * DAY_MS, monday, sunday, sunday + HOUR) == [monday, monday, monday + 7 * DAY_MS]


def test_six_hours_are_counted_from_local_midnight() -> None:
    midnight = local(VIETNAM, 2026, 6, 1)
    times = [midnight, midnight + 6 * HOUR - 1, midnight + 6 * HOUR]
    assert starts(VIETNAM, 6 * HOUR, *times) == [midnight, midnight, midnight + 6 * HOUR]


def test_nothing_has_no_steps() -> None:
    assert starts(VIETNAM, HOUR) == []


@pytest.mark.parametrize("every", [0, -1, DAY_MS + 1, 36 * HOUR])
def test_a_step_is_part_of_a_day_or_whole_days(every: int) -> None:
    with pytest.raises(ValueError, match="whole days"):
        starts(VIETNAM, every, 0)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc"])
def test_an_unknown_zone_is_said(zone: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        starts(zone, HOUR, 0)


@given(
    times=st.lists(st.integers(0, 4_000_000_000_000), min_size=1, max_size=20).map(sorted),
    every=st.sampled_from([60_000, HOUR, 7 * HOUR, DAY_MS, 3 * DAY_MS]),
    zone=st.sampled_from([VIETNAM, "UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago"]),
)
def test_a_step_begins_at_or_before_its_readings_and_never_later_than_they_do(
    times: list[int], every: int, zone: str
) -> None:
    found = starts(zone, every, *times)
    assert found == sorted(found)
    # An hour more: a step over the end of summer time.
    assert all(0 <= time - start < every + HOUR for time, start in zip(times, found, strict=True))
    # What a step says depends on the reading alone, not on its company.
    assert found == [starts(zone, every, time)[0] for time in times]
