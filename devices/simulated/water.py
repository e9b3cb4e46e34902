"""What water does by itself: the daily rhythm of dry weather, and the answer to rain."""

from dataclasses import dataclass

import numpy as np

from devices.simulated.local_time import HOUR_MS, MINUTE_MS, day_number, hour_of_day
from devices.simulated.noise import F64, I64, gaussian, pick, seed_of
from devices.simulated.rain import Rain
from devices.sites import Registry, Section, Site, SiteKind

#: Share of the daily swing at each hour: people at home mornings and evenings, workshops in between.
_HOURS = np.arange(0.0, 24.5, 0.5)


def _peaks(*centred: tuple[float, float, float]) -> F64:
    """A day as a sum of bells, each (hour, width in hours, height), wrapped around midnight."""
    day = np.zeros(len(_HOURS))
    for hour, width, height in centred:
        apart = np.abs(_HOURS - hour)
        day += height * np.exp(-0.5 * (np.minimum(apart, 24.0 - apart) / width) ** 2)
    return day


_HOMES = _peaks((7.0, 1.1, 1.0), (12.0, 1.6, 0.35), (19.0, 1.4, 0.9))
_WORKSHOPS = _HOMES * 0.6 + _peaks((9.5, 1.0, 0.7), (15.5, 1.0, 0.7))


@dataclass(frozen=True, slots=True)
class Drainage:
    """How one water site behaves. Lengths in metres above its invert.

    `rain_m` is the rise for each mm/h that runs off, `lag_ms` the time constant of that; `brim_m` where
    water reaches the street and spreads; `ceiling_m` the most that is ever true there.
    """

    base_m: float
    swing_m: float
    rain_m: float
    lag_ms: int
    brim_m: float
    ceiling_m: float
    craft: bool
    seed: int


def drainage_of(site: Site, registry: Registry, ceiling_m: float, low_factor: float = 1.0) -> Drainage:
    """The behaviour of a site, from its shape and place. `low_factor` > 1 makes it a flooding spot."""
    base_m, swing_m, depth_m = _dry(site)
    depth_m = site.depth_to_ground_m or depth_m
    village = registry.villages.get(site.village_id)
    craft = village is not None and village.cluster_id in {"cum-bat-trang", "cum-kim-lan"}
    inside = site.side == "trong_de"
    lag_ms, rain_m = 35 * MINUTE_MS, 0.026 * depth_m
    if site.kind is SiteKind.RIVER:
        lag_ms, rain_m = 30 * HOUR_MS, 0.0
    elif site.kind is SiteKind.CANAL:
        lag_ms, rain_m = 9 * HOUR_MS, 0.09
    elif site.section is Section.OPEN:
        lag_ms, rain_m = 100 * MINUTE_MS, 0.022 * depth_m
    elif inside:
        lag_ms = 70 * MINUTE_MS
    spread = 0.85 + 0.3 * pick(f"size/{site.id}")
    return Drainage(
        base_m=base_m * spread,
        swing_m=swing_m * spread,
        rain_m=rain_m * spread * low_factor,
        lag_ms=lag_ms,
        brim_m=depth_m,
        ceiling_m=ceiling_m,
        craft=craft,
        seed=seed_of(f"water/{site.id}"),
    )


def _dry(site: Site) -> tuple[float, float, float]:
    """Dry-weather base, daily swing, and the depth assumed where none is known, in metres."""
    match site.kind, site.section:
        case SiteKind.RIVER, _:
            return 5.0, 0.0, 13.0
        case SiteKind.CANAL, _:
            return 1.4, 0.01, 3.1
        case SiteKind.GATE, _:
            return 0.14, 0.04, 1.9
        case _, Section.OPEN:
            return 0.40, 0.03, 1.6
        case _, Section.BOX if (site.height_m or 0.0) >= 0.8:
            return 0.13, 0.08, 1.8
        case _, Section.BOX:
            return 0.002, 0.045, 0.5
        case _:
            return 0.055, 0.05, 1.45


def dry_level_m(water: Drainage, time_ms: I64) -> F64:
    """(n,) level in dry weather: the day's rhythm, a little more or less on each day."""
    rhythm = np.interp(hour_of_day(time_ms), _HOURS, _WORKSHOPS if water.craft else _HOMES)
    lively = 1.0 + 0.07 * gaussian(water.seed, day_number(time_ms))
    level: F64 = water.base_m + water.swing_m * rhythm * lively
    return level


def rise_in_rain_m(water: Drainage, time_ms: I64, rain: Rain, cluster_id: str) -> F64:
    """(n,) what rain adds to the level."""
    felt = rain.runoff_mm_per_h(time_ms, cluster_id, water.lag_ms)
    rise: F64 = water.rain_m * felt
    return rise


def contained_m(water: Drainage, level_m: F64) -> F64:
    """(n,) the level as it can really stand: never negative, and spreading over the street above the brim."""
    over = np.maximum(level_m - water.brim_m, 0.0)
    spread = np.minimum(level_m, water.brim_m) + 0.3 * np.tanh(over / 0.9)
    contained: F64 = np.clip(spread, 0.0, water.ceiling_m)
    return contained
