"""Blocked drains: a level that stands above its own dry-weather normal, and nothing else explains it.

Every level series has a small state of excess: since when it has been raised, and until when something
else explains that. When it has been raised long enough in dry weather, the network is asked: a canal that
stands as high makes it backwater; water raised further down puts the cause there; otherwise the evidence
is added up, and at a high enough probability the conduit below the site is suspected.
"""

import numpy as np

from analytics.drains.backwater import consider_backwater, consider_canal
from analytics.drains.network import RECEIVERS, Neighbour, Standing, above, below, receiver
from analytics.drains.normal import usual_now
from analytics.findings import Evidence, Finding, FindingKind, Severity
from analytics.ledger import Facts
from analytics.memory import level_now, middle_of
from analytics.rain import dry_hours
from analytics.scales import logistic
from analytics.state import WatchState
from analytics.tables import F64, HOUR_MS, I64, NEVER, SECOND_MS, Bool
from devices.sites import SiteKind

_BIAS = -2.0
#: What a wild sensor does: a step no drain makes by itself, and then less movement than noise.
_STEP_M, _FLAT_M = 0.15, 0.004
#: A change of level worth telling again.
_MOVED_M = 0.02
_JUDGED = frozenset({SiteKind.DRAIN, SiteKind.GATE, SiteKind.PUMP, SiteKind.CANAL})


def watch_blockage(state: WatchState, slots: I64, at_ms: int) -> None:
    """Raise, renew or clear blocked drains and backwater for these level series."""
    times, tail = state.memory.tail(slots)
    middle = middle_of(tail)
    levels = state.levels
    raised = middle > levels.alarm[slots]
    _keep_since(state, slots, times, tail, raised, middle <= levels.clear[slots])
    for row in np.flatnonzero(levels.standing[slots]):
        _follow(state, int(slots[row]), tail[row], at_ms)
    dry = dry_hours(state.rain, at_ms, state.settings.rain)
    held = times[:, 2] - levels.raised_since[slots] >= _hold_ms(state, slots, dry is None)
    ready = raised & held & ~levels.standing[slots] & ~state.memory.late[slots]
    ready &= levels.explained_until[slots] <= at_ms
    if dry is not None and dry < state.settings.blockage.least_dry_h:
        return
    for slot in slots[ready].tolist():
        _consider(state, slot, at_ms, dry)


def _keep_since(state: WatchState, slots: I64, times: I64, tail: F64, raised: Bool, calm: Bool) -> None:
    """Note since when each series is raised: the first raised reading of the newest three."""
    since = state.levels.raised_since
    begins = raised & (since[slots] == NEVER)
    if begins.any():
        over = tail[begins] > state.levels.alarm[slots[begins]][:, None]
        since[slots[begins]] = times[begins, over.argmax(axis=1)]
    since[slots[calm & ~raised]] = NEVER


def _hold_ms(state: WatchState, slots: I64, blind: bool) -> F64:
    """(n,) for how long a level must have been raised: three reports at least, longer where less is known."""
    settings = state.settings.blockage
    hold = np.fmax(settings.hold_s * SECOND_MS, 2.0 * state.memory.interval_ms[slots])
    learnt = np.isfinite(state.levels.high[slots])
    hold = np.where(learnt, hold, np.maximum(hold, settings.unlearnt_hold_s * SECOND_MS))
    return np.maximum(hold, settings.blind_hold_s * SECOND_MS) if blind else hold


def _consider(state: WatchState, slot: int, at_ms: int, dry_h: float | None) -> None:
    settings = state.settings.blockage
    kind = state.ground.sites[int(state.memory.site[slot])].kind
    if kind not in _JUDGED:
        return
    rise = state.memory.rise_m_per_h(slot, HOUR_MS) or 0.0
    if dry_h is not None and dry_h < settings.dry_h and rise < 0.0:
        return
    if kind is SiteKind.CANAL:
        consider_canal(state, slot, at_ms, dry_h)
        return
    downs = _pipes_below(state, slot, at_ms)
    if downs and all(other.standing is Standing.RAISED for other in downs):
        state.levels.explained_until[slot] = at_ms + settings.explained_s * SECOND_MS
        return
    if consider_backwater(state, slot, at_ms, dry_h) or kind is not SiteKind.DRAIN:
        return
    evidence = _weigh(state, slot, at_ms, dry_h, rise, downs)
    confidence = logistic(_BIAS + sum(item.weight for item in evidence))
    if confidence >= settings.probability:
        _enter(state, slot, at_ms, confidence, evidence, _facts(state, slot, at_ms, dry_h, rise, downs))


