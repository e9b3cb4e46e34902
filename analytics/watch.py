"""The watch: one step from (state, block of readings, now) to (state, findings). Live and backtest are this.

Time is event time on a grid. The clock of the watch is the greatest event time seen, or `now` where that
is later; rows are taken in order of arrival, and whenever the clock passes a point of the grid, what
arrived before is judged as of the first point after it. Where the cuts fall depends on the rows alone, so
any split of the same rows into blocks gives the same findings, and later rows cannot change earlier ones.
"""

from collections.abc import Iterator

import numpy as np

from analytics.drains.blockage import watch_blockage
from analytics.drains.flooding import watch_flooding
from analytics.drains.network import watch_storm
from analytics.drains.normal import NormalBand, band_of, learn_hours, set_bounds
from analytics.findings import Finding
from analytics.health.silence import set_limits, watch_silence
from analytics.intake import Rows, take
from analytics.memory import Role, learn_rhythm
from analytics.rain import add_rain
from analytics.settings import AnalyticsSettings
from analytics.snapshot import SNAPSHOT_VERSION, from_snapshot, to_snapshot
from analytics.state import WatchState, new_state, set_gates, with_links, with_registry
from analytics.tables import F64, HOUR_MS, I64, NEVER, SECOND_MS, ZONE_MS, local_hour
from analytics.waste.overflow import watch_overflow, watch_overflow_timers
from devices.readings import Block, SeriesKey

__all__ = [
    "SNAPSHOT_VERSION",
    "AnalyticsSettings",
    "NormalBand",
    "WatchState",
    "advance",
    "from_snapshot",
    "new_state",
    "normal_band",
    "to_snapshot",
    "with_links",
    "with_registry",
]


#: Report intervals are learnt anew every so many hours.
_RHYTHM_H = 6


def advance(state: WatchState, block: Block, now_ms: int) -> tuple[WatchState, list[Finding]]:
    """Take in a block and move the clock on.

    Args:
        state: Where the watch stands. It is changed in place: use only the one returned from here on.
        block: Readings in order of arrival; may be empty, may hold what was seen before.
        now_ms: The time now, epoch ms; 0 in a backtest, where the greatest event time is the clock.

    Returns:
        The state, and the findings raised, updated or closed in this step, in that order of events. The
        same finding may stand there several times: the last one is how it is now.
    """
    rows = take(state, block, now_ms)
    for start, end in rows.stretches:
        while start < end:
            _move(state, int(rows.clock_ms[start]))
            stop = _absorb_until_hot(state, rows, start, end)
            state.clock_ms = state.spoke_ms = int(rows.clock_ms[stop - 1])
            state.grid = int(rows.grid[stop - 1])
            start = stop
    if now_ms > state.clock_ms > NEVER:
        _move(state, now_ms)
    return state, state.ledger.take()


def normal_band(state: WatchState, site_id: str, channel: str) -> NormalBand | None:
    """What is usual in dry weather at this level series, by local hour; None where nothing is learnt."""
    slot = state.memory.index.get(SeriesKey(site_id, channel, "water_level_m"))
    return None if slot is None else band_of(state.levels, slot, state.settings.normal)


def _move(state: WatchState, clock_ms: int) -> None:
    """Move the clock, judging at every point of the grid that matters on the way."""
    grid = clock_ms // (state.settings.clock.grid_s * SECOND_MS)
    if state.grid == NEVER:
        state.rain.since_ms = clock_ms
    elif grid > state.grid:
        for at_ms in _points(state, grid):
            _judge(state, at_ms)
    state.clock_ms, state.grid = clock_ms, grid


