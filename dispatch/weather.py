"""Is it raining hard? From the gauges, and from streets that are under water, with a memory of its own.

A storm begins at once and ends only after it has been calm for a while, so that a shower that comes back
does not send everybody a message twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from analytics.findings import Finding, FindingKind

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS

#: How long a stretch of rain is judged by.
RATE_MS = 15 * MINUTE_MS
#: A gauge that has been silent for longer says nothing of now.
STALE_MS = HOUR_MS
#: What fell in a longer gap than this between two reports is spread over this much.
LONGEST_GAP_MS = HOUR_MS
#: Readings this far back are all that `rate_mm_per_h` can use.
LOOK_BACK_MS = STALE_MS + RATE_MS + LONGEST_GAP_MS
#: Below this part of what begins a storm it is calm.
CALM_PART = 0.25
#: A finding holds a storm open no longer than this: some stay until somebody has looked.
FINDING_COUNTS_MS = 12 * HOUR_MS

#: Water on the street is a storm even where no gauge saw it; high water only keeps one going.
_BEGINS = frozenset({FindingKind.FLOODING})
_HOLDS = frozenset({FindingKind.FLOODING, FindingKind.HIGH_WATER})


@dataclass(frozen=True, slots=True)
class Weather:
    """What is remembered between two looks.

    `since_ms` is when this storm, or this calm, began. `wet_ms` is when it last rained or stood under water.
    `cause_id` is the site that began the storm, with `mm_per_h` there (None: a flooded street).
    `tries` counts how often each device was asked for what it was asked last.
    """

    storm: bool = False
    since_ms: int = 0
    wet_ms: int = 0
    cause_id: str = ""
    mm_per_h: float | None = None
    tries: Mapping[str, int] = field(default_factory=dict)


def rate_mm_per_h(time_ms: NDArray[np.int64], rain_mm: NDArray[np.float64], now_ms: int) -> float | None:
    """How hard it rains at one gauge, over the quarter of an hour that ends with its newest report.

    Args:
        time_ms: (n,) increasing ends of the intervals in which the rain fell.
        rain_mm: (n,) what fell in each; an interval begins where the one before ended, or an hour before.
        now_ms: The present; a newest report older than an hour, or none, gives None.
    """
    if not len(time_ms) or now_ms - int(time_ms[-1]) > STALE_MS:
        return None
    begin_ms = int(time_ms[-1]) - RATE_MS
    # What one report alone covers is not known; a quarter of an hour, then.
    before = np.concatenate(([time_ms[0] - RATE_MS], time_ms[:-1]))
    length_ms = np.clip(time_ms - before, 1, LONGEST_GAP_MS)
    inside_ms = np.clip(time_ms - begin_ms, 0, length_ms)
    return float((rain_mm * inside_ms / length_ms).sum() * (HOUR_MS / RATE_MS))


def look(
    weather: Weather,
    now_ms: int,
    rates: Mapping[str, float | None],
    findings: Iterable[Finding],
    *,
    start_mm_per_h: float,
    calm_ms: int,
) -> Weather:
    """The weather now. `rates` are mm/h by the site of the gauge, `findings` those that are open."""
    speaking = [(rate, site_id) for site_id, rate in rates.items() if rate is not None]
    hardest, gauge_id = max(speaking, default=(0.0, ""))
    wet = [each for each in findings if _counts(each, now_ms)]
    if not weather.storm:
        if hardest >= start_mm_per_h:
            return Weather(True, now_ms, now_ms, gauge_id, hardest, weather.tries)
        under_water = [each.site_id for each in wet if each.kind in _BEGINS]
        if under_water:
            return Weather(True, now_ms, now_ms, min(under_water), None, weather.tries)
        return weather
    if hardest >= start_mm_per_h * CALM_PART or wet:
        # To the minute: every change is written down.
        return replace(weather, wet_ms=now_ms) if now_ms - weather.wet_ms >= MINUTE_MS else weather
    if now_ms - weather.wet_ms >= calm_ms:
        return Weather(False, now_ms, weather.wet_ms, tries=weather.tries)
    return weather


def _counts(finding: Finding, now_ms: int) -> bool:
    return (
        finding.kind in _HOLDS
        and finding.closed_ms is None
        and now_ms - finding.opened_ms < FINDING_COUNTS_MS
    )
