"""How each site stands: by the worst finding that holds there, else normal, else not known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from analytics.findings import Finding, FindingKind, Severity
from api.board.words import say
from devices.readings import Qc
from devices.sites import WATER_KINDS, Registry, Site, SiteKind
from dispatch.words import Lang, severity_label
from storage.protocols import Latest

#: A site is silent after this many of its own report intervals, and never sooner than the second number.
_INTERVALS = 2.5
_SOONEST_MS = 10 * 60_000
_DEFAULT_INTERVAL_S = 900
#: Where nobody has mounted a device, people read a staff about once a day.
_BY_HAND_MS = 26 * 3_600_000

#: What a device says about itself is no reading of the place.
_ABOUT_DEVICES = frozenset({"battery_pct", "battery_v", "rssi_dbm", "snr_db"})

#: While one of these holds, the state of the place is not known.
SENSOR_KINDS = frozenset(
    {
        FindingKind.SENSOR_SILENT,
        FindingKind.SENSOR_FAULT,
        FindingKind.BATTERY_LOW,
        FindingKind.GATEWAY_SILENT,
        FindingKind.COVER_MOVED,
    }
)
_BLIND_KINDS = frozenset({FindingKind.SENSOR_SILENT, FindingKind.SENSOR_FAULT})


class Standing(StrEnum):
    """How a site stands, worst first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"
    OK = "ok"
    UNKNOWN = "unknown"

    @property
    def needs_eyes(self) -> bool:
        """Does something hold here?"""
        return self not in (Standing.OK, Standing.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds of sites that share a shape on the map."""

    name: str
    kinds: frozenset[SiteKind]
    quantity: str


#: Water a circle, waste a square, air a triangle, rain a diamond.
GROUPS: tuple[Group, ...] = (
    Group("water", WATER_KINDS, "water_level_m"),
    Group("waste", frozenset({SiteKind.WASTE_POINT, SiteKind.WATCH_SPOT}), "fill_pct"),
    Group("air", frozenset({SiteKind.AIR}), "pm2_5_ug_m3"),
    Group("rain", frozenset({SiteKind.RAIN_GAUGE}), "rain_mm"),
)


def group_of(kind: SiteKind) -> Group:
    """The group a kind belongs to."""
    return next(group for group in GROUPS if kind in group.kinds)


def main_quantity(site: Site) -> str:
    """What is read first at a site of that kind."""
    return "heap_m" if site.kind is SiteKind.WATCH_SPOT else group_of(site.kind).quantity


def standing_label(standing: Standing, lang: Lang) -> str:
    """The word for it."""
    if standing.needs_eyes:
        return severity_label(Severity(standing.value), lang)
    return say(f"state_{standing.value}", lang)


def slowest_devices(registry: Registry) -> dict[str, int]:
    """For each site with a device: the longest interval in seconds at which one that stands there reports."""
    slowest: dict[str, int] = {}
    for device_id, mountings in registry.mountings.items():
        device = registry.devices.get(device_id)
        interval_s = (device.expected_interval_s if device else None) or _DEFAULT_INTERVAL_S
        for mounting in mountings:
            if mounting.to_ms is None:
                slowest[mounting.site_id] = max(interval_s, slowest.get(mounting.site_id, 0))
    return slowest


def fresh_for_ms(site: Site, slowest: Mapping[str, int]) -> int:
    """How old a reading of this site may be before the site counts as silent."""
    interval_s = site.report_interval_s or slowest.get(site.id)
    if interval_s is None:
        return _BY_HAND_MS
    return max(_SOONEST_MS, int(interval_s * 1000 * _INTERVALS))


def newest_by_site(latest: Iterable[Latest]) -> dict[str, int]:
    """When each site last said something about the place itself that can be believed."""
    newest: dict[str, int] = {}
    for row in latest:
        if row.key.quantity not in _ABOUT_DEVICES and row.qc < Qc.FAIL:
            newest[row.key.site_id] = max(row.time_ms, newest.get(row.key.site_id, 0))
    return newest


def standings(
    registry: Registry, findings: Iterable[Finding], newest: Mapping[str, int], now_ms: int
) -> dict[str, Standing]:
    """Every site's standing.

    A place whose sensor is silent or at fault is not known, whatever its last reading was, unless something
    else holds there (water that was rising when it fell silent stays flooding).
    """
    worst: dict[str, Severity] = {}
    blind: set[str] = set()
    for finding in findings:
        if finding.kind in _BLIND_KINDS:
            blind.add(finding.site_id)
        elif finding.site_id not in worst or finding.severity.rank < worst[finding.site_id].rank:
            worst[finding.site_id] = finding.severity
    slowest = slowest_devices(registry)

    def standing(site: Site) -> Standing:
        if site.id in worst:
            return Standing(worst[site.id].value)
        last_ms = newest.get(site.id)
        if last_ms is None or site.id in blind or now_ms - last_ms > fresh_for_ms(site, slowest):
            return Standing.UNKNOWN
        return Standing.OK

    return {site.id: standing(site) for site in registry.sites.values()}