def _pipes_below(state: WatchState, slot: int, at_ms: int) -> list[Neighbour]:
    """The next sensed places below, without the canals and rivers: those are a matter of backwater."""
    downs = below(state, slot, at_ms)
    return [other for other in downs if state.ground.sites[other.site].kind not in RECEIVERS]


def _weigh(
    state: WatchState, slot: int, at_ms: int, dry_h: float | None, rise: float, downs: list[Neighbour]
) -> tuple[Evidence, ...]:
    """The evidence for a blockage just below this site, and against it, in log-odds."""
    level = level_now(state.memory, slot)
    low, high = usual_now(state.levels, slot, at_ms)
    usual = float(state.levels.high[slot])
    surplus = level - (usual if np.isfinite(usual) else 0.0)
    weight = float(np.clip(0.8 + np.log2(max(surplus, 0.01) / 0.08) * 0.8, 0.0, 3.0))
    evidence = [Evidence("surplus", round(level, 3), "m", round(weight, 2), (low, high))]
    if dry_h is not None:
        evidence.append(Evidence("dry_hours", round(dry_h, 1), "h", _dry_weight(dry_h)))
    evidence.append(Evidence("rise", round(rise * 100, 1), "cm/h", _rise_weight(rise)))
    share = _depth_used(state, slot, level)
    if share is not None and share > 0.5:
        evidence.append(Evidence("depth_used", round(share * 100), "%", 0.8, (None, 50.0)))
    evidence.extend(_below_weights(downs))
    raised = [up for up in above(state, slot, at_ms) if up.standing is Standing.RAISED]
    if raised and raised[0].level_m is not None:
        evidence.append(Evidence("upstream_raised", raised[0].level_m, "m", 0.5))
    evidence.extend(_canal_weight(state, slot, at_ms))
    evidence.extend(_step_weight(state, slot))
    return tuple(evidence)


def _dry_weight(dry_h: float) -> float:
    if dry_h >= 12:
        return 1.5
    return 1.0 if dry_h >= 6 else -0.5


def _rise_weight(rise: float) -> float:
    if rise >= 0.01:
        return 0.7
    return -1.0 if rise <= -0.03 else 0.2


def _below_weights(downs: list[Neighbour]) -> list[Evidence]:
    for standing, weight in ((Standing.DRY, 2.0), (Standing.NORMAL, 1.5), (Standing.RAISED, -0.7)):
        for other in downs:
            if other.standing is standing and other.level_m is not None:
                return [Evidence(f"downstream_{standing}", other.level_m, "m", weight)]
    return []


def _canal_weight(state: WatchState, slot: int, at_ms: int) -> list[Evidence]:
    """A canal above its usual, where heights cannot tell whether it reaches up to here, is a doubt."""
    canal = receiver(state, slot, at_ms)
    if canal is None or not np.isfinite(state.levels.high[canal]):
        return []
    over = level_now(state.memory, canal) - float(state.levels.high[canal])
    known = not np.isnan(state.ground.invert_m[state.memory.site[[slot, canal]]]).any()
    if over < state.settings.blockage.backwater_m:
        return []
    return [Evidence("canal_high", round(over * 100), "cm", -0.3 if known else -1.5, (None, 0.0))]


def _step_weight(state: WatchState, slot: int) -> list[Evidence]:
    """Up in one step and dead flat since: rather the sensor (a web, foam, a box under it) than water."""
    times, values = state.memory.ordered(slot)
    start = int(np.searchsorted(times, state.levels.raised_since[slot]))
    if len(values) - start < 3 or np.ptp(values[start:]) > _FLAT_M:
        return []
    # Flat for as long as is remembered: the step itself has left the memory.
    step = float(values[start] - (values[start - 1] if start else state.levels.high[slot]))
    if step < _STEP_M:
        return []
    return [Evidence("sudden_step", round(step, 2), "m", -2.0)]


def _depth_used(state: WatchState, slot: int, level: float) -> float | None:
    site = state.memory.site[slot]
    depth = state.ground.depth_m[site]
    depth = state.ground.crown_m[site] if np.isnan(depth) else depth
    return float(level / depth) if depth > 0 else None


