"""Silence: a sensor that no longer speaks, a gateway that took many with it, or a sensor under water.

Judged in that order of common cause: when all that only one gateway hears fell silent together it is the
gateway; a level that was rising fast when it fell silent is under water; what remains is the sensor.
"""

from collections.abc import Iterable

import numpy as np

from analytics.drains.flooding import raise_submerged, rise_cm_per_10min
from analytics.findings import Evidence, Finding, FindingKind, Severity
from analytics.ledger import Facts
from analytics.state import WatchState, set_gates
from analytics.tables import F64, I64, MINUTE_MS, NEVER, SECOND_MS, Bool

#: A report is overdue after so many intervals.
_OVERDUE = 1.2


def watch_silence(state: WatchState, at_ms: int) -> None:
    """Raise and clear what silence means, over all sites."""
    voices, count = state.voices, len(state.ground.sites)
    interval, limit = voices.interval_ms[:count], voices.limit_ms[:count]
    age = at_ms - voices.seen[:count]
    heard = (voices.seen[:count] > NEVER) & state.ground.bearing
    # A site of a dark gateway may be quiet before its own patience ends: only a new word counts as back.
    spoke = voices.seen[:count] > voices.quiet_from[:count]
    _clear(state, np.flatnonzero(voices.quiet[:count] & spoke & (age <= limit)), at_ms)
    awake = heard & ~voices.quiet[:count] & (voices.excused_until[:count] < at_ms)
    silent = awake & (age > limit)
    if not silent.any():
        return
    overdue = awake & (age > _OVERDUE * interval + MINUTE_MS)
    waiting = _gateways(state, silent, awake, overdue, interval, at_ms)
    silent &= ~voices.quiet[:count] & ~waiting
    overdue &= ~voices.quiet[:count]
    if _everybody(state, overdue, awake):
        return
    for site in np.flatnonzero(silent).tolist():
        _hush(state, np.array([site]))
        slot = _rising(state, site)
        if slot is None:
            _enter_sensor(state, site, at_ms, float(interval[site]))
        else:
            raise_submerged(state, slot, at_ms)
            set_gates(state, np.array([slot]))


def set_limits(state: WatchState) -> None:
    """Report interval of every site, and the silence that is no longer chance given what its link loses."""
    settings = state.settings.silence
    count, slots = len(state.ground.sites), len(state.memory)
    interval, loss = np.full(count, np.nan), np.zeros(count)
    known = np.flatnonzero(state.memory.site[:slots] >= 0)
    sites = state.memory.site[known]
    np.fmin.at(interval, sites, state.memory.interval_ms[known])
    np.maximum.at(loss, sites, state.memory.loss[known])
    interval = np.where(np.isnan(interval), settings.default_interval_s * SECOND_MS, interval)
    configured = state.ground.interval_s * SECOND_MS
    interval = np.where(configured > 0, configured, interval)
    chance = np.log(settings.chance) / np.log(np.clip(loss, 1e-9, 0.9))
    missed = np.clip(np.ceil(chance), settings.intervals - 0.5, settings.most_missed)
    state.voices.interval_ms[:count] = interval
    state.voices.limit_ms[:count] = np.maximum((missed + 0.5) * interval, settings.minimum_s * SECOND_MS)


def _gateways(state: WatchState, silent: Bool, awake: Bool, overdue: Bool, interval: F64, at_ms: int) -> Bool:
    """Raise what is a gateway's silence; (sites,) those for which it cannot be told yet."""
    settings = state.settings.silence
    waiting = np.zeros_like(silent)
    for gateway_id, members in _only_by(state, awake).items():
        gone = members[silent[members]]
        if not len(gone) or len(members) < settings.gateway_sites:
            continue
        since = int(state.voices.seen[gone].min())
        pace = interval[gone].min()
        prompt = members[interval[members] <= 2 * pace]
        judged = prompt if len(prompt) >= settings.gateway_sites else members
        alive = state.voices.seen[judged] > since + 2 * np.maximum(interval[judged], pace)
        if alive.any():
            continue
        if overdue[judged].all():
            _enter_gateway(state, gateway_id, members, since, at_ms)
        else:
            waiting[gone] = True
    return waiting


def _only_by(state: WatchState, awake: Bool) -> dict[str, I64]:
    """Sites that are awake by the one gateway that hears them; others would be heard by another."""
    alone: dict[str, list[int]] = {}
    for site_id, gateways in state.links.items():
        site = state.ground.index.get(site_id)
        if site is not None and len(gateways) == 1 and awake[site]:
            alone.setdefault(gateways[0], []).append(site)
    return {gateway_id: np.array(sorted(alone[gateway_id])) for gateway_id in sorted(alone)}


