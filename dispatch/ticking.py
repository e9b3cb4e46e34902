"""What time alone does to a work order."""

from analytics.findings import Finding
from dispatch.orders import OrderState, WorkOrder
from dispatch.steps import NOTHING, Decision, Draft

#: How long the sensor may take to agree with a crew that says done.
VERIFY_WITHIN_MS = 2 * 3_600_000


def on_tick(order: WorkOrder, finding: Finding | None, now_ms: int) -> Decision:
    """Let a live order notice the time. `finding` is the one it stands on, None if it is not known.

    Done and cleared: verified and closed. Done and not cleared within two hours: done, unverified. An
    unknown finding is no sign that anything has cleared.
    """
    if order.state is not OrderState.DONE:
        return NOTHING
    draft = Draft(order, now_ms)
    cleared_ms = finding.closed_ms if finding is not None and finding.id == order.finding_id else None
    if order.cleared_ms is None and cleared_ms is not None:
        draft.note("cleared", cleared_ms=min(cleared_ms, now_ms))
    draft.settle()
    since_ms = order.updated_ms if order.done_ms is None else order.done_ms
    if draft.order.state is OrderState.DONE and now_ms - since_ms >= VERIFY_WITHIN_MS:
        draft.move(OrderState.DONE_UNVERIFIED, "done_unverified")
    return draft.decision()
