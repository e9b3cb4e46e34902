"""Flooding: water at the street or about to be, whatever the cause. Raised on believable readings."""

import numpy as np

from analytics.drains.network import Standing, above, below
from analytics.findings import Evidence, Finding, FindingKind, Severity
from analytics.ledger import Facts
from analytics.rain import rain_last_hour_mm
from analytics.scales import logistic
from analytics.state import WatchState
from analytics.tables import F64, I64, MINUTE_MS


def watch_flooding(state: WatchState, slots: I64, at_ms: int) -> None:
    """Raise, renew or clear flooding for these level series."""
    times, tail = state.memory.tail(slots)
    flood = state.levels.flood[slots]
    wanted = (tail[:, 2] >= flood) | state.levels.flooding[slots]
    for row in np.flatnonzero(wanted):
        slot = int(slots[row])
        if state.levels.flooding[slot]:
            _follow(state, slot, tail[row], at_ms)
        elif not state.memory.late[slot]:
            _consider(state, slot, times[row], tail[row], at_ms)


def raise_submerged(state: WatchState, slot: int, at_ms: int) -> None:
    """The level was rising fast when its sensor fell silent: under water until somebody has looked."""
    site_id = _site_id(state, slot)
    state.levels.flooding[slot] = True
    if state.ledger.get(site_id, FindingKind.FLOODING) is not None:
        return
    silent_min = (at_ms - int(state.memory.last_t[slot])) / MINUTE_MS
    evidence = (
        Evidence("silent_while_rising", round(silent_min), "min", 1.0),
        Evidence("fast_rise", round(rise_cm_per_10min(state, slot), 1), "cm/10min", 1.0, (None, 1.0)),
    )
    facts = {
        **_facts(state, slot, at_ms),
        "submerged": True,
        "silent_since_ms": int(state.memory.last_t[slot]),
    }
    _enter(state, slot, at_ms, Severity.CRITICAL, 0.7, evidence, facts)


def rise_cm_per_10min(state: WatchState, slot: int) -> float:
    """Rise over the newest readings, at least 12 minutes or two intervals of them."""
    interval = state.memory.interval_ms[slot]
    window = 12 * MINUTE_MS if np.isnan(interval) else max(12 * MINUTE_MS, 2.2 * interval)
    rise = state.memory.rise_m_per_h(slot, int(window))
    return 0.0 if rise is None else rise * 100 / 6


def _consider(state: WatchState, slot: int, times: I64, tail: F64, at_ms: int) -> None:
    evidence = _weigh(state, slot, times, tail, at_ms)
    odds = -0.5 + sum(item.weight for item in evidence)
    if odds > 0:
        severity = _severity(state, slot, float(tail[2]))
        confidence = round(logistic(1.0 + odds), 2)
        _enter(state, slot, at_ms, severity, confidence, evidence, _facts(state, slot, at_ms))


def _weigh(state: WatchState, slot: int, times: I64, tail: F64, at_ms: int) -> tuple[Evidence, ...]:
    """Why this high reading should be believed, and why not."""
    settings = state.settings.flooding
    level, before = float(tail[2]), float(tail[1])
    flood = float(state.levels.flood[slot])
    street = flood + settings.before_street_m
    over_cm = round((level - street) * 100, 1)
    evidence = [Evidence("over_street", over_cm, "cm", 1.0 if level >= street else 0.5, (None, 0.0))]
    rain = rain_last_hour_mm(state.rain, at_ms, state.settings.rain)
    wet = (rain or 0.0) >= settings.wet_mm_per_h
    if rain is not None:
        evidence.append(Evidence("rain_1h", rain, "mm", 1.5 if wet else 0.0))
    if state.memory.count[slot] > 1:
        minutes = (int(times[2]) - int(times[1])) / MINUTE_MS
        limit = settings.wet_rise_m_per_5min if wet else settings.dry_rise_m_per_5min
        believable = level - before <= limit * max(1.0, min(minutes / 5, 3.0))
        pace = max(0.0, (level - before) * 1000 / max(minutes, 1.0))
        evidence.append(Evidence("fast_rise", round(pace, 1), "cm/10min", 0.5 if believable else -2.0))
        if before >= flood - 0.15:
            evidence.append(Evidence("second_reading", round(before, 2), "m", 2.0))
    evidence.extend(_high_neighbour(state, slot, at_ms))
    return tuple(evidence)


