"""The watch as a whole: one path for live and backtest, whatever the blocks."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.findings import Finding, FindingKind
from analytics.settings import AnalyticsSettings
from analytics.watch import advance, from_snapshot, new_state, normal_band, to_snapshot, with_registry
from devices.readings import Reading, block_of
from devices.sites import Registry
from tests.analytics.world import (
    DAY,
    HOUR,
    MINUTE,
    SETTINGS,
    START,
    World,
    final,
    manhole,
    of_kind,
    registry,
    run,
    tick,
)

EVENTS = START + 2 * DAY + 12 * HOUR


def eventful() -> list[Reading]:
    """Two and a half days to learn, then a blockage, a full point, a silence, a storm with a flood."""
    world = World()
    world.step_ms = 20 * MINUTE
    world.dry(START, EVENTS + 14 * HOUR)
    world.lift("G2", EVENTS, EVENTS + 5 * HOUR, {0: 0.0, 240: 0.4})
    world.drop("G3", EVENTS + 2 * HOUR, EVENTS + 4 * HOUR)
    for number, value in enumerate([60, 80, 92, 93, 95, 20, 21, 22]):
        world.say("Q", "fill_pct", EVENTS + number * 20 * MINUTE, value)
    rain = EVENTS + 8 * HOUR
    for site in ("G1", "G2", "G3"):
        world.lift(site, rain, rain + 3 * HOUR, {0: 0.0, 60: 1.6, 180: 0.0})
    world.rows = [
        row._replace(value=15.0) if row.site_id == "R" and rain <= row.time_ms < rain + HOUR else row
        for row in world.rows
    ]
    return world.in_order()


EVENTFUL = eventful()
WHOLE = run(EVENTFUL, registry())


def test_the_eventful_days_hold_what_they_should() -> None:
    kinds = {(finding.site_id, finding.kind) for finding in WHOLE}
    assert {
        ("G2", FindingKind.BLOCKED_DRAIN),
        ("G3", FindingKind.SENSOR_SILENT),
        ("Q", FindingKind.OVERFLOW),
        ("G1", FindingKind.FLOODING),
    } <= kinds
    assert not [one for one in WHOLE if one.kind is FindingKind.BLOCKED_DRAIN and one.site_id != "G2"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, len(EVENTFUL)), max_size=40))
def test_any_split_into_blocks_gives_the_same_findings(cuts: list[int]) -> None:
    assert run(EVENTFUL, registry(), cuts=cuts) == WHOLE


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(1, len(EVENTFUL)))
def test_cutting_the_rows_never_changes_what_was_raised_before(kept: int) -> None:
    until = EVENTFUL[kept - 1].time_ms
    assert raised(run(EVENTFUL[:kept], registry()), until) == raised(WHOLE, until)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(EVENTFUL) - 1), st.integers(1, 200)), max_size=60))
def test_saying_things_twice_changes_nothing(again: list[tuple[int, int]]) -> None:
    rows = list(EVENTFUL)
    for row, later in sorted(again, reverse=True):
        rows.insert(min(row + later, len(rows)), EVENTFUL[row])
    assert run(rows, registry()) == WHOLE


def raised(findings: list[Finding], until: int) -> set[tuple[str, str, int]]:
    return {(one.site_id, one.kind, one.opened_ms) for one in findings if one.opened_ms <= until}


SERIES = (
    ("G1", "1", "water_level_m"),
    ("G2", "1", "water_level_m"),
    ("C", "1", "water_level_m"),
    ("P", "1", "fill_pct"),
    ("P", "2", "fill_pct"),
    ("R", "1", "rain_mm"),
    ("G1", "1", "battery_pct"),
    ("nowhere", "1", "water_level_m"),
)


def wild(series: tuple[str, str, str], minutes: int, value: float, qc: int) -> Reading:
    site, channel, quantity = series
    return Reading(site, channel, quantity, START + minutes * MINUTE, value, qc)


READINGS = st.builds(
    wild,
    st.sampled_from(SERIES),
    st.integers(0, 350),  # within the leap a backtest's clock believes from a single row
    st.floats(-1, 120, width=16),
    st.sampled_from([1, 1, 1, 2, 3, 4]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(READINGS, max_size=60), st.data())
def test_wild_rows_give_the_same_findings_however_they_are_cut(
    rows: list[Reading], data: st.DataObject
) -> None:
    whole = run(rows, registry())
    cuts = data.draw(st.lists(st.integers(0, len(rows)), max_size=10))
    assert run(rows, registry(), cuts=cuts) == whole


@settings(max_examples=60, deadline=None)
@given(st.lists(READINGS, min_size=1, max_size=60), st.data())
def test_wild_rows_raise_the_same_before_any_point(rows: list[Reading], data: st.DataObject) -> None:
    kept = data.draw(st.integers(1, len(rows)))
    until = max((row.time_ms for row in rows[:kept] if row.site_id != "nowhere"), default=0)
    assert raised(run(rows[:kept], registry()), until) == raised(run(rows, registry()), until)


def test_rows_up_to_one_interval_late_change_nothing_in_a_clear_case() -> None:
    world = World()
    world.dry(START, EVENTS + 6 * HOUR)
    world.lift("G2", EVENTS, EVENTS + 6 * HOUR, {0: 0.0, 300: 0.6})
    punctual = world.run()
    delays = np.random.default_rng(4).integers(0, 9 * MINUTE, len(world.rows))
    arrival = sorted(range(len(world.rows)), key=lambda row: world.rows[row].time_ms + int(delays[row]))
    late = final(run([world.rows[row] for row in arrival], world.registry))
    assert [(one.site_id, one.kind) for one in late] == [(one.site_id, one.kind) for one in punctual]
    assert abs(late[0].opened_ms - punctual[0].opened_ms) <= 10 * MINUTE


def test_live_ticks_and_one_backtest_block_find_the_same() -> None:
    state, out = new_state(registry(), SETTINGS), []
    clock = START
    rows = iter([*EVENTFUL, None])
    row = next(rows)
    while row is not None:
        waiting = []
        while row is not None and row.time_ms <= clock:
            waiting.append(row)
            row = next(rows)
        state, changed = advance(state, block_of(waiting), clock)
        out.extend(changed)
        clock += 20 * 1000 if clock > EVENTS else 10 * MINUTE
    live = {(one.site_id, one.kind) for one in out if one.kind is not FindingKind.SENSOR_SILENT}
    assert live == {(one.site_id, one.kind) for one in WHOLE if one.kind is not FindingKind.SENSOR_SILENT}


def test_a_row_from_the_future_does_not_move_the_clock_of_the_live_watch() -> None:
    state = new_state(registry(), SETTINGS)
    rows = [
        Reading("G1", "1", "water_level_m", START, 0.1),
        Reading("G1", "1", "water_level_m", START + DAY, 0.1),
    ]
    state, _ = advance(state, block_of(rows), START + 1000)
    assert state.clock_ms == START + 1000


def test_one_device_with_a_wrong_clock_does_not_carry_a_backtest_into_the_future() -> None:
    rows = list(EVENTFUL)
    rows.insert(len(rows) // 3, Reading("Q", "1", "fill_pct", START + 4000 * DAY, 50.0))
    assert run(rows, registry()) == WHOLE


def test_a_gap_of_days_does_not_stop_the_watch() -> None:
    rows = [Reading("G1", "1", "water_level_m", START + n * 5 * MINUTE, 0.1) for n in range(20)]
    flood = [Reading("G1", "1", "water_level_m", START + 5 * DAY + n * 5 * MINUTE, 1.6) for n in range(8)]
    found = of_kind(run(rows + flood, registry()), FindingKind.FLOODING)
    assert found
    assert found[0].opened_ms > START + 5 * DAY


def test_a_silence_of_a_year_is_passed_quickly() -> None:
    state = new_state(registry(), SETTINGS)
    rows = [Reading("G1", "1", "water_level_m", START + n * 5 * MINUTE, 0.1) for n in range(20)]
    state, _ = advance(state, block_of(rows), 0)
    changed = tick(state, START + 365 * DAY)
    assert [one.kind for one in changed] == [FindingKind.SENSOR_SILENT]


def test_an_empty_block_into_an_empty_state_is_nothing() -> None:
    state = new_state(Registry(), SETTINGS)
    state, changed = advance(state, block_of([]), START)
    assert changed == []


def test_the_normal_band_is_known_by_hour_after_a_few_days() -> None:
    world = World()
    world.dry(START, START + 4 * DAY)
    state = new_state(world.registry, SETTINGS)
    state, _ = advance(state, block_of(world.in_order()), 0)
    band = normal_band(state, "G1", "1")
    assert band is not None
    assert band.learnt
    assert band.p10_m.shape == band.p50_m.shape == band.p90_m.shape == (24,)
    assert (band.p10_m <= band.p50_m).all()
    assert (band.p50_m <= band.p90_m).all()
    assert band.p50_m[7] == pytest.approx(0.10, abs=0.01)
    assert band.p50_m[19] == pytest.approx(0.06, abs=0.01)
    assert normal_band(state, "nowhere", "1") is None


def test_rain_and_excess_do_not_teach_the_normal() -> None:
    rows = [row for row in EVENTFUL if row.time_ms < EVENTS + 14 * HOUR]
    state = new_state(registry(), SETTINGS)
    state, _ = advance(state, block_of(rows), 0)
    band = normal_band(state, "G2", "1")
    assert band is not None
    assert band.p90_m.max() < 0.13


def test_silt_is_not_learnt_beyond_three_centimetres_after_commissioning() -> None:
    world = World()
    world.step_ms = 30 * MINUTE
    world.dry(START, START + 40 * DAY, sites=("G1",))
    world.lift("G1", START + 8 * DAY, START + 40 * DAY, {0: 0.0, 32 * 24 * 60: 0.16})
    state = new_state(world.registry, SETTINGS)
    state, _ = advance(state, block_of(world.in_order()), 0)
    band = normal_band(state, "G1", "1")
    assert band is not None
    assert band.p90_m.max() < 0.105 + 0.01 + 0.03


@pytest.mark.parametrize("cut", [0, 1, len(EVENTFUL) // 2, len(EVENTFUL) - 90, len(EVENTFUL)])
def test_a_snapshot_restored_goes_on_as_if_nothing_had_happened(cut: int) -> None:
    state, out = new_state(registry(), SETTINGS), []
    state, changed = advance(state, block_of(EVENTFUL[:cut]), 0)
    out.extend(changed)
    restored = from_snapshot(to_snapshot(state), registry(), SETTINGS)
    assert restored is not None
    restored, changed = advance(restored, block_of(EVENTFUL[cut:]), 0)
    out.extend(changed)
    out.extend(tick(restored, (restored.clock_ms // 30_000 + 1) * 30_000))
    assert out == WHOLE


def test_a_damaged_or_foreign_snapshot_is_refused() -> None:
    data = to_snapshot(new_state(registry(), SETTINGS))
    assert from_snapshot(data[:-20], registry(), SETTINGS) is None
    assert from_snapshot(b"", registry(), SETTINGS) is None
    assert from_snapshot(b"KENHWATCH" + b"x" * 50, registry(), SETTINGS) is None


def test_a_changed_registry_keeps_what_was_learnt() -> None:
    state = new_state(registry(), SETTINGS)
    state, _ = advance(state, block_of(EVENTFUL), 0)
    before = normal_band(state, "G1", "1")
    places = registry(manhole("G0", "C"))
    places = Registry(version=2, sites=dict(reversed(list(places.sites.items()))))
    state = with_registry(state, places)
    after = normal_band(state, "G1", "1")
    assert before is not None
    assert after is not None
    assert (before.p50_m == after.p50_m).all()
    found = tick(state, EVENTS + 16 * HOUR)
    assert "G0" not in {one.site_id for one in found}


def test_a_site_that_was_removed_falls_asleep() -> None:
    state = new_state(registry(), SETTINGS)
    state, _ = advance(state, block_of(EVENTFUL), 0)
    sites = {site_id: site for site_id, site in registry().sites.items() if site_id != "G1"}
    state = with_registry(state, Registry(sites=sites))
    rows = [Reading("G1", "1", "water_level_m", EVENTS + 15 * HOUR + n * MINUTE, 2.0) for n in range(9)]
    state, changed = advance(state, block_of(rows), EVENTS + 15 * HOUR + 10 * MINUTE)
    assert "G1" not in {one.site_id for one in changed}


def test_updates_of_an_open_finding_keep_its_id_and_come_no_faster_than_every_ten_minutes() -> None:
    changes = [one for one in WHOLE if one.kind is FindingKind.BLOCKED_DRAIN]
    assert len({one.id for one in changes}) == 1
    times = [one.updated_ms for one in changes if one.closed_ms is None]
    severities = [one.severity for one in changes]
    gaps = np.diff(times)
    assert all(gap >= 10 * MINUTE or severities[n + 1] != severities[n] for n, gap in enumerate(gaps))


def test_defaults_make_settings() -> None:
    assert AnalyticsSettings().clock.grid_s == 30


def test_a_device_that_only_tells_its_health_is_watched_for_silence_only() -> None:
    rows = [Reading("G1", "1", "battery_pct", START + n * 5 * MINUTE, 90.0) for n in range(5)]
    assert run(rows, registry()) == []
    state = new_state(registry(), SETTINGS)
    state, _ = advance(state, block_of(rows), START + 20 * MINUTE)
    assert [one.kind for one in tick(state, START + 5 * HOUR)] == [FindingKind.SENSOR_SILENT]
