"""Findings and work orders as these tests need them."""

from dataclasses import replace
from typing import Any

from analytics.findings import Finding, FindingKind, Severity
from dispatch.orders import OrderState, WorkOrder


def finding(opened_ms: int = 1000, site: str = "g07", **changes: Any) -> Finding:
    plain = Finding(site, FindingKind.BLOCKED_DRAIN, Severity.MAJOR, opened_ms, opened_ms, 0.8)
    return replace(plain, **changes)


def order(order_id: str = "WO-1", opened_ms: int = 1000, **changes: Any) -> WorkOrder:
    plain = WorkOrder(
        id=order_id,
        site_id="g07",
        kind=FindingKind.BLOCKED_DRAIN,
        severity=Severity.MAJOR,
        state=OrderState.ASSIGNED,
        finding_id="f-1",
        opened_ms=opened_ms,
        updated_ms=opened_ms,
        crew_id="to-1",
    )
    return replace(plain, **changes)
