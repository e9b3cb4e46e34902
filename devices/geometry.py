"""From what a probe sees to what people ask: depth of water, fill of a container, height of a heap."""

from typing import NamedTuple

from devices.quantities import QUANTITIES
from devices.readings import Qc
from devices.sites import WATER_KINDS, Geometry, SiteKind

_FILL = QUANTITIES["fill_pct"]
#: A fill beyond these (per cent): the geometry is wrong, the device moved, or waste stands above the rim.
_FILL_USUAL = (-5.0, 105.0)


class Level(NamedTuple):
    """A level as a quantity, its value in that quantity's unit, and what to think of it."""

    quantity: str
    value: float
    qc: Qc


class Sight(NamedTuple):
    """How far a probe can tell, in mm from its face; None: no such limit is known."""

    dead_zone_mm: float | None = None
    max_range_mm: float | None = None


def from_distance(distance_mm: float, kind: SiteKind, geometry: Geometry, sight: Sight) -> Level | str:
    """The level a distance stands for at a site of this kind, or what is missing to say it.

    Nearer than the dead zone, the level is at least the highest one the probe can tell: that value is given,
    as suspect, so that a full container or a flooded drain does not vanish as an invalid reading. Beyond the
    range there was no echo (foam, an angled bag, a cobweb): the level is not known, and 0 with QC fail.
    """
    mount_mm = geometry.mount_height_mm
    if mount_mm is None:
        return "mount_height_mm is not known: import it with the device, or set it when adopting"
    seen_mm, qc = distance_mm, Qc.GOOD
    if sight.max_range_mm is not None and distance_mm > sight.max_range_mm:
        seen_mm, qc = mount_mm - geometry.offset_mm, Qc.FAIL
    elif sight.dead_zone_mm is not None and distance_mm <= sight.dead_zone_mm:
        seen_mm, qc = sight.dead_zone_mm, Qc.SUSPECT
    height_mm = mount_mm - (seen_mm + geometry.offset_mm)
    if kind in WATER_KINDS:
        return Level("water_level_m", height_mm / 1000, qc)
    if kind is SiteKind.WATCH_SPOT:
        return Level("heap_m", height_mm / 1000, qc)
    if kind is SiteKind.WASTE_POINT:
        return _fill(height_mm, mount_mm, geometry, sight, qc)
    return f"a distance means nothing at a site of kind {kind}"


def _fill(height_mm: float, mount_mm: float, geometry: Geometry, sight: Sight, qc: Qc) -> Level | str:
    # The 100 % line cannot lie where the probe is blind, or the container would never be full.
    full_mm = max(geometry.full_distance_mm or 0.0, sight.dead_zone_mm or 0.0)
    if full_mm >= mount_mm:
        return f"the full line ({full_mm:g} mm) must be nearer than the floor ({mount_mm:g} mm)"
    fill_pct = 100.0 * height_mm / (mount_mm - full_mm)
    low, high = _FILL_USUAL
    if not low <= fill_pct <= high:
        qc = max(qc, Qc.SUSPECT)
    # Heaped above the rim is full, not impossible; what the probe saw is kept beside it as the raw value.
    return Level("fill_pct", min(fill_pct, _FILL.maximum), qc)


def from_depth(depth_mm: float, kind: SiteKind, geometry: Geometry) -> Level | str:
    """The level a submerged probe's depth stands for; `offset_mm` is the probe's height above the bed."""
    if kind not in WATER_KINDS:
        return f"a depth of water means nothing at a site of kind {kind}"
    return Level("water_level_m", (depth_mm + geometry.offset_mm) / 1000, Qc.GOOD)
