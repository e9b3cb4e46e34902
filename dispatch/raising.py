"""What a finding means for work orders: open one, refresh it, end it, or bring it back."""

from typing import Any

from analytics.findings import Finding, FindingKind, Severity
from devices.sites import Registry
from dispatch.covering import covering, crew_for
from dispatch.orders import OrderState, WorkOrder, order_id
from dispatch.phrases import day_code
from dispatch.sentences import sentence
from dispatch.steps import NOTHING, Decision, Draft
from dispatch.telling_water import says_drowned

#: A finding that returns this soon after its order ended brings the same order back.
RETURN_WITHIN_MS = 24 * 3_600_000

#: While the severity stands, figures in an order are refreshed no more often than this,
#: and in an old order more seldom still: a twelfth of its age.
REFRESH_MS = 10 * 60_000
_REFRESH_SHARE = 12

#: Findings that are shown and never send anybody by themselves.
_NOBODY_GOES = frozenset({FindingKind.BACKWATER})


def needs_crew(finding: Finding) -> bool:
    """Does somebody have to go? Backwater and what is only worth watching make no work order."""
    return finding.kind not in _NOBODY_GOES and finding.severity is not Severity.INFO


def on_finding(
    finding: Finding, live: WorkOrder | None, latest: WorkOrder | None, registry: Registry, now_ms: int
) -> Decision:
    """What a finding raised, updated or cleared does.

    `live` is the live order of the finding's site and kind, `latest` the newest one whether live or ended.
    A finding that has gone silent is neither updated nor cleared, so silence never ends an order.
    """
    if live is not None:
        if finding.closed_ms is not None:
            return _cleared(finding, live, now_ms)
        return _still_there(finding, live, registry, now_ms)
    if finding.closed_ms is not None or not needs_crew(finding):
        return NOTHING
    if latest is not None and latest.finding_id == finding.id:
        # A dispatcher ended the order while the trouble stood. Only something worse may ask again.
        if latest.cleared_ms is None and finding.severity.rank < latest.severity.rank:
            return _brought_back(finding, latest, registry, now_ms)
        return NOTHING
    if latest is not None and latest.closed_ms is not None and now_ms - latest.closed_ms <= RETURN_WITHIN_MS:
        return _brought_back(finding, latest, registry, now_ms)
    return _opened(finding, registry, now_ms)


def _opened(finding: Finding, registry: Registry, now_ms: int) -> Decision:
    draft = Draft(
        WorkOrder(
            id=order_id(finding.site_id, finding.kind, now_ms, day_code(now_ms)),
            site_id=finding.site_id,
            kind=finding.kind,
            severity=finding.severity,
            state=OrderState.OPEN,
            finding_id=finding.id,
            opened_ms=now_ms,
            updated_ms=now_ms,
            confidence=finding.confidence,
            sentence_vi=sentence(finding, registry, "vi"),
            sentence_en=sentence(finding, registry, "en"),
        ),
        now_ms,
    )
    draft.note("opened", data={"kind": str(finding.kind), "severity": str(finding.severity)})
    _send_somebody(draft, finding, registry)
    return draft.decision()


def _brought_back(finding: Finding, order: WorkOrder, registry: Registry, now_ms: int) -> Decision:
    draft = Draft(order, now_ms)
    draft.reopen(
        data={"finding": finding.id, "severity": str(finding.severity)},
        finding_id=finding.id,
        severity=finding.severity,
        confidence=finding.confidence,
        sentence_vi=sentence(finding, registry, "vi"),
        sentence_en=sentence(finding, registry, "en"),
    )
    if order.crew_id in registry.crews:
        draft.assign(order.crew_id)
    else:
        _send_somebody(draft, finding, registry)
    return draft.decision()


def _send_somebody(draft: Draft, finding: Finding, registry: Registry) -> None:
    crew = crew_for(finding.site_id, finding.kind, registry)
    if crew is not None:
        draft.assign(crew.id)
        return
    several = bool(covering(finding.site_id, finding.kind, registry))
    draft.open_without_crew("several_crews" if several else "no_crew_covers")


def _cleared(finding: Finding, live: WorkOrder, now_ms: int) -> Decision:
    if finding.id != live.finding_id or live.cleared_ms is not None:
        return NOTHING
    closed_ms = now_ms if finding.closed_ms is None else min(finding.closed_ms, now_ms)
    draft = Draft(live, now_ms)
    draft.note("cleared", cleared_ms=closed_ms)
    return draft.settle().decision()


def _still_there(finding: Finding, live: WorkOrder, registry: Registry, now_ms: int) -> Decision:
    draft = Draft(live, now_ms)
    if finding.id != live.finding_id:
        if not needs_crew(finding):
            return NOTHING
        if live.state is OrderState.DONE_UNVERIFIED and live.cleared_ms is not None:
            return _brought_back(finding, live, registry, now_ms)
        what = "updated" if live.cleared_ms is None else "returned"
        draft.note(what, finding_id=finding.id, cleared_ms=None, **_texts(finding, registry))
    elif live.cleared_ms is not None:
        return NOTHING  # an old version of a finding that has cleared since
    _refresh(draft, finding, registry)
    _try_again(draft, finding, registry)
    return draft.decision()


def _refresh(draft: Draft, finding: Finding, registry: Registry) -> None:
    """Severity at once; figures only when people would see a difference, and not every minute."""
    order = draft.order
    if finding.severity is not order.severity:
        worse = finding.severity.rank < order.severity.rank
        draft.note(
            "worsened" if worse else "eased",
            data={"from": str(order.severity), "to": str(finding.severity)},
            severity=finding.severity,
            # What somebody took note of was less than this: it wants to be noted again.
            acknowledged_ms=None if worse else order.acknowledged_ms,
            **_texts(finding, registry),
        )
        return
    drowned = finding.facts.get("submerged") is True and not says_drowned(order.sentence_vi)
    pause_ms = max(REFRESH_MS, (draft.now_ms - order.opened_ms) // _REFRESH_SHARE)
    if draft.now_ms - order.updated_ms < pause_ms and not drowned:
        return
    texts = _texts(finding, registry)
    same_words = texts["sentence_vi"] == order.sentence_vi and texts["sentence_en"] == order.sentence_en
    if not same_words or round(finding.confidence, 1) != round(order.confidence, 1):
        draft.note("updated", **texts)


def _texts(finding: Finding, registry: Registry) -> dict[str, Any]:
    return {
        "sentence_vi": sentence(finding, registry, "vi"),
        "sentence_en": sentence(finding, registry, "en"),
        "confidence": finding.confidence,
    }


def _try_again(draft: Draft, finding: Finding, registry: Registry) -> None:
    """What nobody could take goes out once a crew covers it; what was turned down waits for a person."""
    order = draft.order
    if order.state is not OrderState.OPEN or order.last_answer is not None:
        return
    crew = crew_for(finding.site_id, finding.kind, registry)
    if crew is not None:
        draft.assign(crew.id)
