"""Blocked drains."""

from analytics.findings import FindingKind, Severity
from tests.analytics.world import DAY, HOUR, MINUTE, START, World, manhole, of_kind, registry

PLUG = START + 3 * DAY + 9 * HOUR
END = PLUG + 12 * HOUR


def plugged() -> World:
    """Three dry days, then water rises at G2 behind a plug: 6 cm an hour, up to 60 cm."""
    world = World()
    world.dry(START, END)
    world.lift("G2", PLUG, END, {0: 0.0, 600: 0.6})
    return world


def test_a_rising_level_in_dry_weather_with_a_normal_neighbour_below_is_a_blocked_drain() -> None:
    (finding,) = of_kind(plugged().run(), FindingKind.BLOCKED_DRAIN)
    assert finding.site_id == "G2"
    assert (finding.conduit_from, finding.conduit_to) == ("G2", "G1")
    assert finding.confidence >= 0.8
    assert finding.closed_ms is None
    assert PLUG + 90 * MINUTE < finding.opened_ms < PLUG + 4 * HOUR


def test_its_facts_and_evidence_carry_what_the_sentence_needs() -> None:
    (finding,) = of_kind(plugged().run(), FindingKind.BLOCKED_DRAIN)
    facts = finding.facts
    assert facts["downstream_id"] == "G1"
    assert facts["downstream_state"] == "normal"
    assert isinstance(level := facts["level_m"], float)
    assert level > 0.4
    assert isinstance(high := facts["normal_high_m"], float)
    assert 0.06 < high < 0.12
    assert isinstance(dry := facts["dry_h"], float)
    assert dry > 72
    names = {item.name for item in finding.evidence}
    assert {"surplus", "dry_hours", "rise", "downstream_normal"} <= names


def test_it_tells_the_time_left_until_the_water_reaches_the_cover() -> None:
    world = plugged()
    world.rows = [row for row in world.rows if row.time_ms <= PLUG + 6 * HOUR]
    (finding,) = of_kind(world.run(), FindingKind.BLOCKED_DRAIN)
    hours = finding.facts["time_to_overflow_h"]
    assert isinstance(hours, float)
    # 1.5 m deep, 0.08 + 0.36 m now, 6 cm an hour.
    assert 12 < hours < 24


def test_a_fast_rise_is_critical_when_less_than_an_hour_is_left() -> None:
    world = World()
    world.dry(START, END)
    world.lift("G2", PLUG, END, {0: 0.0, 90: 1.2, 120: 1.25, 1000: 1.25})
    (finding,) = of_kind(world.run(), FindingKind.BLOCKED_DRAIN)
    assert finding.severity is Severity.CRITICAL


def test_it_clears_when_three_readings_are_back_to_normal() -> None:
    world = plugged()
    cleared = PLUG + 8 * HOUR
    world.lift("G2", cleared, END, {0: -0.48, 240: -0.6})
    (finding,) = of_kind(world.run(), FindingKind.BLOCKED_DRAIN)
    assert finding.closed_ms is not None
    assert cleared < finding.closed_ms <= cleared + 2 * HOUR


def test_facts_of_a_cleared_finding_are_those_of_when_it_held() -> None:
    world = plugged()
    world.lift("G2", PLUG + 8 * HOUR, END, {0: -0.48, 120: -0.6, 240: -0.6})
    (finding,) = of_kind(world.run(), FindingKind.BLOCKED_DRAIN)
    assert isinstance(level := finding.facts["level_m"], float)
    assert level > 0.3


def test_a_pool_over_two_manholes_is_one_finding_at_the_lower() -> None:
    world = World()
    world.dry(START, END)
    world.lift("G2", PLUG, END, {0: 0.0, 600: 0.9})
    world.lift("G3", PLUG + 2 * HOUR, END, {0: 0.0, 480: 0.7})
    findings = of_kind(world.run(), FindingKind.BLOCKED_DRAIN)
    assert [finding.site_id for finding in findings] == ["G2"]
    assert findings[0].facts["also_raised"] == "G3"


