"""`/quantities`: the closed list of what is measured."""

from api.auth import ReaderOf
from api.routes.router import api_router
from api.wire import Listing
from api.wire_ground import QuantityOut
from devices.quantities import QUANTITIES

router = api_router("readings")


@router.get("/quantities", summary="Quantities and their units")
def quantities(viewer: ReaderOf) -> Listing[QuantityOut]:  # noqa: ARG001 - a key is needed
    """Everything a reading may be of."""
    return Listing(items=[QuantityOut.of(quantity) for quantity in QUANTITIES.values()])
