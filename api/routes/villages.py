"""`/villages`: the thôn and tổ dân phố, in Vietnamese order."""

from api.auth import ReaderOf
from api.context import Ctx
from api.routes.router import api_router
from api.wire import Listing
from api.wire_ground import VillageOut
from devices.vietnamese import sort_key

router = api_router("places")


@router.get("/villages", summary="Villages and their clusters")
def villages(ctx: Ctx, viewer: ReaderOf) -> Listing[VillageOut]:
    """Every village, sorted the Vietnamese way by its label."""
    registry = ctx.registry()
    rows = [
        VillageOut.of(village, registry)
        for village in registry.villages.values()
        if viewer.village_id in ("", village.id)
    ]
    return Listing(items=sorted(rows, key=lambda row: sort_key(row.label)))
