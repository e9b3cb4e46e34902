"""What a dispatcher does with a work order: acknowledge, assign, pause, cancel, close, reopen."""

from desk.carrying import carry_out
from desk.context import Desk
from desk.errors import NotAllowedError, NotFoundError
from desk.retrying import decide_again
from dispatch.deciding import Command, CommandName, Refused, on_command
from dispatch.orders import WorkOrder


def command(desk: Desk, order_id: str, wanted: Command, now_ms: int) -> WorkOrder:
    """Carry out a dispatcher's command.

    Raises:
        NotFoundError: no such order, or no such crew to assign to.
        NotAllowedError: the order cannot go there from where it stands.
    """

    def once() -> WorkOrder:
        with desk.state.transaction() as tx:
            order = tx.orders.get(order_id)
            if order is None:
                raise NotFoundError("work order", order_id)
            registry = tx.registry.load()
            if wanted.crew_id and wanted.crew_id not in registry.crews:
                raise NotFoundError("crew", wanted.crew_id)
            other = tx.orders.live_for(order.site_id, order.kind)
            if wanted.name is CommandName.REOPEN and other is not None and other.id != order.id:
                raise NotAllowedError(f"{other.id} is already open for the same site and kind")
            decision = on_command(order, wanted, now_ms)
            if isinstance(decision, Refused):
                raise NotAllowedError(decision.reason, decision.allowed)
            after = carry_out(tx, desk, registry, order, decision, now_ms)
            return after or order

    return decide_again(once)
