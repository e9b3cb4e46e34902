"""What a crew's answer does to its order."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dispatch.lifecycle import TRANSITIONS, refusal
from dispatch.orders import LastAnswer, OrderState, WorkOrder
from dispatch.steps import NOTHING, Decision, Draft
from dispatch.words import ANSWER_STATUSES, answer_status_label

#: Who said done has said done, whatever Kênh made of it since: a repeated message changes nothing.
_AFTER_DONE = frozenset({OrderState.DONE_UNVERIFIED, OrderState.VERIFIED, OrderState.CLOSED})

_TARGETS: Mapping[str, OrderState] = {status: OrderState(status) for status in ANSWER_STATUSES}


def on_answer(order: WorkOrder, answer: LastAnswer, now_ms: int) -> Decision:
    """What the crew of this order said. The caller has checked that it is this order's crew.

    A refused answer changes nothing but `last_answer`, which then says why; the same answer twice (a
    message delivered again) changes nothing at all.
    """
    target = _TARGETS.get(answer.status)
    if target is not None and _said_already(order, target):
        return NOTHING
    why = _why_not(order, answer.status, target)
    if target is None or why is not None:
        return _refused(order, replace(answer, refused=why or ""), now_ms)
    said = replace(answer, refused="")
    draft = Draft(order, now_ms)
    actor = f"crew:{order.crew_id}"
    data = {"status": said.status, "by": said.by, "note": said.note}
    draft.move(target, "answered", actor, data, last_answer=said, **_times(order, target, now_ms))
    if target is OrderState.REJECTED:
        draft.open_without_crew("rejected")
    return draft.settle().decision()


def allowed_answers(order: WorkOrder) -> tuple[str, ...]:
    """The statuses the crew may send now, in the order of a life."""
    return tuple(status for status, target in _TARGETS.items() if _why_not(order, status, target) is None)


def _said_already(order: WorkOrder, target: OrderState) -> bool:
    if target is OrderState.DONE and order.done_ms is not None and order.state in _AFTER_DONE:
        return True
    turned_down = order.last_answer is not None and order.last_answer.status == OrderState.REJECTED
    if target is OrderState.REJECTED and turned_down and order.state is OrderState.OPEN:
        return True
    return order.state is target


def _why_not(order: WorkOrder, status: str, target: OrderState | None) -> str | None:
    if target is None:
        known = ", ".join(ANSWER_STATUSES)
        return (
            f"Không hiểu trạng thái “{status[:32]}”; dùng một trong: {known}."
            f" / Unknown status “{status[:32]}”; use one of: {known}."
        )
    if order.state is OrderState.PAUSED and target not in {OrderState.DONE, OrderState.REJECTED}:
        return (
            f"Phiếu {order.id} đang tạm dừng; chờ điều phối cho làm tiếp."
            f" / Work order {order.id} is paused; wait until the dispatcher resumes it."
        )
    if _is_earlier(order.state, target):
        return (
            f"Phiếu {order.id} đã qua bước “{answer_status_label(status, 'vi')}”."
            f" / Work order {order.id} is already past “{answer_status_label(status, 'en')}”."
        )
    return refusal(order, target)


def _is_earlier(state: OrderState, target: OrderState) -> bool:
    """Does `target` lie behind the order on the crew's own way (accepted, en_route, on_site, done)?"""
    way = (OrderState.ACCEPTED, OrderState.EN_ROUTE, OrderState.ON_SITE, OrderState.DONE)
    return state in way and target in way and target not in TRANSITIONS[state]


def _refused(order: WorkOrder, answer: LastAnswer, now_ms: int) -> Decision:
    if answer == order.last_answer:
        return NOTHING
    draft = Draft(order, now_ms)
    data = {"status": answer.status, "by": answer.by, "note": answer.note, "why": answer.refused}
    draft.note("refused", f"crew:{order.crew_id}", data, last_answer=answer)
    return draft.decision()


def _times(order: WorkOrder, target: OrderState, now_ms: int) -> dict[str, Any]:
    """When what happened; a skipped acceptance counts as given with the later step."""
    if target is OrderState.REJECTED:
        # The next crew starts its own clock, and the dispatcher has something new to take note of.
        return {"accepted_ms": None, "on_site_ms": None, "acknowledged_ms": None}
    times: dict[str, Any] = {"accepted_ms": order.accepted_ms or now_ms}
    if target is OrderState.ON_SITE:
        times["on_site_ms"] = now_ms
    if target is OrderState.DONE:
        times["done_ms"] = now_ms
    return times
