"""Rain: the gauges, or where none speaks the drains themselves, and how long it has been dry."""

from dataclasses import dataclass, field

import numpy as np

from analytics.settings import RainSettings
from analytics.tables import F64, HOUR_MS, I64, MINUTE_MS, NEVER, ZONE_MS, Column, Table

BUCKET_MS = 5 * MINUTE_MS
#: Buckets kept of every gauge: eight hours.
BUCKETS = 96
PER_HOUR = HOUR_MS // BUCKET_MS
#: Hours for which it is remembered that they were wet.
WET_HOURS = 96
#: A report older than this says nothing of the last minutes.
JUST_NOW_MS = 2 * MINUTE_MS
#: What `dry_h` says at most.
LONG_DRY_H = 999.0


@dataclass(slots=True)
class Rain(Table):
    """One row a gauge: rain in buckets of five minutes, each with the number of the bucket it holds.

    `last_wet_ms` is the last time that any trailing hour was wet, `since_ms` when watching began,
    `network_ms` when the drains were last able to stand in for a gauge, `wet_hours` local hours.
    """

    gauge_of: dict[int, int] = field(default_factory=dict)
    last_t: I64 = field(default_factory=Column(np.int64, NEVER))
    bucket: I64 = field(default_factory=Column(np.int64, NEVER, BUCKETS))
    mm: F64 = field(default_factory=Column(np.float64, 0.0, BUCKETS))
    last_wet_ms: int = NEVER
    since_ms: int = NEVER
    network_ms: int = NEVER
    wet_hours: set[int] = field(default_factory=set)


def add_gauge(rain: Rain, slot: int) -> None:
    """A new gauge: the series in this slot of the memory."""
    rain.gauge_of[slot] = len(rain.gauge_of)
    rain.reserve(len(rain.gauge_of))


def add_rain(rain: Rain, slot: int, time_ms: int, mm: float, settings: RainSettings) -> None:
    """Rain that fell in the interval ending at `time_ms`; a trailing hour above the bound makes it wet."""
    gauge = rain.gauge_of[slot]
    rain.last_t[gauge] = max(rain.last_t[gauge], time_ms)
    if mm <= 0:
        return
    bucket = time_ms // BUCKET_MS
    place = bucket % BUCKETS
    if rain.bucket[gauge, place] != bucket:
        if rain.bucket[gauge, place] > bucket:
            return
        rain.bucket[gauge, place], rain.mm[gauge, place] = bucket, 0.0
    rain.mm[gauge, place] += mm
    if _sum(rain, bucket, PER_HOUR)[gauge] >= settings.wet_mm_per_h:
        mark_wet(rain, time_ms)


def mark_wet(rain: Rain, time_ms: int) -> None:
    """It rained at that time."""
    rain.last_wet_ms = max(rain.last_wet_ms, time_ms)
    hour = (time_ms + ZONE_MS) // HOUR_MS
    if hour not in rain.wet_hours:
        rain.wet_hours = {old for old in rain.wet_hours if old > hour - WET_HOURS} | {hour}


def was_dry(rain: Rain, hour: int, before_h: int) -> bool:
    """Was this local hour dry, and the `before_h` hours before it?"""
    return not any(hour - before_h <= wet <= hour for wet in rain.wet_hours)


def gauges_speak(rain: Rain, at_ms: int, settings: RainSettings) -> bool:
    """Has any gauge reported lately?"""
    known = rain.last_t[: len(rain.gauge_of)]
    return bool(len(known)) and bool(known.max() >= at_ms - settings.gauge_stale_s * 1000)


def rain_last_hour_mm(rain: Rain, at_ms: int, settings: RainSettings) -> float | None:
    """The greatest rain of the last hour over all gauges; None if no gauge speaks.

    A cloudburst floods a street before the gauge's next report: "no rain" is said only of what a gauge has
    seen the end of.
    """
    if not gauges_speak(rain, at_ms, settings):
        return None
    fallen = round(float(_sum(rain, at_ms // BUCKET_MS, PER_HOUR).max()), 1)
    newest = int(rain.last_t[: len(rain.gauge_of)].max())
    return None if fallen == 0.0 and at_ms - newest > JUST_NOW_MS else fallen


def dry_hours(rain: Rain, at_ms: int, settings: RainSettings) -> float | None:
    """Hours since it last rained (since watching began, if never); None if nothing can tell."""
    stale_ms = settings.gauge_stale_s * 1000
    if rain.network_ms < at_ms - stale_ms and not gauges_speak(rain, at_ms, settings):
        return None
    return min(LONG_DRY_H, (at_ms - max(rain.last_wet_ms, rain.since_ms)) / HOUR_MS)


def _sum(rain: Rain, bucket: int, buckets: int) -> F64:
    """(gauges,) mm in the `buckets` buckets that end with this one."""
    gauges = len(rain.gauge_of)
    held = rain.bucket[:gauges]
    inside = (held > bucket - buckets) & (held <= bucket)
    return np.asarray(np.where(inside, rain.mm[:gauges], 0.0).sum(axis=1), np.float64)
