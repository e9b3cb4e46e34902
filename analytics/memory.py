"""The memory: the last few readings of every series that is judged, kept in order of event time."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from analytics.tables import F64, I64, MINUTE_MS, NEVER, Bool, Column, Table
from devices.readings import SeriesKey

#: Readings remembered of a series: more than two and a half hours at 5 minutes.
DEPTH = 32
_PLACES = np.arange(DEPTH)
_NEWEST = np.array([[-3, -2, -1]])


class Role:
    """What a quantity is to analytics: plain numbers, as whole columns are compared with them."""

    SPOKEN = 0  # only shows that the device lives
    BATTERY = 1
    OTHER = 2  # remembered, not judged yet
    RAIN = 3
    FILL = 4
    LEVEL = 5


ROLES: Mapping[str, int] = {
    "water_level_m": Role.LEVEL,
    "fill_pct": Role.FILL,
    "rain_mm": Role.RAIN,
    "battery_pct": Role.BATTERY,
    "heap_m": Role.OTHER,
    "pump_running": Role.OTHER,
    "pm2_5_ug_m3": Role.OTHER,
    "pm10_ug_m3": Role.OTHER,
}


@dataclass(slots=True)
class Memory(Table):
    """One row (a slot) a series. Only roles from OTHER upwards have slots.

    `ring_t`/`ring_v` (slots, DEPTH) hold the newest readings, oldest first when read from `head`;
    `last_t`/`last_v` the newest; `late` whether the newest came later than one report interval; `hour` the
    local hour of the newest. `interval_ms` is the report interval, `configured` or learnt, NaN until then;
    `patience_ms` the lag up to which a reading is not late, `loss` the share of reports that get lost.
    `gate` is the value from which a new reading wants to be looked at, `hot` that one does.
    """

    keys: list[SeriesKey] = field(default_factory=list)
    index: dict[SeriesKey, int] = field(default_factory=dict)
    site: I64 = field(default_factory=Column(np.int64, -1))
    role: I64 = field(default_factory=Column(np.int64, 0))
    last_t: I64 = field(default_factory=Column(np.int64, NEVER))
    last_v: F64 = field(default_factory=Column(np.float64, np.nan))
    late: Bool = field(default_factory=Column(np.bool_, 0))
    hour: I64 = field(default_factory=Column(np.int64, NEVER))
    patience_ms: F64 = field(default_factory=Column(np.float64, 15 * MINUTE_MS))
    interval_ms: F64 = field(default_factory=Column(np.float64, np.nan))
    configured: Bool = field(default_factory=Column(np.bool_, 0))
    loss: F64 = field(default_factory=Column(np.float64, 0.0))
    head: I64 = field(default_factory=Column(np.int64, 0))
    count: I64 = field(default_factory=Column(np.int64, 0))
    ring_t: I64 = field(default_factory=Column(np.int64, NEVER, DEPTH))
    ring_v: F64 = field(default_factory=Column(np.float64, np.nan, DEPTH))
    gate: F64 = field(default_factory=Column(np.float64, np.inf))
    hot: Bool = field(default_factory=Column(np.bool_, 0))

    def __len__(self) -> int:
        return len(self.keys)

    def add(self, key: SeriesKey, site: int, role: int) -> int:
        """A slot for a new series."""
        slot = len(self.keys)
        self.reserve(slot + 1)
        self.keys.append(key)
        self.index[key] = slot
        self.site[slot] = site
        self.role[slot] = role
        return slot

    def append(self, slots: I64, time_ms: I64, value: F64, late: Bool) -> None:
        """Remember one newer reading for each of these (different) slots."""
        head = self.head[slots]
        self.ring_t[slots, head] = time_ms
        self.ring_v[slots, head] = value
        self.head[slots] = (head + 1) % DEPTH
        self.count[slots] += 1
        self.last_t[slots] = time_ms
        self.last_v[slots] = value
        self.late[slots] = late

    def insert(self, slot: int, time_ms: int, value: float) -> float | None:
        """Remember one reading that is not newer than the newest, unless it is known or too old.

        Returns by how much it changed what was remembered (its value if it is new, the difference if it
        replaces a smaller value under the same time), None if it changed nothing.
        """
        times, values = self.ordered(slot)
        place = int(np.searchsorted(times, time_ms))
        if place < len(times) and times[place] == time_ms:
            before = float(values[place])
            if value <= before:
                return None
            values[place] = value
            self._put(slot, times, values)
            return value - before
        if place == 0 and len(times) == DEPTH:
            return None
        self._put(slot, np.insert(times, place, time_ms), np.insert(values, place, value))
        return value

    def ordered(self, slot: int) -> tuple[I64, F64]:
        """Times and values of one slot, oldest first; copies."""
        filled = min(int(self.count[slot]), DEPTH)
        places = (int(self.head[slot]) - filled + _PLACES[:filled]) % DEPTH
        return self.ring_t[slot, places], self.ring_v[slot, places]

    def tail(self, slots: I64) -> tuple[I64, F64]:
        """Times and values (n, 3) of the newest three, oldest first; too few: the oldest is repeated."""
        slots = slots[:, None]
        places = (self.head[slots] + _NEWEST) % DEPTH
        times, values = self.ring_t[slots, places], self.ring_v[slots, places]
        if self.count[slots].min(initial=3) < 3:
            for left in (1, 0):
                missing = np.isnan(values[:, left])
                values[missing, left] = values[missing, left + 1]
                times[missing, left] = times[missing, left + 1]
        return times, values

    def rise_m_per_h(self, slot: int, window_ms: int) -> float | None:
        """Slope by least squares over the window that ends at the newest reading; None: fewer than two."""
        times, values = self.ordered(slot)
        start = int(np.searchsorted(times, self.last_t[slot] - window_ms))
        count = len(times) - start
        if count < 2:
            return None
        hours = (times[start:] - self.last_t[slot]) / (60 * MINUTE_MS)
        hours -= hours.sum() / count
        return float(hours @ values[start:] / (hours @ hours))

    def take_hot(self) -> I64:
        """The slots whose new readings want to be looked at; asks only once."""
        slots = self.hot[: len(self.keys)].nonzero()[0]
        self.hot[slots] = False
        return slots

    def _put(self, slot: int, times: I64, values: F64) -> None:
        times, values = times[-DEPTH:], values[-DEPTH:]
        filled = len(times)
        self.ring_t[slot, :filled], self.ring_v[slot, :filled] = times, values
        self.count[slot], self.head[slot] = filled, filled % DEPTH
        self.last_v[slot] = values[-1]


def level_now(memory: Memory, slot: int) -> float:
    """Median of the newest three readings: one wild value does not move it."""
    head, ring = int(memory.head[slot]), memory.ring_v[slot]
    newest = float(ring[head - 1])
    before = float(ring[head - 2]) if memory.count[slot] > 1 else newest
    first = float(ring[head - 3]) if memory.count[slot] > 2 else before
    return sorted((first, before, newest))[1]


def middle_of(tail: F64) -> F64:
    """(n,) median of three, from (n, 3)."""
    return np.asarray(np.sort(tail, axis=1)[:, 1])


def set_interval(memory: Memory, slots: I64, interval_ms: F64) -> None:
    """The report interval of these series. Clocks differ and radios wait: two minutes are never late."""
    memory.interval_ms[slots] = interval_ms
    memory.patience_ms[slots] = np.maximum(interval_ms, 2 * MINUTE_MS)


def learn_rhythm(memory: Memory, slots: I64) -> None:
    """Report interval (median gap) and share of lost reports of these slots, from what is remembered."""
    slots = slots[memory.count[slots] >= 4]
    if not len(slots):
        return
    times = np.sort(memory.ring_t[slots], axis=1)
    gaps = np.where(times[:, :-1] > NEVER, np.diff(times, axis=1), 0).astype(np.float64)
    known = np.count_nonzero(gaps > 0, axis=1)
    middle = DEPTH - 1 - (known + 1) // 2
    interval = np.sort(gaps, axis=1)[np.arange(len(slots)), middle]
    missed = np.clip(np.rint(gaps / interval[:, None]) - 1, 0, 8).sum(axis=1)
    set_interval(memory, slots[~memory.configured[slots]], interval[~memory.configured[slots]])
    memory.loss[slots] += 0.2 * (missed / (missed + known) - memory.loss[slots])
