"""The watch: two weeks of levels as in a backtest, and one live tick over ten thousand sites."""

import statistics
import time

import numpy as np

from analytics.settings import AnalyticsSettings
from analytics.watch import advance, new_state
from bench.measure import Figures, Say, scaled
from devices.readings import Block, Qc, SeriesKey, block_of
from devices.sites import Registry, Section, Site, SiteKind

LEVELS = 120
DAYS = 14
SITES = 10_000
STEP_MS = 300_000
DAY_MS = 86_400_000
STEPS_A_DAY = DAY_MS // STEP_MS
#: Local midnight (UTC+7), so that days begin together.
FIRST_MS = 1_777_568_400_000
#: A trunk: so many manholes one below the other, the last flowing into the canal.
_TRUNK = 10
_STORM_DAYS = (5, 11)
_TICKS = 5


def measure(scale: float, say: Say) -> Figures:
    """Both; a smaller scale watches fewer days and fewer sites."""
    return _two_weeks(scaled(DAYS, scale, least=2), say) | _live_ticks(scaled(SITES, scale, least=100), say)


def _two_weeks(days: int, say: Say) -> Figures:
    registry = _drains(LEVELS)
    state = new_state(registry, AnalyticsSettings())
    seconds, readings, findings = 0.0, 0, set()
    for day in range(days):
        say(f"day {day + 1} of {days}")
        block = _block(registry, range(day * STEPS_A_DAY, (day + 1) * STEPS_A_DAY))
        start = time.perf_counter()
        state, told = advance(state, block, 0)
        seconds += time.perf_counter() - start
        readings += len(block)
        findings |= {finding.id for finding in told}
    return {
        "level_series": LEVELS,
        "days": days,
        "backtest_s": seconds,
        "backtest_readings_per_s": readings / seconds,
        "backtest_findings": len(findings),
    }


def _live_ticks(sites: int, say: Say) -> Figures:
    """Every site says one thing, and the clock moves on by five minutes; then five minutes of silence."""
    say(f"{sites} sites, live")
    registry = _drains(sites)
    state = new_state(registry, AnalyticsSettings())
    warm = STEPS_A_DAY // 4
    for step in range(warm):
        state, _ = advance(state, _block(registry, range(step, step + 1)), FIRST_MS + step * STEP_MS)
    took = []
    for step in range(warm, warm + _TICKS):
        block = _block(registry, range(step, step + 1))
        start = time.perf_counter()
        state, _ = advance(state, block, FIRST_MS + step * STEP_MS)
        took.append(time.perf_counter() - start)
    start = time.perf_counter()
    advance(state, block_of([]), FIRST_MS + (warm + _TICKS) * STEP_MS)
    silent_s = time.perf_counter() - start
    return {
        "live_sites": sites,
        "live_tick_ms": 1000 * statistics.median(took),
        "slowest_live_tick_ms": 1000 * max(took),
        "silent_tick_ms": 1000 * silent_s,
    }


def _drains(count: int) -> Registry:
    sites = [
        Site(
            id=f"G{number:05d}",
            kind=SiteKind.DRAIN,
            downstream=("C",) if number % _TRUNK == 0 else (f"G{number - 1:05d}",),
            section=Section.CIRCULAR,
            width_m=0.6,
            height_m=0.6,
            invert_m=2.0 + number % _TRUNK / 10,
            ground_m=3.5 + number % _TRUNK / 10,
            report_interval_s=STEP_MS // 1000,
        )
        for number in range(count)
    ]
    more = (Site(id="C", kind=SiteKind.CANAL), Site(id="R", kind=SiteKind.RAIN_GAUGE))
    return Registry(version=1, sites={site.id: site for site in (*sites, *more)})


def _block(registry: Registry, steps: range) -> Block:
    """Every drain's level and the gauge's rain at those steps: a dry day's rhythm, and a few storms."""
    drains = [site.id for site in registry.sites.values() if site.kind is SiteKind.DRAIN]
    keys = (*(SeriesKey(name, "1", "water_level_m") for name in drains), SeriesKey("R", "1", "rain_mm"))
    step = np.arange(steps.start, steps.stop)[:, None]
    number = np.arange(len(keys))[None, :]
    day_h = step % STEPS_A_DAY * 24 / STEPS_A_DAY
    # An afternoon's cloudburst: two hours of rain, and water that is up for three.
    burst = np.where(np.isin(step // STEPS_A_DAY, _STORM_DAYS), day_h - 15, -1.0)
    wave = np.where((burst >= 0) & (burst <= 3), np.sin(np.pi * burst / 3), 0.0)
    noise = np.random.default_rng(steps.start).normal(0, 0.002, (len(steps), len(keys)))
    level = 0.08 + 0.02 * np.cos((day_h - 7) / 24 * 2 * np.pi) + wave * (0.3 + number % 7 / 20) + noise
    level[:, -1:] = np.where((burst >= 0) & (burst < 2), 2.0, 0.0)
    # Not all in one instant: the sites report one after the other within their five minutes.
    time_ms = (FIRST_MS + step * STEP_MS + number * STEP_MS // (2 * len(keys))).astype(np.int64).ravel()
    return Block(
        keys=keys,
        series=np.tile(np.arange(len(keys), dtype=np.int32), len(steps)),
        time_ms=time_ms,
        value=np.asarray(np.round(np.maximum(level, 0.0), 3).ravel(), np.float64),
        qc=np.full(time_ms.shape, Qc.GOOD, np.uint8),
        received_ms=time_ms,
    )
