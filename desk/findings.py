"""Taking in findings: each becomes, changes or ends a work order, together with the watch's checkpoint."""

from collections.abc import Sequence
from dataclasses import replace

from analytics.findings import Finding
from desk.carrying import carry_out
from desk.context import Desk
from desk.retrying import decide_again
from devices.sites import Registry
from dispatch.deciding import on_finding
from dispatch.orders import Event
from storage.state import Tx, WatchCheckpoint


def record(desk: Desk, findings: Sequence[Finding], checkpoint: WatchCheckpoint | None, now_ms: int) -> None:
    """Save findings, what they mean for work orders, and how far the watch has read: all or nothing."""

    def once() -> None:
        with desk.state.transaction() as tx:
            registry = tx.registry.load() if findings else Registry()
            for finding in findings:
                _take_in(tx, desk, registry, finding, now_ms)
            if checkpoint is not None:
                tx.watch.save(checkpoint)

    decide_again(once)


def _take_in(tx: Tx, desk: Desk, registry: Registry, said: Finding, now_ms: int) -> None:
    finding = _as_told(tx, said)
    known = tx.findings.get(finding.id)
    if known == finding or (known is not None and _is_older(finding, known)):
        return
    tx.findings.save(finding)
    if known is None or (known.closed_ms is None) != (finding.closed_ms is None):
        tx.events.append(_event_of(finding))
    live = tx.orders.live_for(finding.site_id, finding.kind)
    latest = tx.orders.latest_for(finding.site_id, finding.kind)
    before = live or latest
    decision = on_finding(finding, live, latest, registry, now_ms)
    if decision.order is not None and (before is None or decision.order.id != before.id):
        before = None
    carry_out(tx, desk, registry, before, decision, now_ms)


def _as_told(tx: Tx, said: Finding) -> Finding:
    """The same trouble under the id it was first told with.

    After a restart the watch may see it open a grid step earlier or later than before; while one of that
    kind is open at that site it is that one.
    """
    if tx.findings.get(said.id) is not None:
        return said
    for other in tx.findings.open(said.site_id):
        if other.kind is said.kind:
            return replace(said, opened_ms=other.opened_ms)
    return said


def _is_older(finding: Finding, known: Finding) -> bool:
    """After a crash the watch goes through some readings again; what it says then is old news."""
    return finding.updated_ms < known.updated_ms or (
        known.closed_ms is not None and finding.closed_ms is None
    )


def _event_of(finding: Finding) -> Event:
    cleared = finding.closed_ms is not None
    return Event(
        at_ms=finding.closed_ms if finding.closed_ms is not None else finding.opened_ms,
        what="finding_cleared" if cleared else "finding_raised",
        actor="kenh",
        finding_id=finding.id,
        site_id=finding.site_id,
        data={"kind": str(finding.kind), "severity": str(finding.severity)},
    )
