"""The state of the watch: everything that is known between two steps, as arrays over series and sites."""

from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from analytics.drains.levels import Levels
from analytics.ground import Ground, flood_level_m, ground_of, obvious_level_m
from analytics.ledger import Ledger
from analytics.memory import Memory, Role, set_interval
from analytics.rain import Rain, add_gauge
from analytics.settings import AnalyticsSettings
from analytics.tables import F64, I64, NEVER, SECOND_MS, Bool, Column, Table, columns
from devices.readings import SeriesKey
from devices.sites import Registry, SiteKind


@dataclass(slots=True)
class Containers(Table):
    """One row a slot of the memory, used for fill levels: is the container full, and since when."""

    full: Bool = field(default_factory=Column(np.bool_, 0))
    full_since: I64 = field(default_factory=Column(np.int64, NEVER))


@dataclass(slots=True)
class Voices(Table):
    """One row a site: when any channel of it last spoke, its battery, and whether its silence is known.

    `interval_ms` is its report interval and `limit_ms` the silence that is no longer chance, as of the hour.
    `quiet` is set while a finding of any kind already says that it is silent, `quiet_from` is what `seen`
    was then; `excused_until` gives it time to speak up after its gateway came back.
    """

    seen: I64 = field(default_factory=Column(np.int64, NEVER))
    interval_ms: F64 = field(default_factory=Column(np.float64, np.nan))
    limit_ms: F64 = field(default_factory=Column(np.float64, np.inf))
    battery_pct: F64 = field(default_factory=Column(np.float64, np.nan))
    battery_t: I64 = field(default_factory=Column(np.int64, NEVER))
    quiet: Bool = field(default_factory=Column(np.bool_, 0))
    quiet_from: I64 = field(default_factory=Column(np.int64, NEVER))
    excused_until: I64 = field(default_factory=Column(np.int64, NEVER))


@dataclass(slots=True)
class WatchState:
    """Everything `advance` carries from one step to the next. Opaque outside analytics.

    `clock_ms` is the greatest event time (or now) so far, `grid` the number of its grid point; both NEVER
    before the first reading. `spoke_ms` is `clock_ms` at the last reading. `ahead` holds rows suspected of
    coming from the future. `level_slots` lists the level series of a site, `links` its gateways; `near`
    remembers what drains/network.py answered.
    """

    settings: AnalyticsSettings
    registry: Registry
    ground: Ground
    ledger: Ledger
    memory: Memory = field(default_factory=Memory)
    levels: Levels = field(default_factory=Levels)
    containers: Containers = field(default_factory=Containers)
    voices: Voices = field(default_factory=Voices)
    rain: Rain = field(default_factory=Rain)
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    level_slots: dict[int, list[int]] = field(default_factory=dict)
    fill_slots: dict[int, list[int]] = field(default_factory=dict)
    clock_ms: int = NEVER
    grid: int = NEVER
    spoke_ms: int = NEVER
    bounds_hour: int = NEVER
    near: dict[tuple[int, bool], tuple[int, ...]] = field(default_factory=dict)
    ahead: list[tuple[str, int]] = field(default_factory=list)


def new_state(registry: Registry, settings: AnalyticsSettings) -> WatchState:
    """A state that has seen nothing yet."""
    ground = ground_of(registry)
    state = WatchState(settings, registry, ground, Ledger(settings.update_every_s * 1000))
    state.voices.reserve(len(ground.sites))
    return state


def with_registry(state: WatchState, registry: Registry) -> WatchState:
    """The same state over a changed registry: what was learnt stays with its site and channel.

    Series of a site that is gone fall asleep; findings still open there stay open.
    """
    ground = ground_of(registry)
    voices = Voices()
    voices.reserve(len(ground.sites))
    for number, site in enumerate(ground.sites):
        before = state.ground.index.get(site.id)
        if before is not None:
            for name, array in columns(voices).items():
                array[number] = columns(state.voices)[name][before]
    state.registry, state.ground, state.voices = registry, ground, voices
    place_all(state)
    return state


def with_links(state: WatchState, links: Mapping[str, tuple[str, ...]]) -> WatchState:
    """The same state, knowing which gateways hear which site."""
    state.links = dict(links)
    return state


def add_series(state: WatchState, key: SeriesKey, role: int) -> int:
    """A slot for a series of a known site."""
    site = state.ground.index[key.site_id]
    slot = state.memory.add(key, site, role)
    state.levels.reserve(slot + 1)
    state.containers.reserve(slot + 1)
    if role == Role.RAIN:
        add_gauge(state.rain, slot)
    _place(state, slot)
    set_gates(state, np.array([slot]))
    return slot


def place_all(state: WatchState) -> None:
    """Tie every series to the ground again."""
    state.level_slots.clear()
    state.fill_slots.clear()
    for slot, key in enumerate(state.memory.keys):
        state.memory.site[slot] = state.ground.index.get(key.site_id, -1)
        _place(state, slot)
    state.bounds_hour = NEVER
    set_gates(state)


def _place(state: WatchState, slot: int) -> None:
    state.near.clear()
    site = int(state.memory.site[slot])
    if site < 0:
        return
    interval_s = state.ground.interval_s[site]
    state.memory.configured[slot] = interval_s > 0
    if interval_s > 0:
        set_interval(state.memory, np.array([slot]), np.array([interval_s * SECOND_MS]))
    if state.memory.role[slot] == Role.LEVEL:
        insort(state.level_slots.setdefault(site, []), slot, key=state.memory.keys.__getitem__)
        state.levels.drain[slot] = state.ground.sites[site].kind is SiteKind.DRAIN
        before_street = state.settings.flooding.before_street_m
        state.levels.flood[slot] = flood_level_m(state.ground, site, before_street)
        obvious = obvious_level_m(state.ground, site)
        state.levels.obvious[slot] = obvious
        if not np.isfinite(state.levels.high[slot]):
            state.levels.alarm[slot], state.levels.clear[slot] = obvious, obvious * 0.85
    elif state.memory.role[slot] == Role.FILL:
        insort(state.fill_slots.setdefault(site, []), slot, key=state.memory.keys.__getitem__)


def set_gates(state: WatchState, slots: I64 | None = None) -> None:
    """From which value on a new reading of these series (None: of all) wants to be looked at.

    Every new reading of a series that is in excess, full, or has a finding open is looked at.
    """
    memory, levels = state.memory, state.levels
    if slots is None:
        slots = np.arange(len(memory))
    role = memory.role[slots]
    gate = np.where(role == Role.LEVEL, np.minimum(levels.alarm[slots], levels.flood[slots]), np.inf)
    gate = np.where(role == Role.FILL, state.settings.overflow.full_pct, gate)
    busy = (levels.raised_since[slots] > NEVER) | levels.flooding[slots] | levels.standing[slots]
    memory.gate[slots] = np.where(busy | state.containers.full[slots], -np.inf, gate)