def _points(state: WatchState, grid: int) -> Iterator[int]:
    """Times to judge at: the first point after what has arrived, then those of the timers.

    In a silence that lasts, the timers' points thin out: after six hours to one an hour, after three days
    to one a day; nothing is left then that could ripen faster.
    """
    clock = state.settings.clock
    step = clock.grid_s * SECOND_MS
    timers = clock.timers_s * SECOND_MS
    first, last = (state.grid + 1) * step, grid * step
    if first % timers:
        yield first
    at_ms = -(-first // timers) * timers
    while at_ms <= last:
        silent_ms = at_ms - state.spoke_ms
        every = timers if silent_ms < 6 * HOUR_MS else HOUR_MS if silent_ms < 72 * HOUR_MS else 24 * HOUR_MS
        if at_ms % every == 0:
            yield at_ms
        at_ms = (at_ms // every + 1) * every


def _judge(state: WatchState, at_ms: int) -> None:
    """Look at what is new, and at the timers' points at what time alone can change."""
    on_timer = at_ms % (state.settings.clock.timers_s * SECOND_MS) == 0
    if on_timer:
        _set_bounds(state, at_ms)
        watch_storm(state, at_ms)
    slots = state.memory.take_hot()
    if len(slots):
        # By name, not by order of first appearance: which of two is judged first must not depend on blocks.
        slots = np.array(sorted(slots.tolist(), key=state.memory.keys.__getitem__))
        role = state.memory.role[slots]
        levels, fills = slots[role == Role.LEVEL], slots[role == Role.FILL]
        if len(levels):
            watch_flooding(state, levels, at_ms)
            watch_blockage(state, levels, at_ms)
        if len(fills):
            watch_overflow(state, fills, at_ms)
        set_gates(state, slots)
    if on_timer:
        watch_overflow_timers(state, at_ms)
        watch_silence(state, at_ms)


def _set_bounds(state: WatchState, at_ms: int) -> None:
    hour = (at_ms + ZONE_MS) // HOUR_MS
    if hour != state.bounds_hour:
        state.bounds_hour = hour
        set_bounds(state.levels, state.memory, hour % 24, state.settings.normal)
        set_limits(state)
        set_gates(state)


def _absorb_until_hot(state: WatchState, rows: Rows, start: int, end: int) -> int:
    """Take in rows up to the first point of the grid at which there is something to look at.

    Points of the grid at which nothing is hot would change nothing, so the rows on both sides of them are
    taken together. Returns the number of the first row not taken.
    """
    told = start + np.flatnonzero(rows.slot[start:end] >= 0)
    hot = rows.value[told] >= state.memory.gate[rows.slot[told]]
    if hot.any():
        first = int(told[hot.argmax()])
        end = start + int(np.searchsorted(rows.grid[start:end], rows.grid[first], "right"))
    _absorb_group(state, rows, start, end)
    return end


def _absorb_group(state: WatchState, rows: Rows, start: int, end: int) -> None:
    """Take in rows between two points: each series at most once at a time, in order of arrival."""
    times, clock = rows.time_ms[start:end], rows.clock_ms[start:end]
    np.maximum.at(state.voices.seen, rows.site[start:end], times)
    if rows.odd[end] == rows.odd[start]:
        _absorb(state, rows.slot[start:end], times, rows.value[start:end], clock - times)
        return
    order = rows.order[start:end]
    for turn in range(int(order.min()), int(order.max()) + 1):
        here = start + np.flatnonzero(order == turn)
        _absorb_batteries(state, rows, here[rows.role[here] == Role.BATTERY])
        here = here[rows.slot[here] >= 0]
        if len(here):
            times = rows.time_ms[here]
            _absorb(state, rows.slot[here], times, rows.value[here], rows.clock_ms[here] - times)


def _absorb_batteries(state: WatchState, rows: Rows, here: I64) -> None:
    for row in here.tolist():
        site = rows.site[row]
        if rows.time_ms[row] > state.voices.battery_t[site]:
            state.voices.battery_t[site] = rows.time_ms[row]
            state.voices.battery_pct[site] = rows.value[row]


def _absorb(state: WatchState, slots: I64, times: I64, values: F64, lag_ms: I64) -> None:
    """Remember one reading for each of these different series."""
    memory = state.memory
    newer = times > memory.last_t[slots]
    if not newer.all():
        _insert(state, slots[~newer], times[~newer], values[~newer])
        slots, times, values, lag_ms = slots[newer], times[newer], values[newer], lag_ms[newer]
        if not len(slots):
            return
    hours = local_hour(times)
    turned = hours > memory.hour[slots]
    if turned.any():
        _turn_hours(state, slots[turned], hours[turned])
    # A reading that comes later than one report interval teaches, but opens nothing.
    memory.append(slots, times, values, lag_ms > memory.patience_ms[slots])
    memory.hot[slots] |= values >= memory.gate[slots]
    for row in (memory.role[slots] == Role.RAIN).nonzero()[0].tolist():
        add_rain(state.rain, int(slots[row]), int(times[row]), float(values[row]), state.settings.rain)


def _insert(state: WatchState, slots: I64, times: I64, values: F64) -> None:
    """Readings that are not newer than what is known: late ones, or said twice."""
    memory = state.memory
    for slot, time_ms, value in zip(slots.tolist(), times.tolist(), values.tolist(), strict=True):
        if time_ms == memory.last_t[slot] and value <= memory.last_v[slot]:
            continue
        change = memory.insert(slot, time_ms, value)
        if change is not None:
            memory.hot[slot] |= value >= memory.gate[slot]
            if memory.role[slot] == Role.RAIN:
                add_rain(state.rain, slot, time_ms, change, state.settings.rain)


def _turn_hours(state: WatchState, slots: I64, hours: I64) -> None:
    """These series leave an hour: learn from it."""
    memory = state.memory
    levels = slots[(memory.role[slots] == Role.LEVEL) & (memory.hour[slots] > NEVER)]
    if len(levels):
        learn_hours(state.levels, memory, state.rain, levels, state.settings.normal)
    learn_rhythm(memory, slots[np.isnan(memory.interval_ms[slots]) | (hours % _RHYTHM_H == 0)])
    memory.hour[slots] = hours
