"""From what a probe sees to what people ask: depth of water, fill of a container, height of a heap."""

import math

from devices.quantities import QUANTITIES
from devices.readings import Qc
from devices.sites import WATER_KINDS, Geometry, SiteKind

_FILL = QUANTITIES["fill_pct"]
#: A fill beyond these (per cent): the geometry is wrong, the device moved, or waste stands above the rim.
_FILL_USUAL = (-5.0, 105.0)
#: The air temperature (°C) an ultrasonic sensor that does not compensate is taken to reckon with.
USUAL_AIR_C = 20.0
_ZERO_C_IN_K = 273.15

#: Looked up once: reading a member off its Enum takes longer than comparing with it, and this runs for
#: every reading there is.
_GOOD, _SUSPECT, _FAIL = Qc.GOOD, Qc.SUSPECT, Qc.FAIL
_WASTE_POINT, _WATCH_SPOT = SiteKind.WASTE_POINT, SiteKind.WATCH_SPOT


#: A level as a quantity, its value in that quantity's unit, and what to think of it.
Level = tuple[str, float, int]


def stretch(air_c: float, assumed_c: float) -> float:
    """How much longer a distance is than a sensor says that times sound as in air of `assumed_c`.

    Sound travels at 331.3 m/s * sqrt(1 + T / 273.15 °C): a ratio of near 0.17 % for each degree.
    """
    return math.sqrt((_ZERO_C_IN_K + air_c) / (_ZERO_C_IN_K + assumed_c))


def from_distance(
    distance_mm: float,
    kind: SiteKind,
    geometry: Geometry,
    dead_zone_mm: float | None = None,
    max_range_mm: float | None = None,
    stretched: float = 1.0,
) -> Level | str:
    """The level a distance stands for at a site of this kind, or what is missing to say it.

    Nearer than the dead zone, the level is at least the highest one the probe can tell: that value is given,
    as suspect, so that a full container or a flooded drain does not vanish as an invalid reading. Beyond the
    range there was no echo (foam, an angled bag, a cobweb): the level is not known, and 0 with QC fail.

    The limits are those of the sensor as mounted, in mm from its face, None where none is known. They are
    compared with what it said; `stretched` is what to multiply that by to have the true distance.
    """
    mount_mm = geometry.mount_height_mm
    if mount_mm is None:
        return "mount_height_mm is not known: import it with the device, or set it when adopting"
    seen_mm, qc = distance_mm * stretched, _GOOD
    if max_range_mm is not None and distance_mm > max_range_mm:
        seen_mm, qc = mount_mm - geometry.offset_mm, _FAIL
    elif dead_zone_mm is not None and distance_mm <= dead_zone_mm:
        seen_mm, qc = dead_zone_mm, _SUSPECT
    height_mm = mount_mm - (seen_mm + geometry.offset_mm)
    if kind in WATER_KINDS:
        return "water_level_m", height_mm / 1000, qc
    if kind is _WATCH_SPOT:
        return "heap_m", height_mm / 1000, qc
    if kind is _WASTE_POINT:
        return _fill(height_mm, mount_mm, geometry, dead_zone_mm, qc)
    return f"a distance means nothing at a site of kind {kind}"


def _fill(
    height_mm: float, mount_mm: float, geometry: Geometry, dead_zone_mm: float | None, qc: Qc
) -> Level | str:
    # The 100 % line cannot lie where the probe is blind, or the container would never be full.
    full_mm = max(geometry.full_distance_mm or 0.0, dead_zone_mm or 0.0)
    if full_mm >= mount_mm:
        return f"the full line ({full_mm:g} mm) must be nearer than the floor ({mount_mm:g} mm)"
    fill_pct = 100.0 * height_mm / (mount_mm - full_mm)
    low, high = _FILL_USUAL
    if not low <= fill_pct <= high:
        qc = max(qc, _SUSPECT)
    # Heaped above the rim is full, not impossible; what the probe saw is kept beside it as the raw value.
    return "fill_pct", min(fill_pct, _FILL.maximum), qc


def from_depth(depth_mm: float, kind: SiteKind, geometry: Geometry) -> Level | str:
    """The level a submerged probe's depth stands for; `offset_mm` is the probe's height above the bed.

    A probe without a vent also weighs the air (10 mm of water for each hPa of change). That is not taken
    off: there is no barometer at the site to say how much. Fit vented probes.
    """
    if kind not in WATER_KINDS:
        return f"a depth of water means nothing at a site of kind {kind}"
    return "water_level_m", (depth_mm + geometry.offset_mm) / 1000, _GOOD
