"""Backwater: the canal stands high, so the drain empties slowly. Nobody is sent to clear it."""

import numpy as np

from analytics.drains.network import receiver, surface_m
from analytics.findings import Evidence, Finding, FindingKind, Severity
from analytics.ledger import Facts
from analytics.memory import level_now
from analytics.scales import logistic
from analytics.state import WatchState
from analytics.tables import SECOND_MS


def consider_backwater(state: WatchState, slot: int, at_ms: int, dry_h: float | None) -> bool:
    """Does the canal or river below explain this raised level? Raises the finding, one for each receiver."""
    canal = receiver(state, slot, at_ms)
    if canal is None or not _reaches(state, slot, canal):
        return False
    receiver_id = _site_id(state, canal)
    told = (finding.facts["receiver_id"] for finding in state.ledger.of_kind(FindingKind.BACKWATER))
    if receiver_id in told:
        settings = state.settings.blockage
        state.levels.explained_until[slot] = at_ms + settings.explained_s * SECOND_MS
    else:
        _enter(state, slot, canal, at_ms, dry_h)
    return True


def consider_canal(state: WatchState, slot: int, at_ms: int, dry_h: float | None) -> None:
    """A canal that rises by itself in dry weather: told at the canal unless a drain already tells it."""
    settings = state.settings.blockage
    high = float(state.levels.high[slot])
    held_ms = int(state.memory.last_t[slot] - state.levels.raised_since[slot])
    if not np.isfinite(high) or held_ms < settings.canal_hold_s * SECOND_MS:
        return
    told = (finding.facts["receiver_id"] for finding in state.ledger.of_kind(FindingKind.BACKWATER))
    if level_now(state.memory, slot) - high >= settings.canal_rise_m and _site_id(state, slot) not in told:
        _enter(state, slot, slot, at_ms, dry_h)


def _reaches(state: WatchState, slot: int, canal: int) -> bool:
    """Does the canal's water reach up to this one: by heights, else by both being raised alike?"""
    settings = state.settings.blockage
    here, there = surface_m(state, slot), surface_m(state, canal)
    if here is not None and there is not None:
        return here <= there + settings.backwater_m
    rise = level_now(state.memory, canal) - float(state.levels.high[canal])
    excess = level_now(state.memory, slot) - float(state.levels.high[slot])
    if not (np.isfinite(rise) and np.isfinite(excess)):
        return False
    return rise >= settings.canal_rise_m and excess <= rise + settings.backwater_m


def _facts(state: WatchState, slot: int, canal: int, dry_h: float | None) -> Facts:
    here, there = surface_m(state, slot), surface_m(state, canal)
    above = None if here is None or there is None or slot == canal else round((there - here) * 100)
    rise = level_now(state.memory, canal) - float(state.levels.high[canal])
    return {
        "at_ms": int(state.memory.last_t[slot]),
        "level_m": round(level_now(state.memory, slot), 3),
        "receiver_id": _site_id(state, canal),
        "receiver_elevation_m": None if there is None else round(there, 2),
        "above_drain_cm": above,
        "receiver_rise_cm": round(rise * 100) if np.isfinite(rise) else None,
        "dry_h": None if dry_h is None else round(dry_h, 1),
    }


def _weigh(facts: Facts) -> tuple[Evidence, ...]:
    evidence = []
    if isinstance(elevation := facts["receiver_elevation_m"], float):
        evidence.append(Evidence("receiver_surface", elevation, "m", 2.0))
    if isinstance(rise := facts["receiver_rise_cm"], int):
        evidence.append(Evidence("canal_high", rise, "cm", 1.5 if rise >= 10 else 0.0, (None, 0.0)))
    if isinstance(dry_h := facts["dry_h"], float):
        evidence.append(Evidence("dry_hours", dry_h, "h", 0.5))
    return tuple(evidence)


def _enter(state: WatchState, slot: int, canal: int, at_ms: int, dry_h: float | None) -> None:
    site_id = _site_id(state, slot)
    if state.ledger.get(site_id, FindingKind.BACKWATER) is not None:
        return
    facts = _facts(state, slot, canal, dry_h)
    evidence = _weigh(facts)
    state.levels.standing[slot] = True
    state.ledger.enter(
        Finding(
            site_id=site_id,
            kind=FindingKind.BACKWATER,
            severity=Severity.INFO,
            opened_ms=at_ms,
            updated_ms=at_ms,
            confidence=round(logistic(sum(item.weight for item in evidence)), 2),
            channel=state.memory.keys[slot].channel,
            evidence=evidence,
            facts=facts,
        )
    )


def _site_id(state: WatchState, slot: int) -> str:
    return state.ground.sites[int(state.memory.site[slot])].id