def _everybody(state: WatchState, overdue: Bool, awake: Bool) -> bool:
    """Is nearly everybody late? Then it is our own reception that failed, and no sensor is to blame."""
    settings = state.settings.silence
    late, all_ = int(overdue.sum()), int(awake.sum())
    return late >= settings.everybody_sites and late >= settings.everybody_share * all_


def _rising(state: WatchState, site: int) -> int | None:
    """The level series of this site that was rising fast, and high already, at its last reading."""
    for slot in state.level_slots.get(site, []):
        level = float(state.memory.last_v[slot])
        half = 0.5 * float(state.ground.depth_m[site])
        is_high = level > state.levels.high[slot] or level >= half
        fast = rise_cm_per_10min(state, slot) > state.settings.silence.rising_cm_per_10min
        if is_high and fast and not state.memory.late[slot]:
            return slot
    return None


def _enter_sensor(state: WatchState, site: int, at_ms: int, interval_ms: float) -> None:
    since = int(state.voices.seen[site])
    missed = int((at_ms - since) // interval_ms)
    battery = float(state.voices.battery_pct[site])
    evidence = [
        Evidence("silent_for", round((at_ms - since) / MINUTE_MS), "min", 2.0),
        Evidence("missed_reports", missed, "count", 1.0, (0.0, 1.0)),
    ]
    if not np.isnan(battery):
        evidence.append(Evidence("battery", round(battery), "%", 0.5 if battery < 20 else 0.0))
    facts: Facts = {
        "at_ms": at_ms,
        "since_ms": since,
        "missed": missed,
        "battery_pct": None if np.isnan(battery) else round(battery),
    }
    site_id = state.ground.sites[site].id
    _enter(state, site_id, FindingKind.SENSOR_SILENT, Severity.MINOR, at_ms, evidence, facts)


def _hush(state: WatchState, sites: I64) -> None:
    state.voices.quiet[sites] = True
    state.voices.quiet_from[sites] = state.voices.seen[sites]


def _enter_gateway(state: WatchState, gateway_id: str, members: I64, since: int, at_ms: int) -> None:
    _hush(state, members)
    if state.ledger.get(gateway_id, FindingKind.GATEWAY_SILENT) is not None:
        return
    ids = [state.ground.sites[site].id for site in members.tolist()]
    evidence = [
        Evidence("silent_sites", len(ids), "count", 3.0),
        Evidence("silent_for", round((at_ms - since) / MINUTE_MS), "min", 1.0),
    ]
    facts: Facts = {"at_ms": at_ms, "since_ms": since, "sites": len(ids), "site_ids": ";".join(ids)}
    _enter(state, gateway_id, FindingKind.GATEWAY_SILENT, Severity.MAJOR, at_ms, evidence, facts)


def _enter(
    state: WatchState,
    site_id: str,
    kind: FindingKind,
    severity: Severity,
    at_ms: int,
    evidence: Iterable[Evidence],
    facts: Facts,
) -> None:
    state.ledger.enter(
        Finding(
            site_id=site_id,
            kind=kind,
            severity=severity,
            opened_ms=at_ms,
            updated_ms=at_ms,
            confidence=0.95,
            evidence=tuple(evidence),
            facts=facts,
        )
    )


def _clear(state: WatchState, back: I64, at_ms: int) -> None:
    """These sites speak again. One voice is enough to show that a gateway lives."""
    if not len(back):
        return
    ids = {state.ground.sites[site].id for site in back.tolist()}
    state.voices.quiet[back] = False
    for site_id in sorted(ids):
        finding = state.ledger.get(site_id, FindingKind.SENSOR_SILENT)
        if finding is not None:
            state.ledger.clear(finding, at_ms)
    for finding in state.ledger.of_kind(FindingKind.GATEWAY_SILENT):
        members = str(finding.facts["site_ids"]).split(";")
        if ids.intersection(members):
            state.ledger.clear(finding, at_ms)
            _excuse(state, members, at_ms)


def _excuse(state: WatchState, members: Iterable[str], at_ms: int) -> None:
    """Give the others behind the gateway time to speak up before they count as silent themselves."""
    interval = state.voices.interval_ms
    for site_id in members:
        site = state.ground.index.get(site_id)
        if site is not None:
            patience = state.settings.silence.intervals * interval[site]
            state.voices.quiet[site] = False
            state.voices.excused_until[site] = at_ms + int(patience)
