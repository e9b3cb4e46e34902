"""Silent sensors, silent gateways, drowned sensors."""

from dataclasses import replace

from analytics.findings import Finding, FindingKind
from analytics.settings import AnalyticsSettings
from analytics.watch import advance, new_state, with_links
from devices.readings import Reading, block_of
from devices.sites import Device, Mounting, Registry
from tests.analytics.world import HOUR, MINUTE, START, World, final, manhole, of_kind, registry, run

QUIET = START + 4 * HOUR
END = START + 8 * HOUR


def world_of(*sites: str) -> World:
    world = World(registry(*(manhole(site, "C") for site in sites if site not in ("G1", "G2", "G3"))))
    world.step_ms = 5 * MINUTE
    world.dry(START, END, sites)
    return world


def test_a_sensor_is_silent_after_two_and_a_half_intervals() -> None:
    world = world_of("G1", "G2", "G3")
    world.drop("G2", QUIET)
    (finding,) = of_kind(world.run(), FindingKind.SENSOR_SILENT)
    assert finding.site_id == "G2"
    assert QUIET + 7 * MINUTE <= finding.opened_ms <= QUIET + 15 * MINUTE
    assert finding.facts["since_ms"] == QUIET - 5 * MINUTE
    assert finding.facts["missed"] in {2, 3}


def test_it_clears_when_the_sensor_speaks_again() -> None:
    world = world_of("G1", "G2", "G3")
    world.drop("G2", QUIET, QUIET + HOUR)
    (finding,) = of_kind(world.run(), FindingKind.SENSOR_SILENT)
    assert finding.closed_ms is not None
    assert QUIET + HOUR <= finding.closed_ms <= QUIET + HOUR + 5 * MINUTE


def test_it_tells_the_last_battery() -> None:
    world = world_of("G1", "G2", "G3")
    world.say("G2", "battery_pct", QUIET - HOUR, 34.0)
    world.drop("G2", QUIET)
    (finding,) = of_kind(world.run(), FindingKind.SENSOR_SILENT)
    assert finding.facts["battery_pct"] == 34


def test_a_health_reading_shows_that_the_device_lives() -> None:
    world = world_of("G1", "G2", "G3")
    world.drop("G2", QUIET)
    for time_ms in range(QUIET, END, 5 * MINUTE):
        world.say("G2", "rssi_dbm", time_ms, -100.0)
    assert of_kind(world.run(), FindingKind.SENSOR_SILENT) == []


def test_a_site_that_never_spoke_is_unknown_and_not_silent() -> None:
    world = world_of("G1", "G2")
    assert world.run() == []


def test_a_site_without_a_device_is_not_silent() -> None:
    world = world_of("G1", "G2", "G3")
    world.drop("G2", QUIET)
    spans = {f"d-{site}": (Mounting(f"d-{site}", site),) for site in ("G1", "G3", "C", "R")}
    devices = {device: Device(device) for device in spans}
    places = Registry(sites=world.registry.sites, devices=devices, mountings=spans)
    assert run(world.in_order(), places) == []


