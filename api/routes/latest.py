"""`/latest`: the newest reading of every series."""

from api.auth import ReaderOf
from api.context import Ctx
from api.routes.paging import Word
from api.routes.router import api_router
from api.seeing import visible_sites
from api.wire import LatestOut, Listing

router = api_router("readings")


@router.get("/latest", summary="The newest reading of every series")
def latest(
    ctx: Ctx,
    viewer: ReaderOf,
    site: Word = None,
    village: Word = None,
    kind: Word = None,
    quantity: Word = None,
) -> Listing[LatestOut]:
    """The newest reading of each (site, channel, quantity). A silent series keeps its last, with its age."""
    wanted = [
        place.id
        for place in visible_sites(viewer, ctx.registry())
        if site in (None, place.id)
        and village in (None, place.village_id)
        and kind in (None, place.kind.value)
    ]
    now_ms = ctx.now_ms()
    rows = [row for row in ctx.ports.readings.latest(wanted) if quantity in (None, row.key.quantity)]
    rows.sort(key=lambda row: row.key)
    return Listing(items=[LatestOut.of(row, now_ms) for row in rows])
