"""`/readings`: what was measured, in order of time."""

from typing import Annotated, cast

from fastapi import Query
from starlette.responses import Response

from api.auth import ReaderOf
from api.context import Ctx
from api.params import from_cursor, time_ms, to_cursor
from api.problems import bad_parameter
from api.routes.paging import DEFAULT_LIMIT, Cursor, Limit, Word
from api.routes.router import api_router
from api.seeing import visible
from api.wire import Listing, ReadingOut

router = api_router("readings")

DAY_MS = 86_400_000
_KEY = (int, str, str, str)
Moment = Annotated[
    str | None,
    Query(max_length=40, description="RFC 3339 or epoch seconds", examples=["2026-11-23T07:00:00Z"]),
]


@router.get("/readings", summary="Readings", response_model=Listing[ReadingOut])
def readings(
    ctx: Ctx,
    viewer: ReaderOf,
    site: Word = None,
    channel: Word = None,
    quantity: Word = None,
    since: Annotated[Moment, Query(alias="from")] = None,
    until: Annotated[Moment, Query(alias="to")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Readings with `from <= time < to`, the last 24 hours by default.

    In order of time, site, channel, quantity.
    A page may hold fewer than `limit` readings; only `next: null` means that there are no more.
    """
    to_ms = ctx.now_ms() + 1 if until is None else time_ms("to", until)
    from_ms = max(0, to_ms - DAY_MS) if since is None else time_ms("from", since)
    if from_ms > to_ms:
        raise bad_parameter("from", "it lies after 'to'")
    after = None
    if cursor is not None:
        after = cast("tuple[int, str, str, str]", tuple(from_cursor("readings", cursor, _KEY)))
    page = ctx.ports.readings.page(
        site_id=site,
        channel=channel,
        quantity=quantity,
        from_ms=from_ms,
        to_ms=to_ms,
        limit=limit,
        after=after,
    )
    registry = ctx.registry()
    rows = visible(viewer, registry, page.readings, lambda reading: reading.site_id)
    following = None if page.next_after is None else to_cursor("readings", *page.next_after)
    listing = Listing[ReadingOut](items=[ReadingOut.of(row) for row in rows], next=following)
    # Serialised here, once: FastAPI would validate ten thousand rows that we have just built ourselves.
    return Response(listing.model_dump_json(), media_type="application/json")
