"""Backwater: the canal, not the pipe."""

from analytics.findings import FindingKind, Severity
from devices.sites import Site, SiteKind
from tests.analytics.world import DAY, HOUR, START, World, manhole, of_kind, registry

RISE = START + 3 * DAY + 9 * HOUR
END = RISE + 8 * HOUR


def backed_up(*, heights: bool = True) -> World:
    """The outfall X lies at the canal; the canal rises 40 cm in dry weather and X with it."""
    world = World(registry(manhole("X", "C", 1.0 if heights else None)))
    world.dry(START, END, sites=("G1", "X"))
    world.lift("C", RISE, END, {0: 0.0, 90: 0.4})
    world.lift("X", RISE, END, {0: 0.0, 90: 0.3})
    return world


def test_an_outfall_raised_by_its_canal_is_backwater_and_sends_nobody() -> None:
    findings = backed_up().run()
    assert of_kind(findings, FindingKind.BLOCKED_DRAIN) == []
    (finding,) = of_kind(findings, FindingKind.BACKWATER)
    assert finding.site_id == "X"
    assert finding.severity is Severity.INFO
    assert finding.facts["receiver_id"] == "C"
    assert isinstance(elevation := finding.facts["receiver_elevation_m"], float)
    assert 1.1 < elevation < 1.5
    assert isinstance(above := finding.facts["above_drain_cm"], int)
    assert -10 <= above <= 20


def test_without_heights_both_rising_alike_is_backwater() -> None:
    findings = backed_up(heights=False).run()
    assert of_kind(findings, FindingKind.BLOCKED_DRAIN) == []
    (finding,) = of_kind(findings, FindingKind.BACKWATER)
    assert finding.site_id in {"X", "C"}
    assert finding.facts["above_drain_cm"] is None
    assert isinstance(rise := finding.facts["receiver_rise_cm"], int)
    assert rise >= 15


def test_a_canal_that_rises_alone_in_dry_weather_is_told_at_the_canal() -> None:
    world = World()
    world.dry(START, END)
    world.lift("C", RISE, END, {0: 0.0, 60: 0.3})
    findings = world.run()
    assert [(one.site_id, one.kind) for one in findings] == [("C", FindingKind.BACKWATER)]
    assert findings[0].facts["receiver_id"] == "C"


def test_several_outfalls_on_one_canal_are_one_finding() -> None:
    world = World(registry(manhole("X", "C", 1.0), manhole("Y", "C", 1.0)))
    world.dry(START, END, sites=("X", "Y"))
    for site in ("C", "X", "Y"):
        world.lift(site, RISE, END, {0: 0.0, 60: 0.4})
    assert len(of_kind(world.run(), FindingKind.BACKWATER)) == 1


def test_a_drain_well_above_its_high_canal_can_still_be_blocked() -> None:
    world = World()
    world.dry(START, END)
    world.lift("C", RISE, END, {0: 0.0, 60: 0.4})
    world.lift("G1", RISE, END, {0: 0.0, 300: 0.5})
    world.rows = [row for row in world.rows if row.site_id != "G2"]
    assert [one.site_id for one in of_kind(world.run(), FindingKind.BLOCKED_DRAIN)] == ["G1"]


def test_backwater_ends_when_the_water_has_fallen() -> None:
    world = backed_up()
    world.lift("C", RISE + 5 * HOUR, END, -0.4)
    world.lift("X", RISE + 5 * HOUR, END, -0.3)
    (finding,) = of_kind(world.run(), FindingKind.BACKWATER)
    assert finding.closed_ms is not None


def test_a_gate_that_is_raised_is_never_a_blocked_drain() -> None:
    world = World(registry(Site(id="W", kind=SiteKind.GATE, invert_m=3.0, ground_m=6.0, downstream=("C",))))
    world.dry(START, END, sites=("W",))
    world.lift("W", RISE, END, {0: 0.0, 60: 0.8})
    assert world.run() == []
