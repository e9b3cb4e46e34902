"""Carrying out a decision: the order, its events and its messages, in the caller's transaction."""

from dataclasses import replace

from desk.context import Desk
from devices.sites import Registry, Site, SiteKind
from dispatch.deciding import Decision
from dispatch.messages import outgoing
from dispatch.orders import WorkOrder
from storage.state import Tx


def carry_out(
    tx: Tx, desk: Desk, registry: Registry, before: WorkOrder | None, decision: Decision, now_ms: int
) -> WorkOrder | None:
    """Save what was decided: order, events and outbox rows. Returns the order as it now stands.

    Raises:
        ConflictError: somebody saved the order since `before` was loaded; the caller decides again.
    """
    saved = before
    if decision.order is not None:
        saved = tx.orders.save(decision.order)
        put_messages(tx, desk, registry, before, saved, now_ms)
    for event in decision.events:
        if saved is not None and not event.order_id:
            event = replace(event, order_id=saved.id)
        tx.events.append(event)
    return saved


def put_messages(
    tx: Tx, desk: Desk, registry: Registry, before: WorkOrder | None, after: WorkOrder, now_ms: int
) -> None:
    """Put what the change calls for into the outbox.

    A retained topic shows one thing only, so what still waits for the same topic is withdrawn: a crew that
    was away sees where the order stands, not how it got there.
    """
    site = registry.sites.get(after.site_id) or _stranger(after.site_id)
    messages = outgoing(before, after, site, registry, now_ms, demo=desk.demo, public_url=desk.public_url)
    for channel, target in dict.fromkeys((message.channel, message.target) for message in messages):
        tx.outbox.withdraw(channel, target)
    for message in messages:
        tx.outbox.put(message)


def tell_again(desk: Desk, now_ms: int) -> int:
    """Put every live order's message into the outbox once more, for a broker that has forgotten what it
    retained; returns how many.
    """
    with desk.state.transaction() as tx:
        registry = tx.registry.load()
        told = 0
        for order in tx.orders.live():
            site = registry.sites.get(order.site_id) or _stranger(order.site_id)
            for message in outgoing(
                order, order, site, registry, now_ms, demo=desk.demo, public_url=desk.public_url
            ):
                tx.outbox.put(replace(message, key=f"{message.key}:again:{now_ms}"))
                told += 1
    return told


def _stranger(site_id: str) -> Site:
    """A finding may be about a gateway, or about a site that has been removed since."""
    return Site(id=site_id, kind=SiteKind.WATCH_SPOT)
