"""The dry-weather normal of a level: what it usually is at this hour, learnt as it goes.

For every series and local hour three quantiles are tracked. When a series leaves an hour, the readings of
that hour move each quantile by a pinball step: up by the share of readings above it, down by the share
below, weighted so that it comes to rest where the right share lies below. Only dry hours teach, and only
readings that are not in excess. After commissioning the band may drift up by no more than a few
centimetres, so that silt is seen and not learnt.
"""

from dataclasses import dataclass

import numpy as np

from analytics.drains.levels import QUANTILES, Levels
from analytics.memory import Memory, Role
from analytics.rain import Rain, was_dry
from analytics.settings import NormalSettings
from analytics.tables import F64, HOUR_MS, I64, ZONE_MS, Bool, local_hour

#: Distance between the 10 % and 90 % quantiles of a normal distribution, in standard deviations.
_BAND_SIGMAS = 2.56


@dataclass(frozen=True, slots=True)
class NormalBand:
    """What is usual in dry weather: (24,) metres by local hour; hours not yet learnt borrow their neighbours.

    `learnt` is False while too little has been seen to judge by it.
    """

    p10_m: F64
    p50_m: F64
    p90_m: F64
    learnt: bool


def learn_hours(levels: Levels, memory: Memory, rain: Rain, slots: I64, settings: NormalSettings) -> None:
    """Learn from the hours that these series have just left (`memory.hour`)."""
    hours = memory.hour[slots]
    for hour in np.unique(hours):
        if was_dry(rain, int(hour), settings.dry_before_h):
            _learn_hour(levels, memory, slots[hours == hour], int(hour), settings)


def _learn_hour(levels: Levels, memory: Memory, slots: I64, hour: int, settings: NormalSettings) -> None:
    values = memory.ring_v[slots]
    usable = local_hour(memory.ring_t[slots]) == hour
    learnt = levels.hours[slots] >= settings.hours_to_learn
    usable &= ~learnt[:, None] | (values <= levels.alarm[slots][:, None])
    some = usable.any(axis=1)
    if not some.any():
        return
    slots, values, usable = slots[some], values[some], usable[some]
    hour_of_day = hour % 24
    new = levels.days[slots, hour_of_day] == 0
    band = _stepped(levels, slots, hour_of_day, values, usable)
    if new.any():
        band[new] = _first_band(values[new], usable[new])
    levels.days[slots, hour_of_day] += 1
    levels.hours[slots] += 1
    band = np.minimum(band, levels.cap[slots, hour_of_day] + settings.drift_cap_m)
    levels.band[slots, hour_of_day] = band
    ripe = levels.days[slots, hour_of_day] == settings.commissioning_days
    levels.cap[slots[ripe], hour_of_day] = band[ripe]


def _first_band(values: F64, usable: Bool) -> F64:
    """(n, 3) the quantiles of one hour's readings, a little widened: one day is not all days."""
    ordered = np.sort(np.where(usable, values, np.inf), axis=1)
    last = usable.sum(axis=1)[:, None] - 1
    picked = np.take_along_axis(ordered, np.rint(QUANTILES * last).astype(np.int64), axis=1)
    return np.asarray(picked + np.array([-0.005, 0.0, 0.005]))


def _stepped(levels: Levels, slots: I64, hour_of_day: int, values: F64, usable: Bool) -> F64:
    """(n, 3) the quantiles after one pinball step; the step shrinks with the days and the spread."""
    band = levels.band[slots, hour_of_day]
    count = usable.sum(axis=1)
    away = np.where(usable, np.abs(values - np.where(np.isnan(band[:, 1]), 0, band[:, 1])[:, None]), 0.0)
    known = levels.days[slots, hour_of_day] > 0
    scale = levels.scale[slots]
    scale = np.where(known, np.maximum(0.005, scale + 0.1 * (away.sum(axis=1) / count - scale)), scale)
    levels.scale[slots] = scale
    below = (usable[:, :, None] & (values[:, :, None] < band[:, None, :])).sum(axis=1) / count[:, None]
    gain = np.maximum(2.0 / np.sqrt(np.maximum(1, levels.days[slots, hour_of_day])), 0.6) * scale
    return np.sort(band + gain[:, None] * (QUANTILES - below), axis=1)


def set_bounds(levels: Levels, memory: Memory, hour_of_day: int, settings: NormalSettings) -> None:
    """Bounds of every level series for this hour: from its normal once learnt, else from its pipe."""
    slots = np.flatnonzero(memory.role[: len(memory)] == Role.LEVEL)
    top = np.where(levels.days[slots] > 0, levels.band[slots, :, 2], -np.inf)
    near = top[:, [(hour_of_day - 1) % 24, hour_of_day, (hour_of_day + 1) % 24]].max(axis=1)
    high = np.where(np.isfinite(near), near, top.max(axis=1))
    spread = np.nan_to_num(levels.band[slots, hour_of_day, 2] - levels.band[slots, hour_of_day, 0])
    margin = np.clip(
        settings.margin_spreads * spread / _BAND_SIGMAS, settings.margin_m, settings.margin_cap_m
    )
    learnt = levels.hours[slots] >= settings.hours_to_learn
    obvious = levels.obvious[slots]
    levels.high[slots] = np.where(learnt, high, np.inf)
    levels.alarm[slots] = np.where(learnt, high + margin, obvious)
    levels.clear[slots] = np.where(learnt, high + margin / 2, obvious * 0.85)


def band_of(levels: Levels, slot: int, settings: NormalSettings) -> NormalBand | None:
    """The band of one series by local hour; None while nothing has been learnt."""
    known = np.flatnonzero(levels.days[slot] > 0)
    if not len(known):
        return None
    apart = np.abs(np.arange(24)[:, None] - known)
    nearest = known[np.minimum(apart, 24 - apart).argmin(axis=1)]
    band = levels.band[slot, nearest]
    return NormalBand(
        band[:, 0].copy(),
        band[:, 1].copy(),
        band[:, 2].copy(),
        bool(levels.hours[slot] >= settings.hours_to_learn),
    )


def usual_now(levels: Levels, slot: int, time_ms: int) -> tuple[float | None, float | None]:
    """Usual low and high of one series at this hour; None while learning."""
    if not np.isfinite(levels.high[slot]):
        return None, None
    hour = (time_ms + ZONE_MS) // HOUR_MS % 24
    low, high = levels.band[slot, hour, 0], levels.band[slot, hour, 2]
    if np.isnan(low):
        return None, round(float(levels.high[slot]), 3)
    return round(float(max(low, 0.0)), 3), round(float(high), 3)
