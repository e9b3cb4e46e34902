"""`/work-orders`: what crews are asked to do; their answers, and the dispatcher's commands."""

from enum import StrEnum
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from analytics.findings import FindingKind
from api.auth import CrewMember, Dispatcher, ReaderOf, Viewer
from api.context import Context, Ctx
from api.problems import not_found
from api.routes.paging import Cursor, Word, onward, resume
from api.routes.router import api_router
from api.seeing import sees, visible
from api.wire import Listing, OrderOut, OrderWithEvents
from desk import answers, orders
from dispatch.deciding import Command, CommandName
from dispatch.orders import LastAnswer, OrderState, WorkOrder

router = api_router("work orders")


class AnswerStatus(StrEnum):
    """What a crew can say."""

    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ON_SITE = "on_site"
    DONE = "done"
    REJECTED = "rejected"


class AnswerIn(BaseModel):
    """A crew's answer. Steps may be skipped forward; a refused one shows as `last_answer.refused`."""

    model_config = ConfigDict(extra="forbid")

    status: AnswerStatus
    by: str = Field(default="", max_length=100, examples=["Tổ thoát nước 1"])
    note: str = Field(default="", max_length=1000)


class CommandIn(BaseModel):
    """A dispatcher's command.

    `assign` needs `crew_id`, `cancel` a `reason`, `close` the reason `real`, `not_blocked` or `sensor`.
    """

    model_config = ConfigDict(extra="forbid")

    command: CommandName
    crew_id: str = Field(default="", max_length=64)
    reason: str = Field(default="", max_length=200, examples=["real"])
    note: str = Field(default="", max_length=1000)


@router.get("/work-orders", summary="Work orders")
def work_orders(
    ctx: Ctx,
    viewer: ReaderOf,
    state: OrderState | None = None,
    crew: Word = None,
    site: Word = None,
    kind: FindingKind | None = None,
    live: Annotated[bool, Query(description="Only those that have not ended")] = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Cursor = None,
) -> Listing[OrderOut]:
    """Work orders, newest first."""
    registry = ctx.registry()
    with ctx.ports.state.snapshot() as tx:
        rows, after = tx.orders.page(
            state=state,
            crew_id=crew,
            site_id=site,
            kind=kind,
            live_only=live,
            limit=limit,
            after=resume("orders", cursor),
        )
    rows = visible(viewer, registry, rows, lambda order: order.site_id)
    return Listing(items=[OrderOut.of(row) for row in rows], next=onward("orders", after))


@router.get("/work-orders/{order_id}", summary="One work order with its events")
def work_order(ctx: Ctx, viewer: ReaderOf, order_id: str) -> OrderWithEvents:
    """The work order and everything that happened to it."""
    order = order_or_404(ctx, viewer, order_id)
    with ctx.ports.state.snapshot() as tx:
        return OrderWithEvents.told(order, tx.events.of_order(order_id))


@router.post("/work-orders/{order_id}/answers", summary="A crew answers")
def answer(ctx: Ctx, viewer: CrewMember, order_id: str, body: AnswerIn) -> OrderOut:
    """Record what the crew said. Look at `last_answer.refused`: a step backwards is kept but not followed."""
    return OrderOut.of(give_answer(ctx, viewer, order_id, body))


@router.post("/work-orders/{order_id}/commands", summary="A dispatcher decides")
def command(ctx: Ctx, viewer: Dispatcher, order_id: str, body: CommandIn) -> OrderOut:
    """Carry out a command, or answer 409 with the states that are `allowed` from here."""
    return OrderOut.of(give_command(ctx, viewer, order_id, body))


def give_answer(ctx: Context, viewer: Viewer, order_id: str, body: AnswerIn) -> WorkOrder:
    """The order after the answer of its own crew. Raises the desk's errors."""
    order = order_or_404(ctx, viewer, order_id)
    said = LastAnswer(status=body.status.value, by=body.by or viewer.label, note=body.note)
    return answers.answer(ctx.desk, order_id, order.crew_id, said, ctx.now_ms())


def give_command(ctx: Context, viewer: Viewer, order_id: str, body: CommandIn) -> WorkOrder:
    """The order after the command. Raises the desk's errors."""
    order_or_404(ctx, viewer, order_id)
    wanted = Command(
        name=body.command,
        actor=viewer.actor,
        crew_id=body.crew_id,
        reason=body.reason,
        note=body.note,
    )
    return orders.command(ctx.desk, order_id, wanted, ctx.now_ms())


def order_or_404(ctx: Context, viewer: Viewer, order_id: str) -> WorkOrder:
    """The order, or the same 404 whether it does not exist or is not this viewer's to see."""
    with ctx.ports.state.snapshot() as tx:
        order = tx.orders.get(order_id)
    if order is None or not sees(viewer, ctx.registry(), order.site_id):
        raise not_found("work order", order_id)
    return order