def _facts(
    state: WatchState, slot: int, at_ms: int, dry_h: float | None, rise: float, downs: list[Neighbour]
) -> Facts:
    site = int(state.memory.site[slot])
    level = level_now(state.memory, slot)
    low, high = usual_now(state.levels, slot, at_ms)
    order = {Standing.DRY: 0, Standing.NORMAL: 1, Standing.RAISED: 2, Standing.UNKNOWN: 3}
    down = min(downs, key=lambda other: order[other.standing], default=None)
    nexts = state.ground.downstream[site]
    fallback = state.ground.sites[nexts[0]].id if nexts else None
    pool = [up for up in above(state, slot, at_ms) if up.standing is Standing.RAISED and up.site != site]
    return {
        "at_ms": int(state.memory.last_t[slot]),
        "level_m": round(level, 3),
        "normal_low_m": low,
        "normal_high_m": high,
        "dry_h": None if dry_h is None else round(dry_h, 1),
        "downstream_id": state.ground.sites[down.site].id if down else fallback,
        "downstream_state": str(down.standing if down else Standing.UNKNOWN),
        "downstream_level_m": down.level_m if down else None,
        "time_to_overflow_h": _hours_to_overflow(state, site, level, rise),
        "rise_cm_per_h": round(rise * 100, 1),
        "also_raised": ";".join(state.ground.sites[up.site].id for up in pool),
    }


def _hours_to_overflow(state: WatchState, site: int, level: float, rise: float) -> float | None:
    depth = float(state.ground.depth_m[site])
    if np.isnan(depth) or rise < 0.01:
        return None
    return round(max(0.0, depth - level) / rise, 1)


def _severity(state: WatchState, slot: int, facts: Facts) -> Severity:
    """By the time left until it spills; without that by the depth used."""
    hours = facts["time_to_overflow_h"]
    if isinstance(hours, float):
        if hours < 1:
            return Severity.CRITICAL
        if hours < 6:
            return Severity.MAJOR
    share = _depth_used(state, slot, level_now(state.memory, slot)) or 0.0
    return Severity.MAJOR if share >= 0.6 else Severity.MINOR


def _enter(
    state: WatchState, slot: int, at_ms: int, confidence: float, evidence: tuple[Evidence, ...], facts: Facts
) -> None:
    site = int(state.memory.site[slot])
    site_id = state.ground.sites[site].id
    if state.ledger.get(site_id, FindingKind.BLOCKED_DRAIN) is not None:
        return
    state.levels.standing[slot] = True
    nexts = state.ground.downstream[site]
    state.ledger.enter(
        Finding(
            site_id=site_id,
            kind=FindingKind.BLOCKED_DRAIN,
            severity=_severity(state, slot, facts),
            opened_ms=at_ms,
            updated_ms=at_ms,
            confidence=round(confidence, 2),
            channel=state.memory.keys[slot].channel,
            conduit_from=site_id if nexts else "",
            conduit_to=state.ground.sites[nexts[0]].id if nexts else "",
            evidence=evidence,
            facts=facts,
        )
    )


def _follow(state: WatchState, slot: int, tail: F64, at_ms: int) -> None:
    """An open finding clears when the newest three readings are calm; never by silence."""
    site_id = state.ground.sites[int(state.memory.site[slot])].id
    kinds = (FindingKind.BLOCKED_DRAIN, FindingKind.BACKWATER)
    both = (state.ledger.get(site_id, kind) for kind in kinds)
    channel = state.memory.keys[slot].channel
    finding = next((one for one in both if one is not None and one.channel == channel), None)
    if finding is None or tail.max() <= state.levels.clear[slot]:
        state.levels.standing[slot] = False
        if finding is not None:
            state.ledger.clear(finding, at_ms)
    elif finding.kind is FindingKind.BLOCKED_DRAIN and _has_moved(state, slot, finding, at_ms):
        dry_h = dry_hours(state.rain, at_ms, state.settings.rain)
        rise = state.memory.rise_m_per_h(slot, HOUR_MS) or 0.0
        downs = _pipes_below(state, slot, at_ms)
        evidence = _weigh(state, slot, at_ms, dry_h, rise, downs)
        facts = _facts(state, slot, at_ms, dry_h, rise, downs)
        severity = _severity(state, slot, facts)
        confidence = max(finding.confidence, round(logistic(_BIAS + sum(i.weight for i in evidence)), 2))
        state.ledger.renew(finding, at_ms, severity, confidence, evidence, facts)


def _has_moved(state: WatchState, slot: int, finding: Finding, at_ms: int) -> bool:
    """Is there something new to tell: the level moved, or an hour went by? Not once it is falling clear."""
    if not state.ledger.is_due(finding, at_ms):
        return False
    level = level_now(state.memory, slot)
    told = finding.facts["level_m"]
    moved = not isinstance(told, float) or abs(level - told) >= _MOVED_M
    return level > state.levels.alarm[slot] and (moved or at_ms - finding.updated_ms >= HOUR_MS)
