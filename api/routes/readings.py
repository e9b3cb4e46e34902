"""`/readings`: what was measured, in order of time; and what people have read or seen."""

from typing import Annotated, cast

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response
from starlette.status import HTTP_201_CREATED

from api.auth import Dispatcher, ReaderOf
from api.context import Ctx
from api.params import from_cursor, time_ms, to_cursor
from api.problems import bad_parameter
from api.routes.paging import DEFAULT_LIMIT, Cursor, Limit, Word
from api.routes.router import api_router
from api.seeing import site_or_404, visible
from api.wire import Listing, ReadingOut
from desk.reports import Report, Source, report
from devices.sites import DEFAULT_CHANNEL

router = api_router("readings")

DAY_MS = 86_400_000
_KEY = (int, str, str, str)
Moment = Annotated[
    str | None,
    Query(max_length=40, description="RFC 3339 or epoch seconds", examples=["2026-11-23T07:00:00Z"]),
]


class ReportIn(BaseModel):
    """What a person has read or seen.

    `quantity` is `water_level_m` (a staff gauge, above the floor of the drain), `depth_over_street_m` (0.2
    for 20 cm of water on the street), `fill_pct`, `heap_m`, `rain_mm` or `pump_running`.
    `time` is now by default, and 7 days ago at most.
    """

    model_config = ConfigDict(
        extra="forbid",
        allow_inf_nan=False,
        json_schema_extra={
            "examples": [{"site": "G07", "quantity": "depth_over_street_m", "value": 0.2, "source": "patrol"}]
        },
    )

    site: str = Field(max_length=64, examples=["G07"])
    channel: str = Field(default=DEFAULT_CHANNEL, max_length=64)
    quantity: str = Field(max_length=64, examples=["depth_over_street_m"])
    value: float = Field(examples=[0.2])
    source: Source
    time: str | None = Field(default=None, max_length=40, examples=["2026-11-23T07:00:00Z"])
    reference: str = Field(default="", max_length=200, examples=["photo 1207"])
    note: str = Field(default="", max_length=1000, examples=["ngập 20 cm, xe máy chết máy"])


@router.post("/readings", summary="Report what a person has read or seen", status_code=HTTP_201_CREATED)
def report_reading(ctx: Ctx, viewer: Dispatcher, body: ReportIn) -> ReadingOut:
    """A staff gauge, water over the street, a bin looked into: stored as a reading with its source.

    Water over a street becomes a level where the depth of the site is known; where it is not, a 422 says what
    is missing.
    """
    site_or_404(viewer, ctx.registry(), body.site)
    said = Report(
        site_id=body.site,
        channel=body.channel,
        quantity=body.quantity,
        value=body.value,
        source=body.source,
        time_ms=None if body.time is None else time_ms("time", body.time),
        reference=body.reference,
        note=body.note,
    )
    ports = ctx.ports
    return ReadingOut.of(report(ports.state, ports.readings, ports.feed, said, ctx.now_ms(), viewer.actor))


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
