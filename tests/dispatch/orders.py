"""Work orders in any state, for the tests of dispatch."""

from dataclasses import replace
from typing import Any

from analytics.findings import FindingKind, Severity
from dispatch.orders import OrderState, WorkOrder
from tests.dispatch.commune import NOW, finding


def an_order(state: OrderState = OrderState.ASSIGNED, **changes: Any) -> WorkOrder:
    """An order on the blocked drain at G07, given to the crew outside the dyke."""
    order = WorkOrder(
        id="WO-260814-TEST22",
        site_id="g07",
        kind=FindingKind.BLOCKED_DRAIN,
        severity=Severity.MAJOR,
        state=state,
        finding_id=finding().id,
        opened_ms=NOW,
        updated_ms=NOW,
        revision=3,
        crew_id="drain-out",
        confidence=0.8,
        sentence_vi="Ga G07: nghi tắc.",
        sentence_en="Manhole G07: blockage suspected.",
    )
    return replace(order, **changes)
