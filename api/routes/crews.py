"""`/crews`: who is sent."""

from api.auth import ReaderOf
from api.context import Ctx
from api.routes.router import api_router
from api.wire import Listing
from api.wire_ground import CrewOut
from desk.keys import Scope
from devices.vietnamese import sort_key

router = api_router("work orders")


@router.get("/crews", summary="Crews and what they cover")
def crews(ctx: Ctx, viewer: ReaderOf) -> Listing[CrewOut]:
    """Every crew. Telephone numbers are for those who may act."""
    with_phone = viewer.may(Scope.CREW)
    rows = sorted(ctx.registry().crews.values(), key=lambda crew: sort_key(crew.name))
    return Listing(items=[CrewOut.of(crew, with_phone=with_phone) for crew in rows])
