"""Flooding."""

import pytest

from analytics.findings import Finding, FindingKind, Severity
from devices.readings import Reading
from tests.analytics.world import HOUR, MINUTE, START, World, of_kind, run

RAIN = START + 6 * HOUR


def storm(level: dict[int, float], mm: float = 6.0) -> World:
    """Six dry hours, then rain; G1 (1.5 m deep, raised at 1.40 m) takes these levels by minutes."""
    world = World(step_ms=5 * MINUTE)
    world.dry(START, RAIN + 3 * HOUR)
    world.lift("G1", RAIN, RAIN + 3 * HOUR, level)
    world.rows = [
        row._replace(value=mm) if row.site_id == "R" and RAIN <= row.time_ms < RAIN + HOUR else row
        for row in world.rows
    ]
    return world


def flooding(world: World) -> list[Finding]:
    return of_kind(world.run(), FindingKind.FLOODING)


def test_water_at_the_street_in_a_storm_is_raised_within_a_grid_step() -> None:
    (finding,) = flooding(storm({0: 0.0, 60: 1.8, 180: 1.8}))
    first = RAIN + 45 * MINUTE  # 0.08 + 1.35 m
    assert first <= finding.opened_ms <= first + 30_000
    assert finding.severity is Severity.CRITICAL
    assert finding.facts["depth_over_street_cm"] == pytest.approx(38, abs=3)
    assert finding.facts["submerged"] is False


def test_its_facts_carry_the_rain_and_the_rise() -> None:
    world = storm({0: 0.0, 60: 1.8, 180: 1.8})
    world.rows = [row for row in world.rows if row.time_ms <= RAIN + 50 * MINUTE]
    (finding,) = flooding(world)
    assert isinstance(rain := finding.facts["rain_1h_mm"], float)
    assert 40 <= rain <= 72
    assert isinstance(rise := finding.facts["rise_cm_per_10min"], float)
    assert 20 < rise < 40


def test_it_clears_ten_centimetres_below_after_three_readings() -> None:
    (finding,) = flooding(storm({0: 0.0, 30: 1.6, 60: 1.6, 90: 1.0, 180: 0.9}))
    assert finding.closed_ms is not None
    assert RAIN + 80 * MINUTE < finding.closed_ms < RAIN + 110 * MINUTE


def lone(values: list[float]) -> list[Finding]:
    """Dry weather; G1 says these values every 5 minutes after an hour of 8 cm."""
    world = World()
    rows = [
        Reading("G1", "1", "water_level_m", START + number * 5 * MINUTE, value)
        for number, value in enumerate([0.08] * 12 + values)
    ]
    return of_kind(run(rows, world.registry), FindingKind.FLOODING)


def test_a_single_wild_reading_in_dry_weather_waits_for_the_second() -> None:
    assert lone([1.5, 0.08, 0.08]) == []


def test_two_high_readings_in_dry_weather_are_believed() -> None:
    (finding,) = {one.id: one for one in lone([1.5, 1.52])}.values()
    assert START + 65 * MINUTE <= finding.opened_ms <= START + 66 * MINUTE


def test_a_reading_later_than_a_report_interval_teaches_but_opens_nothing() -> None:
    world = World(step_ms=5 * MINUTE)
    world.dry(START, START + 3 * HOUR, sites=("G2",))
    late = [Reading("G1", "1", "water_level_m", START + minute * MINUTE, 1.5) for minute in range(0, 120, 5)]
    assert of_kind(run(world.in_order() + late, world.registry), FindingKind.FLOODING) == []


def test_a_failed_reading_is_not_believed() -> None:
    world = World()
    rows = [Reading("G1", "1", "water_level_m", START + n * 5 * MINUTE, 1.6, qc=4) for n in range(6)]
    assert run(rows, world.registry) == []


def test_an_unknown_street_height_leaves_the_depth_over_it_unknown() -> None:
    from dataclasses import replace

    from devices.sites import Registry

    world = storm({0: 0.0, 60: 1.8, 180: 1.8})
    sites = dict(world.registry.sites)
    sites["G1"] = replace(sites["G1"], ground_m=None)
    world.registry = Registry(sites=sites)
    (finding,) = flooding(world)
    assert finding.facts["depth_over_street_cm"] is None
