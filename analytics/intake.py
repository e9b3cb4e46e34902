"""Intake: a block becomes rows with a clock, cut into stretches at the points of the timers."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analytics.memory import ROLES, Role
from analytics.state import WatchState, add_series
from analytics.tables import F64, I64, NEVER, SECOND_MS, Bool
from devices.readings import Block, Qc


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of known sites in order of arrival; `clock_ms` is the greatest event time up to and with each.

    `slot` is -1 for series that only show that a device lives or values of no use.
    `stretches` are the first and the end row of what lies between two points of the timers; `order` (n,)
    counts the rows of one slot within one stretch, so that rows of one order differ in slot.
    `odd` (n + 1,) counts the rows before each that are of another order than 0 or have no slot.
    """

    site: I64
    slot: I64
    role: I64
    time_ms: I64
    value: F64
    clock_ms: I64
    grid: I64
    order: I64
    odd: I64
    stretches: list[tuple[int, int]]


def take(state: WatchState, block: Block, now_ms: int) -> Rows:
    """The block's rows as analytics wants them; adds series it has not met, drops what it cannot place."""
    site, slot, role = _series(state, block)
    rows = np.flatnonzero(site[block.series] >= 0)
    clock = _clock(state, block, rows, now_ms)
    rows, clock = rows[clock > NEVER], clock[clock > NEVER]
    series = block.series[rows]
    usable = block.qc[rows] < Qc.FAIL
    grid = clock // (state.settings.clock.grid_s * SECOND_MS)
    slots = np.where(usable, slot[series], -1)
    stretch = clock // (state.settings.clock.timers_s * SECOND_MS)
    cuts = [0, *(np.flatnonzero(np.diff(stretch)) + 1).tolist(), len(stretch)]
    order = _order(slots, stretch)
    return Rows(
        site=site[series],
        slot=slots,
        role=np.where(usable, role[series], Role.SPOKEN),
        time_ms=block.time_ms[rows],
        value=block.value[rows],
        clock_ms=clock,
        grid=grid,
        order=order,
        odd=np.concatenate([[0], np.cumsum((order > 0) | (slots < 0))]),
        stretches=list(pairwise(cuts)),
    )


def _series(state: WatchState, block: Block) -> tuple[I64, I64, I64]:
    """Site (-1 unknown), slot (-1 none) and role of each of the block's keys."""
    count = len(block.keys)
    site, slot, role = np.full(count, -1), np.full(count, -1), np.zeros(count, np.int64)
    for number, key in enumerate(block.keys):
        where = state.ground.index.get(key.site_id)
        if where is None:
            continue
        site[number] = where
        role[number] = kind = ROLES.get(key.quantity, Role.SPOKEN)
        if kind >= Role.OTHER:
            known = state.memory.index.get(key)
            slot[number] = add_series(state, key, kind) if known is None else known
    return site, slot, role


def _clock(state: WatchState, block: Block, rows: I64, now_ms: int) -> I64:
    """(n,) running greatest event time of these rows; NEVER marks those from the future, not to be taken."""
    times = block.time_ms[rows]
    if now_ms > 0:
        ahead = np.asarray(times > now_ms + state.settings.clock.future_s * SECOND_MS)
    else:
        ahead = _leaps(state, block, rows)
    clock = np.maximum.accumulate(np.where(ahead, NEVER, np.maximum(times, state.clock_ms)))
    return np.where(ahead, NEVER, clock)


def _leaps(state: WatchState, block: Block, rows: I64) -> Bool:
    """Rows far ahead of all before them that are not borne out by the rows after them.

    A single device with a wrong clock must not carry everybody into the future, a gap in which nobody
    spoke must not stop the watch: the clock follows the third row in a row that is far ahead.
    """
    leap_ms = state.settings.clock.leap_s * SECOND_MS
    times = block.time_ms[rows]
    ahead = np.zeros(len(rows), np.bool_)
    if not len(rows):
        return ahead
    clock = state.clock_ms if state.clock_ms > NEVER else int(times[0])
    steps = np.diff(np.maximum.accumulate(np.maximum(times, clock)), prepend=clock)
    if not state.ahead and not (steps > leap_ms).any():
        return ahead
    for row, time_ms in enumerate(times.tolist()):
        if time_ms > clock + leap_ms and not _is_borne_out(state, block, int(rows[row])):
            ahead[row] = True
            continue
        state.ahead.clear()
        clock = max(clock, time_ms)
    return ahead


def _is_borne_out(state: WatchState, block: Block, row: int) -> bool:
    """Is this row that is far ahead the third different one in a row?"""
    witness = (str(block.keys[block.series[row]]), int(block.time_ms[row]))
    if witness not in state.ahead:
        state.ahead.append(witness)
    return len(state.ahead) >= 3


def _order(slots: I64, stretch: I64) -> I64:
    """(n,) how many rows of the same slot stand before this one in the same stretch."""
    rows = np.lexsort((slots, stretch))
    same = np.zeros(len(rows), np.bool_)
    same[1:] = (slots[rows[1:]] == slots[rows[:-1]]) & (stretch[rows[1:]] == stretch[rows[:-1]])
    same[1:] &= slots[rows[1:]] >= 0
    position = np.arange(len(rows))
    start = np.maximum.accumulate(np.where(same, 0, position))
    order = np.zeros(len(rows), np.int64)
    order[rows] = position - start
    return order
