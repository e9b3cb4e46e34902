"""What is true in the simulated commune: rain, water, waste, air, and the curves of a story."""

import numpy as np
import pytest

from devices.simulated import waste
from devices.simulated.local_time import day_number, hour_of_day, local_ms
from devices.simulated.noise import gaussian, uniform
from devices.simulated.rain import Rain, Storm
from devices.simulated.story import Curve, How, Story, filling_behind
from devices.simulated.world import World
from tests.simulated.small import DAY_MS, HOUR_MS, START_MS, hamlet

MINUTE_MS = 60_000
STORM = Storm(START_MS, 60.0, 12 * MINUTE_MS, (("c", 5 * MINUTE_MS),))


def moments(hours: float, step_ms: int = 300_000, *, from_ms: int = START_MS) -> np.ndarray:
    return np.arange(from_ms, from_ms + round(hours * HOUR_MS), step_ms, dtype=np.int64)


def test_noise_is_the_same_however_the_moments_are_asked_for() -> None:
    times = moments(48)
    whole = gaussian(7, times)
    assert np.array_equal(whole, np.concatenate([gaussian(7, part) for part in np.array_split(times, 13)]))
    assert abs(whole.mean()) < 0.15
    assert 0.8 < whole.std() < 1.2
    assert 0.0 <= uniform(7, times).min() <= uniform(7, times).max() < 1.0


def test_nothing_asked_is_nothing_answered() -> None:
    world, none = World(hamlet(), START_MS), np.empty(0, np.int64)
    asked = (
        ("G1", "water_level_m"),
        ("D1", "fill_pct"),
        ("B1", "heap_m"),
        ("K1", "pm2_5_ug_m3"),
        ("W1", "rain_mm"),
    )
    for site_id, quantity in asked:
        assert len(world.value(site_id, "1", quantity, none)) == 0


def test_a_storm_gives_what_its_intensity_adds_up_to() -> None:
    end = STORM.fallen_mm(np.array([START_MS + DAY_MS]), "c")[0]
    assert end == pytest.approx(60.0 * 0.2 * np.e, rel=0.01)
    assert STORM.fallen_mm(np.array([START_MS + 5 * MINUTE_MS]), "c")[0] == 0.0
    assert STORM.fallen_mm(np.array([START_MS + 5 * MINUTE_MS]), "elsewhere")[0] > 0.0


def test_rain_never_falls_upwards() -> None:
    fallen = Rain((STORM,)).fallen_mm(moments(6, 10_000), "c")
    assert (np.diff(fallen) >= 0).all()


def test_runoff_keeps_the_volume_of_the_storm() -> None:
    times = moments(30, MINUTE_MS)
    runoff = Rain((STORM,)).runoff_mm_per_h(times, "c", 40 * MINUTE_MS)
    assert runoff.sum() / 60 == pytest.approx(60.0 * 0.2 * np.e, rel=0.02)


def test_a_drain_rises_in_rain_and_falls_back_within_hours() -> None:
    wet, dry = World(hamlet(), START_MS, Story(START_MS, storms=(STORM,))), World(hamlet(), START_MS)
    times = moments(12)
    added = wet.value("G1", "1", "water_level_m", times) - dry.value("G1", "1", "water_level_m", times)
    assert added.max() > 0.3
    assert added[-1] < 0.02


def test_dry_weather_peaks_in_the_morning_and_the_evening() -> None:
    day = moments(24, from_ms=local_ms(int(day_number(np.array([START_MS]))[0]), 0.0))
    level = World(hamlet(), START_MS).value("G1", "1", "water_level_m", day)
    hours = hour_of_day(day)
    assert level[np.abs(hours - 7) < 0.5].min() > level[np.abs(hours - 3) < 0.5].max()
    assert level[np.abs(hours - 19) < 0.5].min() > level[np.abs(hours - 15) < 0.5].max()


def test_water_never_stands_in_the_dead_zone_of_its_sensor_nor_below_the_bed() -> None:
    curves = (
        Curve("G1", "water_level_m", How.ADD, (START_MS, START_MS + HOUR_MS), (5.0, 5.0)),
        Curve("G1", "water_level_m", How.ADD, (START_MS + 2 * HOUR_MS, START_MS + 3 * HOUR_MS), (-5.0, -5.0)),
    )
    level = World(hamlet(), START_MS, Story(START_MS, curves=curves)).value(
        "G1", "1", "water_level_m", moments(3.5)
    )
    assert level.max() <= 1.45 - 0.30
    assert level.min() == 0.0


def test_containers_fill_in_the_evening_and_are_emptied_by_the_truck() -> None:
    container = waste.container_of(hamlet().sites["D1"], "1")
    today = int(day_number(np.array([START_MS]))[0])
    before, after = (np.array([local_ms(today, container.rounds[0] + h)], np.int64) for h in (-0.01, 0.01))
    assert waste.fill_pct(container, before)[0] > 30.0
    assert waste.fill_pct(container, after)[0] < 16.0


def test_an_ordinary_fortnight_never_overflows_and_a_missed_evening_does() -> None:
    site = hamlet().sites["D1"]
    today = int(day_number(np.array([START_MS]))[0])
    times = moments(14 * 24, 900_000, from_ms=START_MS - 14 * DAY_MS)
    assert waste.fill_pct(waste.container_of(site, "1"), times).max() < 88.0
    missed = waste.container_of(site, "1", missed_days=frozenset({today - 5, today - 4}))
    assert 90.0 < waste.fill_pct(missed, times).max() <= 104.0


def test_filling_is_the_same_however_the_moments_are_asked_for() -> None:
    container = waste.container_of(hamlet().sites["D1"], "1", extra_ms=(START_MS,))
    times = moments(70, 900_000, from_ms=START_MS - 40 * HOUR_MS)
    one_by_one = [waste.fill_pct(container, times[place : place + 1])[0] for place in range(len(times))]
    assert np.allclose(waste.fill_pct(container, times), one_by_one)


def test_a_curve_acts_only_between_its_ends() -> None:
    curve = Curve("G1", "water_level_m", How.ADD, (1000, 2000), (1.0, 3.0))
    asked = np.array([999, 1000, 1500, 2000, 2001])
    assert curve.laid_over(asked, np.zeros(5)).tolist() == [0.0, 1.0, 2.0, 3.0, 0.0]


def test_water_behind_a_plug_rises_fast_first_and_ever_slower() -> None:
    at_ms, rise_m = filling_behind(START_MS, 60.0, 0.8)
    steps = np.diff(np.interp(np.arange(START_MS, START_MS + HOUR_MS, MINUTE_MS), at_ms, rise_m))
    assert rise_m[0] == 0.0
    assert rise_m[-1] == pytest.approx(0.8)
    assert steps[:5].mean() > 3 * steps[-5:].mean()


def test_an_unknown_quantity_is_refused() -> None:
    with pytest.raises(KeyError, match="G1 has no o3"):
        World(hamlet(), START_MS).value("G1", "1", "o3", moments(1))