def _high_neighbour(state: WatchState, slot: int, at_ms: int) -> list[Evidence]:
    for other in (*below(state, slot, at_ms), *above(state, slot, at_ms)):
        if other.standing is Standing.RAISED and other.level_m is not None:
            return [Evidence("neighbour_high", other.level_m, "m", 1.5)]
    return []


def _follow(state: WatchState, slot: int, tail: F64, at_ms: int) -> None:
    finding = state.ledger.get(_site_id(state, slot), FindingKind.FLOODING)
    if finding is None or finding.channel != state.memory.keys[slot].channel:
        state.levels.flooding[slot] = False
        return
    if tail.max() <= _clear_level_m(state, slot, finding):
        state.levels.flooding[slot] = False
        state.ledger.clear(finding, at_ms)
        return
    silent = (
        bool(finding.facts["submerged"]) and finding.facts["silent_since_ms"] == state.memory.last_t[slot]
    )
    severity = _severity(state, slot, float(tail[2]))
    worse = severity.rank < finding.severity.rank
    if not silent and (worse or state.ledger.is_due(finding, at_ms)):
        facts = _facts(state, slot, at_ms)
        state.ledger.renew(finding, at_ms, severity, finding.confidence, finding.evidence, facts)


def _clear_level_m(state: WatchState, slot: int, finding: Finding) -> float:
    flood = float(state.levels.flood[slot])
    if np.isfinite(flood):
        return flood - state.settings.flooding.clear_m
    clear = float(state.levels.clear[slot])
    return clear if np.isfinite(clear) else float(finding.facts["level_m"] or 0.0) - 0.1


def _severity(state: WatchState, slot: int, level_m: float) -> Severity:
    settings = state.settings.flooding
    over = level_m >= state.levels.flood[slot] + settings.before_street_m
    fast = rise_cm_per_10min(state, slot) >= settings.fast_cm_per_10min
    return Severity.CRITICAL if over or fast else Severity.MAJOR


def _facts(state: WatchState, slot: int, at_ms: int) -> Facts:
    level = float(state.memory.last_v[slot])
    depth = float(state.ground.depth_m[state.memory.site[slot]])
    return {
        "at_ms": int(state.memory.last_t[slot]),
        "level_m": round(level, 3),
        "depth_over_street_cm": None if np.isnan(depth) else max(0, round((level - depth) * 100)),
        "rise_cm_per_10min": max(0.0, round(rise_cm_per_10min(state, slot), 1)),
        "rain_1h_mm": rain_last_hour_mm(state.rain, at_ms, state.settings.rain),
        "submerged": False,
        "silent_since_ms": None,
    }


def _enter(
    state: WatchState,
    slot: int,
    at_ms: int,
    severity: Severity,
    confidence: float,
    evidence: tuple[Evidence, ...],
    facts: Facts,
) -> None:
    """One finding a site: a second channel joins the one that is open."""
    site_id = _site_id(state, slot)
    if state.ledger.get(site_id, FindingKind.FLOODING) is not None:
        return
    state.levels.flooding[slot] = True
    state.ledger.enter(
        Finding(
            site_id=site_id,
            kind=FindingKind.FLOODING,
            severity=severity,
            opened_ms=at_ms,
            updated_ms=at_ms,
            confidence=confidence,
            channel=state.memory.keys[slot].channel,
            evidence=evidence,
            facts=facts,
        )
    )


def _site_id(state: WatchState, slot: int) -> str:
    return state.ground.sites[int(state.memory.site[slot])].id
