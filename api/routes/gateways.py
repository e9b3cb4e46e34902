"""`/gateways`: the radio gateways, when they were last heard, and how much they hear."""

from api.auth import ReaderOf
from api.context import Ctx
from api.routes.router import api_router
from api.wire import Listing
from api.wire_ground import GatewayOut
from desk.frames import GatewayFrames, gateway_frames
from devices.sites import Gateway

router = api_router("devices")

_DAY_MS = 86_400_000
_NOTHING = GatewayFrames(0, 0, 0.0)


class HearingGatewayOut(GatewayOut):
    """A radio gateway, and what it passed on in the last 24 hours.

    `share_24h` is its part, 0 to 1, of the numbered uplinks that came by radio; several may hear one.
    """

    devices_24h: int
    frames_24h: int
    share_24h: float


@router.get("/gateways", summary="Gateways")
def gateways(ctx: Ctx, viewer: ReaderOf) -> Listing[HearingGatewayOut]:  # noqa: ARG001 - a key is needed
    """Gateways that are registered or were heard."""
    registry = ctx.registry()
    with ctx.ports.state.snapshot() as tx:
        heard = tx.devices_seen.gateways()
    hearing = gateway_frames(ctx.ports.state, ctx.now_ms() - _DAY_MS)
    ids = sorted({*registry.gateways, *heard})
    known = [registry.gateways.get(key, Gateway(key)) for key in ids]
    return Listing(
        items=[_out(gateway, heard.get(gateway.id), hearing.get(gateway.id, _NOTHING)) for gateway in known]
    )


def _out(gateway: Gateway, last_ms: int | None, hearing: GatewayFrames) -> HearingGatewayOut:
    return HearingGatewayOut(
        **GatewayOut.of(gateway, last_ms).model_dump(),
        devices_24h=hearing.devices,
        frames_24h=hearing.frames,
        share_24h=round(hearing.share, 3),
    )
