"""A crew answers: accepted, on the way, there, done, or no."""

from desk.carrying import carry_out
from desk.context import Desk
from desk.errors import NotFoundError, NotYoursError
from desk.retrying import decide_again
from dispatch.deciding import on_answer
from dispatch.orders import LastAnswer, WorkOrder


def answer(desk: Desk, order_id: str, crew_id: str, said: LastAnswer, now_ms: int) -> WorkOrder:
    """Record what the crew said. A refused answer is saved too: the order shows it with the reason.

    Raises:
        NotFoundError: no such order.
        NotYoursError: the order is another crew's.
    """

    def once() -> WorkOrder:
        with desk.state.transaction() as tx:
            order = tx.orders.get(order_id)
            if order is None:
                raise NotFoundError("work order", order_id)
            if order.crew_id != crew_id:
                raise NotYoursError(order_id, crew_id)
            decision = on_answer(order, said, now_ms)
            after = carry_out(tx, desk, tx.registry.load(), order, decision, now_ms)
            return after or order

    return decide_again(once)
