"""`/gateways`: the radio gateways and when they were last heard."""

from api.auth import ReaderOf
from api.context import Ctx
from api.routes.router import api_router
from api.wire import Listing
from api.wire_ground import GatewayOut
from devices.sites import Gateway

router = api_router("devices")


@router.get("/gateways", summary="Gateways")
def gateways(ctx: Ctx, viewer: ReaderOf) -> Listing[GatewayOut]:  # noqa: ARG001 - a key is needed
    """Gateways that are registered or were heard."""
    registry = ctx.registry()
    with ctx.ports.state.snapshot() as tx:
        heard = tx.devices_seen.gateways()
    ids = sorted({*registry.gateways, *heard})
    known = [registry.gateways.get(key, Gateway(key)) for key in ids]
    return Listing(items=[GatewayOut.of(gateway, heard.get(gateway.id)) for gateway in known])
