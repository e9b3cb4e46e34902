"""How every decision is built: one order, moved step by step, each step with its line in the log."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dispatch.lifecycle import NOT_ACCEPTED, refusal
from dispatch.orders import Event, OrderState, WorkOrder

KENH = "kenh"

Data = Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be saved: the order as it should stand (None: nothing changed) and the log's new lines.

    The order carries the revision it was decided on; storage adds one when it saves.
    """

    order: WorkOrder | None
    events: tuple[Event, ...] = ()


NOTHING = Decision(None)


class Draft:
    """An order on its way through one decision. `order` is how it stands so far."""

    def __init__(self, order: WorkOrder, now_ms: int) -> None:
        self.order = order
        self.now_ms = now_ms
        self.events: list[Event] = []

    def move(
        self, target: OrderState, what: str, actor: str = KENH, data: Data | None = None, **changes: Any
    ) -> None:
        """Go to `target`; the step must be allowed (ValueError: a mistake in this folder, not bad data)."""
        why = refusal(self.order, target)
        if why is not None:
            raise ValueError(why)
        self.note(what, actor, data, state=target, **changes)

    def note(self, what: str, actor: str = KENH, data: Data | None = None, **changes: Any) -> None:
        """Change fields of the order and write the line that says so; the line names the state it leaves."""
        self.order = replace(self.order, updated_ms=self.now_ms, **changes)
        self.events.append(
            Event(
                at_ms=self.now_ms,
                what=what,
                actor=actor,
                order_id=self.order.id,
                finding_id=self.order.finding_id,
                site_id=self.order.site_id,
                data={"state": str(self.order.state), **(data or {})},
            )
        )

    def assign(self, crew_id: str, actor: str = KENH) -> None:
        """Give the order to a crew, from the beginning: what an earlier crew said no longer counts."""
        self.move(
            OrderState.ASSIGNED,
            "assigned",
            actor,
            {"crew": crew_id},
            crew_id=crew_id,
            accepted_ms=None,
            on_site_ms=None,
            last_answer=None,
        )

    def reopen(self, actor: str = KENH, data: Data | None = None, **changes: Any) -> None:
        """Begin again; the caller says who goes now."""
        fresh: dict[str, Any] = {
            "acknowledged_ms": None,
            "accepted_ms": None,
            "on_site_ms": None,
            "done_ms": None,
            "cleared_ms": None,
            "closed_ms": None,
            "close_reason": "",
            "last_answer": None,
        }
        self.move(OrderState.REOPENED, "reopened", actor, data, **{**fresh, **changes})

    def open_without_crew(self, because: str) -> None:
        """Back to the dispatcher. `no_crew` in the log is an alarm."""
        if self.order.state is OrderState.OPEN:
            self.note("no_crew", data={"because": because}, crew_id="")
        else:
            self.move(OrderState.OPEN, "no_crew", data={"because": because}, crew_id="")

    def settle(self) -> "Draft":
        """End what the sensor has ended: nobody need go, or the work is verified."""
        order = self.order
        if order.cleared_ms is None:
            return self
        if order.state is OrderState.DONE:
            self.move(OrderState.VERIFIED, "verified")
            self.move(OrderState.CLOSED, "closed", close_reason="verified", closed_ms=self.now_ms)
        elif order.state in NOT_ACCEPTED or _paused_unaccepted(order):
            self.cancel("cleared")
        return self

    def cancel(self, reason: str, actor: str = KENH) -> None:
        """Nobody need go (any more)."""
        self.move(
            OrderState.CANCELLED,
            "cancelled",
            actor,
            {"reason": reason},
            close_reason=reason,
            closed_ms=self.now_ms,
        )

    def decision(self) -> Decision:
        """What came of it."""
        return Decision(self.order, tuple(self.events)) if self.events else NOTHING


def _paused_unaccepted(order: WorkOrder) -> bool:
    return order.state is OrderState.PAUSED and order.accepted_ms is None
