"""What happens to work orders because time passes."""

from functools import partial

from desk.carrying import carry_out
from desk.context import Desk
from desk.retrying import decide_again
from dispatch.deciding import on_tick


def tick(desk: Desk, now_ms: int) -> int:
    """Let every live order notice the time; returns how many changed."""
    with desk.state.snapshot() as tx:
        live = [order.id for order in tx.orders.live()]
    return sum(decide_again(partial(_tick_one, desk, order_id, now_ms)) for order_id in live)


def _tick_one(desk: Desk, order_id: str, now_ms: int) -> int:
    with desk.state.snapshot() as tx:
        order = tx.orders.get(order_id)
        finding = tx.findings.get(order.finding_id) if order else None
        if order is None or on_tick(order, finding, now_ms).order is None:
            return 0
    with desk.state.transaction() as tx:
        order = tx.orders.get(order_id)
        if order is None or not order.is_live:
            return 0
        finding = tx.findings.get(order.finding_id)
        decision = on_tick(order, finding, now_ms)
        if decision.order is None:
            return 0
        carry_out(tx, desk, tx.registry.load(), order, decision, now_ms)
        return 1
