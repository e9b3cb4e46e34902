"""`/stream`: what happens, as server-sent events that can be resumed where they broke off."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, NamedTuple

import orjson
from fastapi import Header, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api.auth import ReaderOf, Viewer, viewer_or_none
from api.context import Context, Ctx
from api.params import iso_or_none
from api.problems import bad_parameter
from api.routes.router import api_router
from api.seeing import sees
from api.wire import EventOut
from dispatch.orders import Event

router = api_router("stream")

POLL_S = 1.0
BEAT_S = 15.0
BATCH = 200
_MAX_SEQ = 2**63 - 1


@router.get(
    "/stream",
    summary="Live events (SSE)",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "An endless stream"}},
)
async def stream(
    request: Request,
    ctx: Ctx,
    viewer: ReaderOf,
    after: Annotated[int | None, Query(ge=0, le=_MAX_SEQ, description="Begin after this event")] = None,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> StreamingResponse:
    """Every event as it happens, its `id` being its place in the log; `beat` events say how old the data are.

    Reconnecting with `Last-Event-ID` (browsers do) misses nothing. Without it the stream begins now.
    """
    start = after if last_event_id is None else _seq(last_event_id)
    if start is None:
        start = await run_in_threadpool(_head, ctx)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    body = _events(request, ctx, viewer, start)
    return StreamingResponse(body, media_type="text/event-stream", headers=headers)


async def _events(request: Request, ctx: Context, viewer: Viewer, seq: int) -> AsyncIterator[bytes]:
    yield b"retry: 3000\n\n"
    yield await run_in_threadpool(_beat, ctx)
    beat_at = time.monotonic() + BEAT_S
    while not ctx.ports.stopping() and not await request.is_disconnected():
        news = await run_in_threadpool(_news, ctx, viewer, seq)
        seq = news.seq
        for line in news.lines:
            yield line
        if time.monotonic() >= beat_at:
            # A key that was revoked or a session that ran out ends the stream as well.
            if await run_in_threadpool(viewer_or_none, request) is None:
                return
            yield await run_in_threadpool(_beat, ctx)
            beat_at = time.monotonic() + BEAT_S
        if not news.more:
            await asyncio.sleep(POLL_S)


class _News(NamedTuple):
    """What happened after the last look: how far it goes, the lines to send, and whether there is more."""

    seq: int
    lines: list[bytes]
    more: bool


def _news(ctx: Context, viewer: Viewer, seq: int) -> _News:
    registry = ctx.registry()
    with ctx.ports.state.snapshot() as tx:
        rows = tx.events.after(seq, BATCH)
    lines = [_line(number, event) for number, event in rows if sees(viewer, registry, event.site_id)]
    return _News(rows[-1][0] if rows else seq, lines, len(rows) == BATCH)


def _seq(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > _MAX_SEQ:
        raise bad_parameter("Last-Event-ID", "send back the id of the last event as it was")
    return int(text)


def _head(ctx: Context) -> int:
    with ctx.ports.state.snapshot() as tx:
        return tx.events.head()


def _line(seq: int, event: Event) -> bytes:
    body = EventOut.of(event, seq).model_dump_json().encode()
    return b"id: %d\ndata: %s\n\n" % (seq, body)


def _beat(ctx: Context) -> bytes:
    newest = ctx.newest_reading_ms()
    body = {"now": iso_or_none(ctx.now_ms()), "last_reading": iso_or_none(newest)}
    return b"event: beat\ndata: %s\n\n" % orjson.dumps(body)