def test_the_upper_manhole_of_a_pool_is_not_blamed_when_the_lower_is_cleared_first() -> None:
    world = World()
    world.dry(START, END)
    world.lift("G2", PLUG, PLUG + 6 * HOUR, {0: 0.0, 600: 0.9})
    world.lift("G3", PLUG + 2 * HOUR, PLUG + 7 * HOUR, {0: 0.0, 240: 0.4})
    findings = of_kind(world.run(), FindingKind.BLOCKED_DRAIN)
    assert [finding.site_id for finding in findings] == ["G2"]


def test_the_same_rise_in_a_storm_is_no_blockage() -> None:
    world = World()
    world.dry(START, END)
    world.lift("G2", PLUG, PLUG + 4 * HOUR, {0: 0.0, 60: 0.4, 180: 0.1, 240: 0.0})
    world.rows = [
        row._replace(value=5.0) if row.site_id == "R" and PLUG <= row.time_ms < PLUG + HOUR else row
        for row in world.rows
    ]
    assert of_kind(world.run(), FindingKind.BLOCKED_DRAIN) == []


def test_without_a_gauge_a_rise_of_all_drains_at_once_is_a_storm() -> None:
    world = World()
    world.dry(START, END, sites=("G1", "G2", "G3", "G4"))
    world.rows = [row for row in world.rows if row.site_id != "R"]
    world.registry = registry(manhole("G4", "C", 2.0))
    for site in ("G1", "G2", "G3", "G4"):
        world.lift(site, PLUG, PLUG + 5 * HOUR, {0: 0.0, 60: 0.5, 240: 0.15, 300: 0.0})
    assert of_kind(world.run(), FindingKind.BLOCKED_DRAIN) == []


def test_without_a_gauge_one_risen_drain_is_still_found() -> None:
    world = plugged()
    world.dry(START, END, sites=("G4",))
    world.rows = [row for row in world.rows if row.site_id != "R"]
    world.registry = registry(manhole("G4", "C", 2.0))
    assert [finding.site_id for finding in of_kind(world.run(), FindingKind.BLOCKED_DRAIN)] == ["G2"]


def test_a_step_that_stays_dead_flat_is_rather_the_sensor() -> None:
    world = World()
    world.dry(START, END)
    world.rows = [
        row._replace(value=0.33) if row.site_id == "G1" and row.time_ms >= PLUG else row for row in world.rows
    ]
    world.drop("C", START)
    assert of_kind(world.run(), FindingKind.BLOCKED_DRAIN) == []


def test_silence_never_clears_a_blocked_drain() -> None:
    world = plugged()
    world.drop("G2", PLUG + 8 * HOUR)
    (finding,) = of_kind(world.run(), FindingKind.BLOCKED_DRAIN)
    assert finding.closed_ms is None


def test_while_still_learning_only_the_obvious_is_raised() -> None:
    world = World()
    world.dry(START, START + 20 * HOUR)
    world.lift("G2", START + 8 * HOUR, START + 20 * HOUR, 0.3)
    assert of_kind(world.run(), FindingKind.BLOCKED_DRAIN) == []
    world.lift("G2", START + 8 * HOUR, START + 20 * HOUR, {0: 0.0, 120: 0.5, 800: 0.55})
    (finding,) = of_kind(world.run(), FindingKind.BLOCKED_DRAIN)
    assert finding.facts["normal_high_m"] is None


def test_the_two_sides_of_a_culvert_are_neighbours() -> None:
    world = World()
    for time_ms in range(START, END, world.step_ms):
        world.say("G1", "water_level_m", time_ms, 0.1 + 0.002 * (time_ms // MINUTE % 5), "up")
        world.say("G1", "water_level_m", time_ms, 0.1 + 0.002 * (time_ms // MINUTE % 7), "down")
        world.say("R", "rain_mm", time_ms, 0.0)
    world.rows = [
        row._replace(value=row.value + 0.3) if row.channel == "up" and row.time_ms > PLUG else row
        for row in world.rows
    ]
    (finding,) = of_kind(world.run(), FindingKind.BLOCKED_DRAIN)
    assert (finding.site_id, finding.channel) == ("G1", "up")
    assert "downstream_normal" in {item.name for item in finding.evidence}
