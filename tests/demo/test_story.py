"""The story of the demo, told by the real analytics from the fleet's own messages."""

import pytest

from analytics.findings import FindingKind
from devices.sites import SiteKind
from kenh.demo.commune import GATEWAYS, commune
from kenh.demo.story import HISTORY_MS, demo_fleet, is_dry_season
from tests.demo.watched import Told, watch

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
#: 15:15 on a Monday in November, and 01:19 in the night of a Wednesday in July.
AFTERNOON_MS, NIGHT_MS = 1_795_421_702_000, 1_784_139_540_000


def first(told: list[Told], kind: FindingKind, site_id: str) -> float:
    """When it was first told, in seconds after the start."""
    times = [one.at_s for one in told if one.finding.kind is kind and one.finding.site_id == site_id]
    assert times, f"{kind} at {site_id} was never told"
    return times[0]


@pytest.fixture(scope="module")
def afternoon() -> list[Told]:
    return watch(demo_fleet(commune(), AFTERNOON_MS), HISTORY_MS, 660)


@pytest.fixture(scope="module")
def night() -> list[Told]:
    return watch(demo_fleet(commune(), NIGHT_MS), 4 * DAY_MS, 660)


@pytest.fixture(params=["afternoon", "night"])
def told(request: pytest.FixtureRequest) -> list[Told]:
    value: list[Told] = request.getfixturevalue(request.param)
    return value


def test_the_blocked_drain_is_told_within_the_first_minute_and_names_the_conduit(told: list[Told]) -> None:
    assert 10 <= first(told, FindingKind.BLOCKED_DRAIN, "G07") <= 60
    finding = next(one.finding for one in told if one.finding.site_id == "G07")
    assert (finding.conduit_from, finding.conduit_to) == ("G07", "G06")
    assert finding.facts["downstream_state"] == "dry"


def test_the_canal_is_backwater_and_no_drain_behind_it_is_called_blocked(told: list[Told]) -> None:
    assert 80 <= first(told, FindingKind.BACKWATER, "X03") <= 125
    behind = {"X03", "M01", "C02", "G16", "S02", "S03"}
    blocked = {one.finding.site_id for one in told if one.finding.kind is FindingKind.BLOCKED_DRAIN}
    assert not behind & blocked


def test_the_storm_floods_two_streets_and_no_more(told: list[Told]) -> None:
    flooded = {
        one.finding.site_id
        for one in told
        if one.finding.kind is FindingKind.FLOODING and one.at_s > 0 and not one.finding.facts["submerged"]
    }
    assert flooded == {"G03", "G32"}
    assert 140 <= first([one for one in told if one.at_s > 0], FindingKind.FLOODING, "G32") <= 245


def test_the_market_point_is_full_with_all_its_containers(told: list[Told]) -> None:
    assert 220 <= first(told, FindingKind.OVERFLOW, "D15") <= 275
    finding = next(one.finding for one in told if one.finding.site_id == "D15")
    assert finding.facts["full_containers"] == finding.facts["containers"] == 3


def test_the_device_that_climbed_and_fell_silent_is_possibly_submerged(told: list[Told]) -> None:
    assert 180 <= first(told, FindingKind.FLOODING, "G33") <= 490
    finding = next(one.finding for one in told if one.finding.site_id == "G33")
    assert finding.facts["submerged"] is True


def test_the_gateway_without_power_is_one_message_and_not_twenty(told: list[Told]) -> None:
    assert 300 <= first(told, FindingKind.GATEWAY_SILENT, GATEWAYS[1].id) <= 610
    assert not [one for one in told if one.finding.kind is FindingKind.SENSOR_SILENT]
    assert len({one.finding.id for one in told if one.finding.kind is FindingKind.GATEWAY_SILENT}) == 1


def test_the_blocked_drain_clears_soon_after_the_crew_said_done(told: list[Told]) -> None:
    cleared = [one.at_s for one in told if one.finding.site_id == "G07" and one.finding.closed_ms is not None]
    assert len(cleared) == 1
    assert 360 <= cleared[0] <= 600


def test_nothing_but_the_story_is_told_live(told: list[Told]) -> None:
    live = {one.finding.site_id for one in told if one.at_s > 0 and one.finding.closed_ms is None}
    assert live == {"G07", "X03", "G32", "G03", "D15", "G33", GATEWAYS[1].id}


def test_nothing_is_left_open_from_the_past(told: list[Told]) -> None:
    last = {one.finding.id: one.finding for one in told if one.at_s <= 0}
    assert [finding for finding in last.values() if finding.closed_ms is None] == []


def test_the_two_weeks_hold_a_cleared_blockage_floods_and_full_points(afternoon: list[Told]) -> None:
    past = {(one.finding.kind, one.finding.site_id) for one in afternoon if one.at_s <= 0}
    assert (FindingKind.BLOCKED_DRAIN, "G25") in past
    assert (FindingKind.FLOODING, "G03") in past
    assert {(FindingKind.OVERFLOW, "D09"), (FindingKind.OVERFLOW, "D38")} <= past
    blocked = {site_id for kind, site_id in past if kind is FindingKind.BLOCKED_DRAIN}
    assert blocked == {"G25"}


def test_the_past_has_three_storms_and_the_last_is_over_long_before_the_start() -> None:
    fleet = demo_fleet(commune(), AFTERNOON_MS)
    storms = [storm for storm in fleet.world.story.storms if storm.start_ms < AFTERNOON_MS]
    assert len(storms) == 3
    assert max(storm.start_ms for storm in storms) < AFTERNOON_MS - 12 * HOUR_MS


def test_a_heap_grew_in_the_night_before_the_start() -> None:
    fleet = demo_fleet(commune(), AFTERNOON_MS)
    heap = [
        reading
        for batch in fleet.history(AFTERNOON_MS - DAY_MS, AFTERNOON_MS)
        for reading in batch
        if (reading.site_id, reading.quantity) == ("B04", "heap_m")
    ]
    assert heap[-1].value - heap[0].value == pytest.approx(0.6, abs=0.06)


def test_every_river_and_canal_stands_where_people_expect_it() -> None:
    fleet = demo_fleet(commune(), AFTERNOON_MS)
    latest: dict[str, float] = {}
    for batch in fleet.history(AFTERNOON_MS - 8 * HOUR_MS, AFTERNOON_MS - 4 * HOUR_MS):
        for reading in batch:
            site = fleet.registry.sites[reading.site_id]
            if site.kind in (SiteKind.CANAL, SiteKind.RIVER) and reading.quantity == "water_level_m":
                latest[site.id] = reading.value + (site.invert_m or 0.0)
    assert 2.5 <= latest["S01"] <= 4.2
    assert 2.4 <= latest["S02"] <= 3.05
    assert 2.4 <= latest["S03"] <= 3.05
    assert 1.8 <= latest["S04"] <= 2.6


@pytest.mark.parametrize(("moment", "dry"), [(AFTERNOON_MS, True), (NIGHT_MS, False)])
def test_the_dry_season_is_known_by_the_calendar(moment: int, dry: bool) -> None:
    assert is_dry_season(moment) is dry
