"""What falls between two totals of a rain counter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.rain import LONGEST_GAP_MS, Increment, increment
from devices.readings import Qc

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


@pytest.mark.parametrize(
    ("before_mm", "after_mm", "minutes", "expected"),
    [
        (12.2, 12.2, 10, Increment(0.0, Qc.GOOD)),
        (12.2, 12.4, 10, Increment(0.2, Qc.GOOD)),
        (100.1, 133.3, 10, Increment(33.2, Qc.GOOD)),
        (100.1, 133.5, 10, Increment(33.4, Qc.FAIL)),
        (0.0, 200.0, 60, Increment(200.0, Qc.GOOD)),
    ],
)
def test_what_was_counted_is_rain_until_it_is_more_than_can_fall(
    before_mm: float, after_mm: float, minutes: int, expected: Increment
) -> None:
    assert increment(before_mm, after_mm, minutes * MINUTE_MS) == expected


def test_an_interval_of_more_than_an_hour_is_an_amount_but_no_intensity() -> None:
    assert increment(10.0, 14.0, HOUR_MS).qc is Qc.GOOD
    assert increment(10.0, 14.0, HOUR_MS + 1) == Increment(4.0, Qc.SUSPECT)


def test_a_single_tip_seconds_after_the_last_report_is_no_cloudburst() -> None:
    assert increment(10.0, 10.5, 1_000) == Increment(0.5, Qc.GOOD)


@pytest.mark.parametrize("after_mm", [0.0, 1.4, 30.0])
def test_a_restarted_counter_has_seen_what_it_shows_at_least(after_mm: float) -> None:
    assert increment(312.6, after_mm, 10 * MINUTE_MS) == Increment(after_mm, Qc.SUSPECT)


@pytest.mark.parametrize(
    ("before_mm", "after_mm", "rain_mm"), [(655.0, 1.2, 1.56), (6553.2, 0.3, 0.7), (13105.0, 2.0, 4.2)]
)
def test_a_counter_at_the_end_of_its_digits_runs_over(
    before_mm: float, after_mm: float, rain_mm: float
) -> None:
    assert increment(before_mm, after_mm, 10 * MINUTE_MS) == Increment(rain_mm, Qc.SUSPECT)


def test_a_counter_that_would_have_missed_a_storm_to_run_over_has_restarted() -> None:
    assert increment(600.0, 1.0, 24 * HOUR_MS) == Increment(1.0, Qc.SUSPECT)


@pytest.mark.parametrize(("before_mm", "after_mm"), [(30.0, 3010.0), (4000.0, 250.0)])
def test_the_counter_of_another_device_gives_no_rain_of_metres(before_mm: float, after_mm: float) -> None:
    assert increment(before_mm, after_mm, 10 * MINUTE_MS) == Increment(0.0, Qc.FAIL)
    assert increment(before_mm, after_mm, 48 * HOUR_MS) == Increment(0.0, Qc.FAIL)


@given(st.floats(0, 1e7), st.floats(0, 1e7), st.integers(1, LONGEST_GAP_MS))
def test_an_increment_is_never_negative_never_beyond_its_bounds_and_never_good_beyond_belief(
    before_mm: float, after_mm: float, gap_ms: int
) -> None:
    rain_mm, qc = increment(before_mm, after_mm, gap_ms)
    assert 0 <= rain_mm <= 200
    assert qc is not Qc.GOOD or (after_mm >= before_mm and gap_ms <= HOUR_MS)
