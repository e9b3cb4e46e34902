"""What the air does by itself: fine dust of a rainy-season summer, heat and moisture."""

from dataclasses import dataclass

import numpy as np

from devices.simulated.local_time import HOUR_MS, hour_of_day
from devices.simulated.noise import F64, I64, gaussian, pick, seed_of
from devices.simulated.rain import Rain
from devices.sites import Registry, Site

_TRAFFIC_HOURS = np.array([0.0, 3.0, 5.0, 7.0, 9.0, 12.0, 15.0, 17.0, 18.5, 20.5, 22.5, 24.0])
_TRAFFIC = np.array([0.45, 0.35, 0.55, 1.0, 0.75, 0.4, 0.35, 0.6, 0.95, 0.8, 0.55, 0.45])
_WEATHER_STEP_MS = 3 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Air:
    """One station: where dust stands between the calm afternoon and the morning peak, in µg/m³."""

    calm_ug_m3: float
    peak_ug_m3: float
    seed: int


def air_of(site: Site, registry: Registry) -> Air:
    """The behaviour of a station: fields breathe better than streets."""
    village = registry.villages.get(site.village_id)
    fields = village is not None and village.cluster_id == "cum-van-duc"
    busy = 0.7 if fields else 0.9 + 0.3 * pick(f"air/{site.id}")
    return Air(8.0 * busy, 26.0 * busy, seed_of(f"air/{site.id}"))


def pm2_5_ug_m3(air: Air, time_ms: I64, rain: Rain, cluster_id: str) -> F64:
    """(n,) fine dust: the day's rhythm, slow weather shared by all stations, washed out by rain."""
    rhythm = np.interp(hour_of_day(time_ms), _TRAFFIC_HOURS, _TRAFFIC)
    weather = 1.0 + 0.22 * _slow(seed_of("weather"), time_ms)
    washed = np.exp(-rain.runoff_mm_per_h(time_ms, cluster_id, 2 * HOUR_MS) / 9.0)
    dust: F64 = (air.calm_ug_m3 + air.peak_ug_m3 * rhythm) * weather * (0.35 + 0.65 * washed)
    return dust


def temperature_c(time_ms: I64) -> F64:
    """(n,) shade temperature of a summer day."""
    swing = np.cos((hour_of_day(time_ms) - 14.5) / 24.0 * 2.0 * np.pi)
    heat: F64 = 29.0 + 4.0 * swing + 0.8 * _slow(seed_of("heat"), time_ms)
    return heat


def humidity_pct(time_ms: I64) -> F64:
    """(n,) relative humidity, falling as it warms."""
    moist: F64 = np.clip(78.0 - 3.6 * (temperature_c(time_ms) - 29.0), 30.0, 99.0)
    return moist


def pressure_hpa(time_ms: I64) -> F64:
    """(n,) air pressure at a few metres above the sea in summer."""
    press: F64 = 1003.0 + 2.5 * _slow(seed_of("pressure"), time_ms)
    return press


def _slow(seed: int, time_ms: I64) -> F64:
    """(n,) a number about ±1 that wanders over hours without a step."""
    place = time_ms // _WEATHER_STEP_MS
    share = (time_ms % _WEATHER_STEP_MS) / _WEATHER_STEP_MS
    now, later = gaussian(seed, place), gaussian(seed, place + 1)
    wander: F64 = now + (later - now) * share
    return wander
