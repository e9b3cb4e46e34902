"""The memory of every series: in order, whatever the order of arrival."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.memory import DEPTH, Memory, Role, learn_rhythm, level_now, middle_of
from devices.readings import SeriesKey

HOUR = 3_600_000


def memory() -> Memory:
    fresh = Memory()
    fresh.add(SeriesKey("G1", "1", "water_level_m"), 0, Role.LEVEL)
    return fresh


def tell(target: Memory, time_ms: int, value: float) -> None:
    """As the watch does: append what is newer, insert what is not."""
    if time_ms > target.last_t[0]:
        target.append(np.array([0]), np.array([time_ms]), np.array([value]), np.array([False]))
    else:
        target.insert(0, time_ms, value)


@given(st.permutations(range(DEPTH)))
def test_order_of_arrival_does_not_matter_while_nothing_is_forgotten(order: list[int]) -> None:
    told = memory()
    for number in order:
        tell(told, number * 1000, float(number))
    times, values = told.ordered(0)
    assert times.tolist() == [number * 1000 for number in range(DEPTH)]
    assert values.tolist() == [float(number) for number in range(DEPTH)]
    assert told.last_v[0] == DEPTH - 1


def test_only_the_newest_are_kept() -> None:
    told = memory()
    for number in range(3 * DEPTH):
        tell(told, number, float(number))
    assert told.ordered(0)[0].tolist() == list(range(2 * DEPTH, 3 * DEPTH))


def test_a_reading_older_than_all_that_is_remembered_is_forgotten() -> None:
    told = memory()
    for number in range(DEPTH):
        tell(told, 1000 + number, 1.0)
    assert told.insert(0, 5, 9.0) is None


def test_under_the_same_time_the_greater_value_stays() -> None:
    told = memory()
    tell(told, 1000, 1.0)
    assert told.insert(0, 1000, 3.0) == pytest.approx(2.0)
    assert told.insert(0, 1000, 2.0) is None
    assert told.last_v[0] == 3.0


def test_the_level_now_is_the_median_of_three() -> None:
    told = memory()
    tell(told, 1, 0.1)
    assert level_now(told, 0) == 0.1
    tell(told, 2, 5.0)
    assert level_now(told, 0) == 0.1
    tell(told, 3, 0.2)
    assert level_now(told, 0) == 0.2
    assert middle_of(told.tail(np.array([0]))[1]).tolist() == [0.2]


def test_the_rise_is_the_slope_over_the_window() -> None:
    told = memory()
    assert told.rise_m_per_h(0, HOUR) is None
    for number in range(7):
        tell(told, number * HOUR // 6, 0.1 + 0.01 * number)
    assert told.rise_m_per_h(0, HOUR) == pytest.approx(0.06)


def test_the_report_interval_is_the_median_gap_and_gaps_are_losses() -> None:
    told = memory()
    for number in [*range(10), *range(12, 20)]:
        tell(told, number * 300_000, 0.1)
    learn_rhythm(told, np.array([0]))
    assert told.interval_ms[0] == 300_000
    assert 0 < told.loss[0] < 0.2


def test_a_rhythm_needs_four_readings() -> None:
    told = memory()
    for number in range(3):
        tell(told, number * 300_000, 0.1)
    learn_rhythm(told, np.array([0]))
    assert np.isnan(told.interval_ms[0])
    learn_rhythm(told, np.array([], np.int64))
