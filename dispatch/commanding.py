"""What a dispatcher can do with a work order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dispatch.lifecycle import AT_WORK, TRANSITIONS
from dispatch.orders import OrderState, WorkOrder
from dispatch.steps import NOTHING, Decision, Draft
from dispatch.words import state_label

#: What the dispatcher may say about an order the sensor did not verify.
CLOSE_REASONS = ("real", "not_blocked", "sensor")


class CommandName(StrEnum):
    """Everything a dispatcher can ask for."""

    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Command:
    """One wish of one person. `actor` is `user:KEY`; `crew_id` for assign; `reason` for cancel and close."""

    name: CommandName
    actor: str
    crew_id: str = ""
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not, in both languages, and what would do: commands, or reasons where the reason was wrong."""

    reason: str
    allowed: tuple[str, ...]


def on_command(order: WorkOrder, command: Command, now_ms: int) -> Decision | Refused:
    """Carry out a command. Asking twice for what is already so changes nothing and is not refused.

    The caller checks that the crew exists, and before `reopen` that no other order of that site and kind
    is live.
    """
    if _is_so_already(order, command):
        return NOTHING
    if command.name not in allowed_commands(order):
        return _not_now(order, command.name)
    return _HANDLERS[command.name](order, command, now_ms)


def allowed_commands(order: WorkOrder) -> tuple[str, ...]:
    """The commands that would do something now, in the order of the buttons."""
    state, may = order.state, TRANSITIONS[order.state]
    possible = {
        CommandName.ACKNOWLEDGE: order.is_live and order.acknowledged_ms is None,
        CommandName.ASSIGN: OrderState.ASSIGNED in may,
        CommandName.PAUSE: OrderState.PAUSED in may,
        CommandName.RESUME: state is OrderState.PAUSED,
        CommandName.CANCEL: OrderState.CANCELLED in may,
        CommandName.CLOSE: OrderState.CLOSED in may,
        CommandName.REOPEN: OrderState.REOPENED in may,
    }
    return tuple(str(name) for name, can in possible.items() if can)


def _is_so_already(order: WorkOrder, command: Command) -> bool:
    match command.name:
        case CommandName.ACKNOWLEDGE:
            return order.is_live and order.acknowledged_ms is not None
        case CommandName.ASSIGN:
            return order.state in AT_WORK and order.crew_id == command.crew_id
        case CommandName.PAUSE:
            return order.state is OrderState.PAUSED
        case CommandName.CANCEL:
            return order.state is OrderState.CANCELLED
        case CommandName.CLOSE:
            return order.state is OrderState.CLOSED
        case _:
            return False


def _not_now(order: WorkOrder, name: CommandName) -> Refused:
    allowed = allowed_commands(order)
    vi, en = state_label(order.state, "vi"), state_label(order.state, "en")
    can = ", ".join(allowed)
    reason = (
        f"Phiếu {order.id} đang ở bước “{vi}”, không thể {name}; có thể: {can}."
        f" / Work order {order.id} is “{en}”: cannot {name}; possible: {can}."
    )
    return Refused(reason, allowed)


def _noted(command: Command) -> dict[str, str]:
    return {"note": command.note} if command.note else {}


def _acknowledge(order: WorkOrder, command: Command, now_ms: int) -> Decision:
    draft = Draft(order, now_ms)
    draft.note("acknowledged", command.actor, _noted(command), acknowledged_ms=now_ms)
    return draft.decision()


def _assign(order: WorkOrder, command: Command, now_ms: int) -> Decision | Refused:
    if not command.crew_id:
        return Refused("Chưa chọn tổ/đội. / No crew given: say which crew.", ())
    draft = Draft(order, now_ms)
    draft.assign(command.crew_id, command.actor)
    return draft.settle().decision()


def _pause(order: WorkOrder, command: Command, now_ms: int) -> Decision:
    draft = Draft(order, now_ms)
    draft.move(OrderState.PAUSED, "paused", command.actor, {"reason": command.reason, **_noted(command)})
    return draft.decision()


def _resume(order: WorkOrder, command: Command, now_ms: int) -> Decision:
    """Back to where it was, but a crew that was on its way or there sets out anew."""
    if not order.crew_id:
        target = OrderState.OPEN
    else:
        target = OrderState.ASSIGNED if order.accepted_ms is None else OrderState.ACCEPTED
    draft = Draft(order, now_ms)
    draft.move(target, "resumed", command.actor, _noted(command))
    return draft.settle().decision()


def _cancel(order: WorkOrder, command: Command, now_ms: int) -> Decision | Refused:
    if not command.reason.strip():
        return Refused("Ghi lý do hủy. / Say why it is cancelled.", ())
    draft = Draft(order, now_ms)
    draft.cancel(command.reason.strip(), command.actor)
    return draft.decision()


def _close(order: WorkOrder, command: Command, now_ms: int) -> Decision | Refused:
    if command.reason not in CLOSE_REASONS:
        choices = ", ".join(CLOSE_REASONS)
        return Refused(f"Chọn lý do đóng: {choices}. / Give a reason: {choices}.", CLOSE_REASONS)
    draft = Draft(order, now_ms)
    data = {"reason": command.reason, **_noted(command)}
    draft.move(
        OrderState.CLOSED, "closed", command.actor, data, close_reason=command.reason, closed_ms=now_ms
    )
    return draft.decision()


def _reopen(order: WorkOrder, command: Command, now_ms: int) -> Decision:
    draft = Draft(order, now_ms)
    draft.reopen(command.actor, {"reason": command.reason, **_noted(command)})
    if order.crew_id:
        draft.assign(order.crew_id)
    else:
        draft.open_without_crew("reopened")
    return draft.decision()


_HANDLERS: Mapping[CommandName, Callable[[WorkOrder, Command, int], Decision | Refused]] = {
    CommandName.ACKNOWLEDGE: _acknowledge,
    CommandName.ASSIGN: _assign,
    CommandName.PAUSE: _pause,
    CommandName.RESUME: _resume,
    CommandName.CANCEL: _cancel,
    CommandName.CLOSE: _close,
    CommandName.REOPEN: _reopen,
}
