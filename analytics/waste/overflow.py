"""Overflow: a waste point where at least half of the containers are full."""

import numpy as np

from analytics.findings import Evidence, Finding, FindingKind, Severity
from analytics.ledger import Facts
from analytics.memory import Role
from analytics.scales import logistic
from analytics.state import WatchState, set_gates
from analytics.tables import I64, SECOND_MS


def watch_overflow(state: WatchState, slots: I64, at_ms: int) -> None:
    """Two readings in a row make a container full, or no longer; then its point is judged."""
    settings = state.settings.overflow
    containers = state.containers
    tail = state.memory.tail(slots)[1]
    several = state.memory.count[slots] >= 2
    newest = tail[:, 1:]
    fills = several & (newest >= settings.full_pct).all(axis=1) & ~state.memory.late[slots]
    empties = several & (newest <= settings.emptied_pct).all(axis=1)
    _fill(state, slots[fills & ~containers.full[slots]])
    containers.full[slots[empties]] = False
    for site in np.unique(state.memory.site[slots]).tolist():
        _judge(state, site, at_ms)


def watch_overflow_timers(state: WatchState, at_ms: int) -> None:
    """A container that reported full once and nothing else for a while is full."""
    settings = state.settings.overflow
    memory, count = state.memory, len(state.memory)
    waiting = (memory.role[:count] == Role.FILL) & (memory.last_v[:count] >= settings.full_pct)
    waiting &= ~state.containers.full[:count] & ~memory.late[:count]
    age_ms = at_ms - memory.last_t[:count]
    waiting &= (age_ms >= settings.hold_s * SECOND_MS) & (age_ms <= settings.stale_s * SECOND_MS)
    slots = np.flatnonzero(waiting)
    if len(slots):
        _fill(state, slots)
        set_gates(state, slots)
        for site in np.unique(memory.site[slots]).tolist():
            _judge(state, site, at_ms)


def _fill(state: WatchState, slots: I64) -> None:
    state.containers.full[slots] = True
    for slot in slots.tolist():
        times, values = state.memory.ordered(slot)
        lower = np.flatnonzero(values < state.settings.overflow.full_pct)
        state.containers.full_since[slot] = times[lower[-1] + 1 if len(lower) else 0]


def _judge(state: WatchState, site: int, at_ms: int) -> None:
    """Raise, renew or clear the point's finding. A container that fell silent while full stays full."""
    if site < 0:
        return
    memory = state.memory
    slots = np.array(state.fill_slots[site])
    full = state.containers.full[slots]
    patience = np.fmax(state.settings.overflow.stale_s * SECOND_MS, 3 * memory.interval_ms[slots])
    known = slots[full | (at_ms - memory.last_t[slots] <= patience)]
    filled = slots[full]
    enough = len(filled) > 0 and 2 * len(filled) >= len(known)
    site_id = state.ground.sites[site].id
    finding = state.ledger.get(site_id, FindingKind.OVERFLOW)
    if not enough:
        if finding is not None:
            state.ledger.clear(finding, at_ms)
        return
    same = finding is not None and len(filled) == finding.facts["full_containers"]
    if finding is not None and same and not state.ledger.is_due(finding, at_ms):
        return
    facts, evidence = _facts(state, filled, len(known)), _weigh(state, filled, len(known))
    severity = Severity.MAJOR if len(filled) == len(known) else Severity.MINOR
    confidence = round(logistic(sum(item.weight for item in evidence)), 2)
    if finding is not None:
        state.ledger.renew(finding, at_ms, severity, confidence, evidence, facts)
        return
    state.ledger.enter(
        Finding(
            site_id=site_id,
            kind=FindingKind.OVERFLOW,
            severity=severity,
            opened_ms=at_ms,
            updated_ms=at_ms,
            confidence=confidence,
            channel=memory.keys[int(filled[0])].channel if len(known) == 1 else "",
            evidence=evidence,
            facts=facts,
        )
    )


def _facts(state: WatchState, filled: I64, known: int) -> Facts:
    return {
        "at_ms": int(state.memory.last_t[filled].max()),
        "full_containers": len(filled),
        "containers": known,
        "level_pct": _lowest_pct(state, filled),
        "since_ms": int(state.containers.full_since[filled].min()),
    }


def _lowest_pct(state: WatchState, filled: I64) -> int:
    """Level of the least full of the full ones; the median of three, so that a truck's visit is not told as
    a level while it is not yet certain. No container is fuller than full.
    """
    return min(100, round(float(np.median(state.memory.tail(filled)[1], axis=1).min())))


def _weigh(state: WatchState, filled: I64, known: int) -> tuple[Evidence, ...]:
    return (
        Evidence(
            "fill_level", _lowest_pct(state, filled), "%", 1.5, (None, state.settings.overflow.full_pct)
        ),
        Evidence("full_containers", len(filled), "count", 0.5 + len(filled) / known),
    )
