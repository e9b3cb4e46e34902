"""When it counts as a storm: rates from any gauge, flooded streets, and a calm that has to last."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.findings import Finding, FindingKind, Severity
from dispatch.weather import FINDING_COUNTS_MS, HOUR_MS, MINUTE_MS, STALE_MS, Weather, look, rate_mm_per_h
from tests.dispatch.commune import NOW

START = 10.0
CALM_MS = 60 * MINUTE_MS


def rate(*reports: tuple[float, float], now_min: float = 0.0) -> float | None:
    """The rate from (minutes ago, mm) in order of time."""
    times = np.array([NOW - round(ago * MINUTE_MS) for ago, _ in reports], np.int64)
    return rate_mm_per_h(times, np.array([mm for _, mm in reports], np.float64), NOW + int(now_min))


def seen(weather: Weather, now_ms: int, rates: dict[str, float | None], *findings: Finding) -> Weather:
    return look(weather, now_ms, rates, findings, start_mm_per_h=START, calm_ms=CALM_MS)


def found(kind: FindingKind, opened_ms: int = NOW) -> Finding:
    return Finding("g07", kind, Severity.MAJOR, opened_ms, opened_ms, 0.9)


def test_a_quarter_of_an_hour_counts_four_times() -> None:
    assert rate((15, 9.0), (10, 1.0), (5, 1.0), (0, 0.5)) == pytest.approx(10.0)


def test_an_hourly_report_is_the_rate_of_its_hour_and_no_cloudburst() -> None:
    assert rate((60, 0.0), (0, 12.0)) == pytest.approx(12.0)


def test_a_report_that_began_before_the_quarter_counts_in_part() -> None:
    assert rate((30, 0.0), (10, 4.0), (0, 0.0)) == pytest.approx(4.0)


def test_a_first_report_is_taken_for_a_quarter_of_an_hour() -> None:
    assert rate((0, 3.0)) == pytest.approx(12.0)


def test_a_gauge_that_has_not_spoken_for_an_hour_says_nothing() -> None:
    times, rain = np.array([NOW - STALE_MS], np.int64), np.array([9.0])
    assert rate_mm_per_h(times, rain, NOW) == pytest.approx(36.0)
    assert rate_mm_per_h(times, rain, NOW + 1) is None
    assert rate() is None


@given(st.lists(st.tuples(st.integers(1, 90), st.floats(0, 50)), min_size=1, max_size=20))
def test_no_rate_is_more_than_what_fell_all_in_one_quarter(steps: list[tuple[int, float]]) -> None:
    times = NOW + np.cumsum([minutes for minutes, _ in steps]).astype(np.int64) * MINUTE_MS
    rain = np.array([mm for _, mm in steps])
    said = rate_mm_per_h(times, rain, int(times[-1]))
    assert said is not None
    assert 0.0 <= said <= 4 * float(rain.sum()) + 1e-9


def test_any_one_gauge_begins_a_storm() -> None:
    assert not seen(Weather(), NOW, {"m1": 9.9, "m2": None}).storm
    weather = seen(Weather(), NOW, {"m1": 0.0, "m2": 12.0, "m3": None})
    assert weather == Weather(True, NOW, NOW, "m2", 12.0)


def test_a_flooded_street_begins_a_storm_where_there_is_no_gauge() -> None:
    assert seen(Weather(), NOW, {}, found(FindingKind.FLOODING)) == Weather(True, NOW, NOW, "g07", None)


@pytest.mark.parametrize("kind", [FindingKind.HIGH_WATER, FindingKind.BLOCKED_DRAIN, FindingKind.BACKWATER])
def test_other_findings_begin_none(kind: FindingKind) -> None:
    assert not seen(Weather(), NOW, {}, found(kind)).storm


def test_a_storm_ends_only_after_it_has_been_calm_long_enough() -> None:
    weather = seen(Weather(), NOW, {"m": 30.0})
    weather = seen(weather, NOW + 30 * MINUTE_MS, {"m": START / 4})
    assert weather.wet_ms == NOW + 30 * MINUTE_MS
    almost = NOW + 30 * MINUTE_MS + CALM_MS - 1
    assert seen(weather, almost, {"m": 0.1}).storm
    ended = seen(weather, almost + 1, {"m": 0.1})
    assert (ended.storm, ended.since_ms) == (False, almost + 1)


def test_high_water_keeps_a_storm_going_but_a_finding_nobody_closes_does_not_for_ever() -> None:
    weather = seen(Weather(), NOW, {"m": 30.0})
    later = NOW + 2 * HOUR_MS
    assert seen(weather, later, {}, found(FindingKind.HIGH_WATER)).wet_ms == later
    stuck = replace(weather, wet_ms=NOW + FINDING_COUNTS_MS)
    assert not seen(stuck, NOW + FINDING_COUNTS_MS + CALM_MS, {}, found(FindingKind.FLOODING)).storm


def test_a_storm_changes_its_memory_no_more_than_once_a_minute() -> None:
    weather = seen(Weather(), NOW, {"m": 30.0})
    assert seen(weather, NOW + MINUTE_MS - 1, {"m": 30.0}) is weather


@given(st.lists(st.one_of(st.none(), st.floats(0, 80)), max_size=60))
def test_a_storm_never_ends_within_the_calm_time_after_rain(rates: list[float | None]) -> None:
    weather, rained_ms = Weather(), -CALM_MS
    for step, said in enumerate(rates):
        now = NOW + step * 5 * MINUTE_MS
        before, weather = weather, seen(weather, now, {"m": said})
        if said is not None and said >= START / 4 and weather.storm:
            rained_ms = now
        if before.storm and not weather.storm:
            assert now - rained_ms >= CALM_MS
