"""The network around a site: what stands below it, what stands above it, and where it all flows to."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analytics.ground import REACH
from analytics.memory import level_now, middle_of
from analytics.rain import gauges_speak, mark_wet
from analytics.state import WatchState
from analytics.tables import HOUR_MS, MINUTE_MS, ZONE_MS
from devices.sites import SiteKind

RECEIVERS = frozenset({SiteKind.CANAL, SiteKind.RIVER})
UP, DOWN = "up", "down"


class Standing(StrEnum):
    """How the water stands at a neighbour."""

    DRY = "dry"
    NORMAL = "normal"
    RAISED = "raised"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A sensed site next to another along the pipe. `level_m` is None when it is not known now."""

    slot: int
    site: int
    standing: Standing
    level_m: float | None


def is_fresh(state: WatchState, slot: int, at_ms: int) -> bool:
    """Has this series spoken lately enough to be believed?"""
    interval = state.memory.interval_ms[slot]
    patience = 30 * MINUTE_MS if np.isnan(interval) else max(3 * interval, 30 * MINUTE_MS)
    return bool(state.memory.last_t[slot] >= at_ms - patience)


def neighbour(state: WatchState, slot: int, at_ms: int) -> Neighbour:
    """How the water stands in this series now."""
    site = int(state.memory.site[slot])
    if not is_fresh(state, slot, at_ms):
        return Neighbour(slot, site, Standing.UNKNOWN, None)
    level = level_now(state.memory, slot)
    if level <= state.settings.blockage.dry_level_m:
        standing = Standing.DRY
    elif level > state.levels.alarm[slot]:
        standing = Standing.RAISED
    else:
        learnt = np.isfinite(state.levels.high[slot])
        standing = Standing.NORMAL if learnt else Standing.UNKNOWN
    return Neighbour(slot, site, standing, round(level, 3))


def surface_m(state: WatchState, slot: int) -> float | None:
    """Water surface in the commune's datum; None where the height of the floor is not known."""
    invert = state.ground.invert_m[state.memory.site[slot]]
    return None if np.isnan(invert) else float(invert) + level_now(state.memory, slot)


def below(state: WatchState, slot: int, at_ms: int) -> list[Neighbour]:
    """The next sensed places downstream, one for each branch; of a culvert's upper side the lower."""
    return [neighbour(state, other, at_ms) for other in _near(state, slot, downward=True)]


def above(state: WatchState, slot: int, at_ms: int) -> list[Neighbour]:
    """The next sensed places upstream; of a culvert's lower side the upper."""
    return [neighbour(state, other, at_ms) for other in _near(state, slot, downward=False)]


def receiver(state: WatchState, slot: int, at_ms: int) -> int | None:
    """The series of the first sensed canal or river this site drains to, if it has spoken lately."""
    seen: set[int] = set()
    queue = [int(state.memory.site[slot])]
    while queue:
        site = queue.pop(0)
        for down in state.ground.downstream[site]:
            if down in seen:
                continue
            seen.add(down)
            queue.append(down)
            slots = state.level_slots.get(down, [])
            if state.ground.sites[down].kind in RECEIVERS and slots and is_fresh(state, slots[0], at_ms):
                return slots[0]
    return None


def watch_storm(state: WatchState, at_ms: int) -> None:
    """Let the drains stand in for the gauges: a storm raises most of them at once, a blockage does not.

    Where a gauge speaks and says dry, three quarters of the drains must contradict it instead of half.
    """
    settings = state.settings.rain
    memory, levels = state.memory, state.levels
    count = len(memory)
    learnt = levels.drain[:count] & (levels.high[:count] < np.inf)
    slots = np.flatnonzero(learnt & (memory.last_t[:count] >= at_ms - 30 * MINUTE_MS))
    if len(slots) < settings.storm_sites:
        return
    state.rain.network_ms = at_ms
    band = levels.band[slots, (at_ms + ZONE_MS) // HOUR_MS % 24]
    spread = np.fmax((band[:, 2] - band[:, 0]) / 2.56, settings.storm_spread_floor_m)
    middle = np.where(np.isnan(band[:, 1]), levels.high[slots], band[:, 1])
    residual = np.sort((middle_of(memory.tail(slots)[1]) - middle) / spread)
    share = 0.25 if gauges_speak(state.rain, at_ms, settings) else 0.5
    if residual[int(share * len(residual))] > settings.storm_score:
        mark_wet(state.rain, at_ms)


def _near(state: WatchState, slot: int, *, downward: bool) -> tuple[int, ...]:
    """Series next to this one; remembered until a series or the ground changes."""
    known = state.near.get((slot, downward))
    if known is None:
        here, there = (UP, DOWN) if downward else (DOWN, UP)
        other = _other_side(state, slot, here, there)
        sites = _walk(state, slot, state.ground.downstream if downward else state.ground.upstream)
        known = (other,) if other is not None else tuple(_side(state, site, here) for site in sites)
        state.near[slot, downward] = known
    return known


def _walk(state: WatchState, slot: int, nexts: tuple[tuple[int, ...], ...]) -> Iterator[int]:
    """Sites with a level series nearest along every branch, through sites without one."""
    seen = {int(state.memory.site[slot])}
    ring = list(seen)
    for _ in range(REACH):
        ring = [site for here in ring for site in nexts[here] if site not in seen]
        seen.update(ring)
        yield from (site for site in ring if site in state.level_slots)
        ring = [site for site in ring if site not in state.level_slots]


def _side(state: WatchState, site: int, channel: str) -> int:
    slots = state.level_slots[site]
    return next((slot for slot in slots if state.memory.keys[slot].channel == channel), slots[0])


def _other_side(state: WatchState, slot: int, here: str, there: str) -> int | None:
    if state.memory.keys[slot].channel != here:
        return None
    slots = state.level_slots.get(int(state.memory.site[slot]), [])
    return next((other for other in slots if state.memory.keys[other].channel == there), None)