def test_a_lossy_link_is_given_more_time() -> None:
    world = world_of("G1", "G2", "G3")
    world.rows = [
        row for row in world.rows if row.site_id != "G2" or (row.time_ms // MINUTE) % 25 not in (0, 10)
    ]
    gap = START + 6 * HOUR
    world.drop("G2", gap, gap + 20 * MINUTE)
    assert of_kind(world.run(), FindingKind.SENSOR_SILENT) == []


def test_falling_silent_while_rising_fast_is_flooding_and_not_a_broken_sensor() -> None:
    world = world_of("G1", "G2", "G3")
    world.lift("G1", QUIET - HOUR, END, {0: 0.0, 60: 0.9})
    world.drop("G1", QUIET)
    findings = world.run()
    assert of_kind(findings, FindingKind.SENSOR_SILENT) == []
    (finding,) = of_kind(findings, FindingKind.FLOODING)
    assert finding.facts["submerged"] is True
    assert finding.facts["silent_since_ms"] == QUIET - 5 * MINUTE


def test_a_drowned_sensor_that_speaks_again_clears_by_its_level() -> None:
    world = world_of("G1", "G2", "G3")
    world.lift("G1", QUIET - HOUR, QUIET, {0: 0.0, 60: 0.9})
    world.drop("G1", QUIET, QUIET + 2 * HOUR)
    (finding,) = of_kind(world.run(), FindingKind.FLOODING)
    assert finding.closed_ms is not None
    assert QUIET + 2 * HOUR <= finding.closed_ms <= QUIET + 2 * HOUR + 20 * MINUTE


SITES = ("G1", "G2", "G3", "A1", "A2", "A3", "A4")
BEHIND = {"G1": ("GW1", "GW2"), "G2": ("GW2",), "G3": ("GW2",)} | {f"A{n}": ("GW1",) for n in range(1, 5)}


def behind_gateways(rows: list[Reading], places: Registry) -> list[Finding]:
    state = with_links(new_state(places, AnalyticsSettings()), BEHIND)
    out: list[Finding] = []
    for start in range(0, len(rows), 50):
        state, changed = advance(state, block_of(rows[start : start + 50]), 0)
        out.extend(changed)
    return final(out)


def staggered() -> World:
    """Seven sites that report every five minutes, each at its own minute."""
    world = world_of(*SITES)
    world.rows = [
        row._replace(time_ms=row.time_ms + 17_000 * SITES.index(row.site_id)) if row.site_id in SITES else row
        for row in world.rows
    ]
    return world


def test_all_sites_behind_one_gateway_at_once_are_one_finding() -> None:
    world = staggered()
    for site in ("A1", "A2", "A3", "A4"):
        world.drop(site, QUIET + 2 * MINUTE)
    (finding,) = behind_gateways(world.in_order(), world.registry)
    assert (finding.kind, finding.site_id) == (FindingKind.GATEWAY_SILENT, "GW1")
    assert finding.facts["sites"] == 4
    assert finding.facts["site_ids"] == "A1;A2;A3;A4"


def test_a_gateway_that_comes_back_clears_it_and_its_dead_sensor_remains() -> None:
    world = staggered()
    for site in ("A1", "A2", "A3"):
        world.drop(site, QUIET, QUIET + HOUR)
    world.drop("A4", QUIET)
    gateway, sensor = behind_gateways(world.in_order(), world.registry)
    assert gateway.closed_ms is not None
    assert (sensor.kind, sensor.site_id) == (FindingKind.SENSOR_SILENT, "A4")
    assert sensor.opened_ms > gateway.closed_ms


def test_a_dark_gateway_with_a_lossy_member_is_not_called_back() -> None:
    world = staggered()
    world.rows = [
        row for row in world.rows if row.site_id != "A4" or (row.time_ms // MINUTE) % 25 not in (1, 11)
    ]
    for site in ("A1", "A2", "A3", "A4"):
        world.drop(site, QUIET)
    findings = behind_gateways(world.in_order(), world.registry)
    (gateway,) = of_kind(findings, FindingKind.GATEWAY_SILENT)
    assert gateway.closed_ms is None
    assert of_kind(findings, FindingKind.SENSOR_SILENT) == []


def test_one_silent_site_behind_a_living_gateway_is_its_sensor() -> None:
    world = staggered()
    world.drop("A2", QUIET)
    (finding,) = behind_gateways(world.in_order(), world.registry)
    assert (finding.kind, finding.site_id) == (FindingKind.SENSOR_SILENT, "A2")


def test_when_nearly_everybody_is_silent_no_sensor_is_blamed() -> None:
    world = world_of(*SITES)
    for site in SITES:
        world.drop(site, QUIET)
    assert of_kind(world.run(), FindingKind.SENSOR_SILENT) == []


def test_a_configured_interval_is_believed_before_any_is_learnt() -> None:
    world = world_of("G1", "G2", "G3")
    sites = dict(world.registry.sites)
    sites["G2"] = replace(sites["G2"], report_interval_s=3600)
    world.registry = Registry(sites=sites)
    world.drop("G2", QUIET, QUIET + 2 * HOUR)
    assert of_kind(world.run(), FindingKind.SENSOR_SILENT) == []
