"""The life of a work order: which state may follow which, as one table.

    open -> assigned -> accepted -> en_route -> on_site -> done -> verified -> closed

Steps may be skipped forward. `rejected`, `verified` and `reopened` are passed through within one decision
and never rested in: a rejected order is open again without a crew, a verified one closes itself, a reopened
one goes to its crew (or is open, if it has none).
"""

from collections.abc import Mapping

from dispatch.orders import ENDED, OrderState, WorkOrder
from dispatch.words import state_label

_S = OrderState

#: An order in one of these waits for the crew or is being worked on.
AT_WORK = frozenset({_S.ASSIGNED, _S.ACCEPTED, _S.EN_ROUTE, _S.ON_SITE})

#: Before a crew has said yes: what clears now needs nobody any more.
NOT_ACCEPTED = frozenset({_S.OPEN, _S.ASSIGNED})

_ASIDE = frozenset({_S.REJECTED, _S.PAUSED, _S.CANCELLED, _S.ASSIGNED})

TRANSITIONS: Mapping[OrderState, frozenset[OrderState]] = {
    _S.OPEN: frozenset({_S.ASSIGNED, _S.PAUSED, _S.CANCELLED}),
    _S.ASSIGNED: _ASIDE | {_S.ACCEPTED, _S.EN_ROUTE, _S.ON_SITE, _S.DONE},
    _S.ACCEPTED: _ASIDE | {_S.EN_ROUTE, _S.ON_SITE, _S.DONE},
    _S.EN_ROUTE: _ASIDE | {_S.ON_SITE, _S.DONE},
    _S.ON_SITE: _ASIDE | {_S.DONE},
    _S.DONE: frozenset({_S.VERIFIED, _S.DONE_UNVERIFIED, _S.CLOSED, _S.REOPENED}),
    _S.DONE_UNVERIFIED: frozenset({_S.CLOSED, _S.REOPENED}),
    _S.VERIFIED: frozenset({_S.CLOSED, _S.REOPENED}),
    _S.CLOSED: frozenset({_S.REOPENED}),
    _S.CANCELLED: frozenset({_S.REOPENED}),
    _S.REJECTED: frozenset({_S.OPEN}),
    _S.REOPENED: frozenset({_S.ASSIGNED, _S.OPEN}),
    # A crew that had already finished when somebody pressed pause is believed.
    _S.PAUSED: frozenset({_S.OPEN, _S.ASSIGNED, _S.ACCEPTED, _S.DONE, _S.REJECTED, _S.CANCELLED}),
}

#: Passed through, never rested in.
PASSING = frozenset({_S.REJECTED, _S.VERIFIED, _S.REOPENED})


def allowed(state: OrderState) -> tuple[OrderState, ...]:
    """The states that may follow, in the order of a life."""
    return tuple(target for target in OrderState if target in TRANSITIONS[state])


def refusal(order: WorkOrder, target: OrderState) -> str | None:
    """Why the order may not go to `target` now, in Vietnamese and English; None if it may."""
    if target in TRANSITIONS[order.state]:
        return None
    if order.state in ENDED:
        return (
            f"Phiếu {order.id} {state_label(order.state, 'vi')}, chỉ có thể mở lại."
            f" / Work order {order.id} is {state_label(order.state, 'en')}; it can only be reopened."
        )
    if target in AT_WORK | {_S.DONE, _S.REJECTED} and order.state is _S.OPEN:
        return (
            f"Phiếu {order.id} chưa giao cho tổ nào; giao việc trước."
            f" / Work order {order.id} has no crew; assign it first."
        )
    can = allowed(order.state)
    return (
        f"Phiếu {order.id} đang ở bước “{state_label(order.state, 'vi')}”, không thể chuyển sang"
        f" “{state_label(target, 'vi')}”; có thể: {', '.join(state_label(step, 'vi') for step in can)}."
        f" / Work order {order.id} is “{state_label(order.state, 'en')}” and cannot become"
        f" “{state_label(target, 'en')}”; possible: {', '.join(step.value for step in can)}."
    )
