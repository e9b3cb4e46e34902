"""A small commune for the tests: a chain of manholes to a canal, a gauge, two waste points; rows by hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import cos, pi

from analytics.findings import Finding, FindingKind
from analytics.settings import AnalyticsSettings
from analytics.watch import WatchState, advance, new_state
from devices.readings import Block, Reading, block_of
from devices.sites import Registry, Section, Site, SiteKind

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
#: Local midnight of 1 May 2026 (UTC+7).
START = 1_777_568_400_000
SETTINGS = AnalyticsSettings()


def manhole(site_id: str, below: str, invert_m: float | None = 2.0, depth_m: float = 1.5) -> Site:
    """A manhole on a DN600 trunk."""
    return Site(
        id=site_id,
        kind=SiteKind.DRAIN,
        downstream=(below,),
        section=Section.CIRCULAR,
        width_m=0.6,
        height_m=0.6,
        invert_m=invert_m,
        ground_m=None if invert_m is None else invert_m + depth_m,
    )


def registry(*more: Site) -> Registry:
    """G3 -> G2 -> G1 -> C (canal, well below them), gauge R, waste points P (3 containers) and Q."""
    sites = (
        manhole("G3", "G2", 2.2),
        manhole("G2", "G1", 2.1),
        manhole("G1", "C", 2.0),
        Site(id="C", kind=SiteKind.CANAL, invert_m=0.0, ground_m=4.5),
        Site(id="R", kind=SiteKind.RAIN_GAUGE),
        Site(id="P", kind=SiteKind.WASTE_POINT),
        Site(id="Q", kind=SiteKind.WASTE_POINT),
        *more,
    )
    return Registry(version=1, sites={site.id: site for site in sites})


def usual_level(time_ms: int) -> float:
    """A trunk's dry-weather water: 6 to 10 cm, most in the morning."""
    hour = (time_ms - START) % DAY / HOUR
    return 0.08 + 0.02 * cos((hour - 7) / 24 * 2 * pi) + 0.003 * ((time_ms // MINUTE) % 7 - 3) / 3


@dataclass
class World:
    """Collects readings and runs them. `step_ms` is everybody's report interval."""

    registry: Registry = field(default_factory=registry)
    step_ms: int = 10 * MINUTE
    rows: list[Reading] = field(default_factory=list)

    def say(self, site: str, quantity: str, time_ms: int, value: float, channel: str = "1") -> None:
        """One reading, received at once."""
        self.rows.append(Reading(site, channel, quantity, time_ms, round(value, 4), received_ms=time_ms))

    def dry(
        self, from_ms: int, to_ms: int, sites: Iterable[str] = ("G1", "G2", "G3"), canal: float = 1.0
    ) -> None:
        """Ordinary dry weather."""
        for time_ms in range(from_ms, to_ms, self.step_ms):
            for site in sites:
                self.say(site, "water_level_m", time_ms, usual_level(time_ms))
            self.say("C", "water_level_m", time_ms, canal + 0.002 * ((time_ms // MINUTE) % 5))
            self.say("R", "rain_mm", time_ms, 0.0)

    def drop(self, site: str, from_ms: int, to_ms: int = 2**60) -> None:
        """Forget what a site said in a stretch of time."""
        self.rows = [row for row in self.rows if row.site_id != site or not from_ms <= row.time_ms < to_ms]

    def lift(self, site: str, from_ms: int, to_ms: int, by: Mapping[int, float] | float) -> None:
        """Raise a site's level: by a number, or by minutes since `from_ms` -> metres, linear between."""
        points = sorted(by.items()) if isinstance(by, Mapping) else [(0, by)]
        self.rows = [
            replace_value(row, row.value + between(points, (row.time_ms - from_ms) / MINUTE))
            if row.site_id == site and row.quantity == "water_level_m" and from_ms <= row.time_ms < to_ms
            else row
            for row in self.rows
        ]

    def in_order(self) -> list[Reading]:
        """Rows in order of measurement."""
        return sorted(self.rows, key=lambda row: row.time_ms)

    def run(self, settings: AnalyticsSettings = SETTINGS) -> list[Finding]:
        """What is found, each finding as it last stood."""
        return final(run(self.in_order(), self.registry, settings))


def replace_value(row: Reading, value: float) -> Reading:
    return row._replace(value=round(value, 4))


def between(points: Sequence[tuple[float, float]], at: float) -> float:
    """Linear interpolation, constant beyond the ends."""
    if at <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if at <= right:
            return low + (high - low) * (at - left) / (right - left)
    return points[-1][1]


def run(
    rows: list[Reading],
    places: Registry,
    settings: AnalyticsSettings = SETTINGS,
    cuts: Sequence[int] = (),
    *,
    flush: bool = True,
) -> list[Finding]:
    """Every change, in order, of running these rows cut into blocks after the given numbers of rows."""
    state, out = new_state(places, settings), []
    edges = [0, *sorted(cuts), len(rows)]
    for start, end in pairwise(edges):
        state, changed = advance(state, block_of(rows[start:end]), 0)
        out.extend(changed)
    if flush:
        out.extend(tick(state, (state.clock_ms // 30_000 + 1) * 30_000))
    return out


def tick(state: WatchState, now_ms: int) -> list[Finding]:
    """Time passes and nobody speaks."""
    empty: Block = block_of([])
    return advance(state, empty, now_ms)[1]


def final(changes: Iterable[Finding]) -> list[Finding]:
    """Each finding as it last stood, in order of when it was raised."""
    latest = {finding.id: finding for finding in changes}
    return sorted(latest.values(), key=lambda finding: (finding.opened_ms, finding.site_id, finding.kind))


def of_kind(findings: Iterable[Finding], kind: FindingKind) -> list[Finding]:
    """Those of one kind."""
    return [finding for finding in findings if finding.kind is kind]


def moved(site: Site, **changes: object) -> Site:
    """The same site with something changed."""
    return replace(site, **changes)  # type: ignore[arg-type]  # the callers name fields of Site
