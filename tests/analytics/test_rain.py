"""Rain and dryness."""

from analytics.rain import Rain, add_gauge, add_rain, dry_hours, rain_last_hour_mm, was_dry
from analytics.settings import RainSettings
from tests.analytics.world import HOUR, MINUTE, START

SETTINGS = RainSettings()


def gauges(count: int = 1) -> Rain:
    rain = Rain(since_ms=START)
    for slot in range(count):
        add_gauge(rain, slot)
    return rain


def test_rain_of_the_last_hour_is_the_wettest_gauge() -> None:
    rain = gauges(2)
    for minute in range(0, 60, 5):
        add_rain(rain, 0, START + minute * MINUTE, 1.0, SETTINGS)
        add_rain(rain, 1, START + minute * MINUTE, 2.0, SETTINGS)
    assert rain_last_hour_mm(rain, START + 59 * MINUTE, SETTINGS) == 24.0
    assert rain_last_hour_mm(rain, START + 100 * MINUTE, SETTINGS) == 6.0


def test_a_gauge_that_fell_silent_is_unknown_and_not_dry() -> None:
    rain = gauges()
    add_rain(rain, 0, START, 0.0, SETTINGS)
    assert rain_last_hour_mm(rain, START + 3 * HOUR, SETTINGS) is None
    assert dry_hours(rain, START + 3 * HOUR, SETTINGS) is None


def test_no_rain_is_said_only_of_what_a_gauge_has_seen_the_end_of() -> None:
    rain = gauges()
    add_rain(rain, 0, START, 0.0, SETTINGS)
    assert rain_last_hour_mm(rain, START + MINUTE, SETTINGS) == 0.0
    assert rain_last_hour_mm(rain, START + 4 * MINUTE, SETTINGS) is None
    add_rain(rain, 0, START + 5 * MINUTE, 9.0, SETTINGS)
    assert rain_last_hour_mm(rain, START + 9 * MINUTE, SETTINGS) == 9.0


def test_no_gauge_at_all_is_unknown() -> None:
    assert rain_last_hour_mm(gauges(0), START, SETTINGS) is None
    assert dry_hours(gauges(0), START, SETTINGS) is None


def test_a_drizzle_does_not_end_a_dry_spell() -> None:
    rain = gauges()
    add_rain(rain, 0, START + 5 * HOUR, 0.2, SETTINGS)
    assert dry_hours(rain, START + 6 * HOUR, SETTINGS) == 6.0
    add_rain(rain, 0, START + 6 * HOUR, 1.2, SETTINGS)
    assert dry_hours(rain, START + 7 * HOUR, SETTINGS) == 1.0


def test_a_wet_hour_is_wet_for_the_hours_after_it() -> None:
    rain = gauges()
    add_rain(rain, 0, START, 5.0, SETTINGS)
    hour = (START + 7 * HOUR) // HOUR
    assert not was_dry(rain, hour, 6)
    assert not was_dry(rain, hour + 6, 6)
    assert was_dry(rain, hour + 7, 6)
    assert was_dry(rain, hour - 1, 6)


def test_rain_that_arrives_late_still_counts_for_its_own_time() -> None:
    rain = gauges()
    add_rain(rain, 0, START + 3 * HOUR, 0.0, SETTINGS)
    add_rain(rain, 0, START + HOUR, 4.0, SETTINGS)
    assert dry_hours(rain, START + 3 * HOUR, SETTINGS) == 2.0
