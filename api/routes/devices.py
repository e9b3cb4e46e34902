"""`/devices`, and what stands before a device is one: `/quarantine` and `/rejects`."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from api.auth import DispatchReader, ReaderOf, Viewer
from api.context import Ctx
from api.params import iso
from api.routes.paging import DEFAULT_LIMIT, Cursor, Limit, Word, cut, onward, resume
from api.routes.router import api_router
from api.seeing import sees
from api.wire import Listing
from api.wire_ground import DeviceOut
from devices.sites import Device, Registry

router = api_router("devices")


class QuarantinedOut(BaseModel):
    """A device that speaks and that nobody has adopted yet."""

    device_id: str
    name: str
    model_hint: str
    topic: str
    first_seen: str
    last_seen: str
    messages: int


class RejectOut(BaseModel):
    """An uplink that was refused, and why. `payload_hex` is its beginning."""

    received_at: str
    topic: str
    device_id: str
    reason: str
    detail: str
    payload_hex: str


@router.get("/devices", summary="Devices and where they are mounted")
def devices(
    ctx: Ctx, viewer: ReaderOf, site: Word = None, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Listing[DeviceOut]:
    """Devices by id; `site` keeps those that stand there or stood there."""
    registry = ctx.registry()
    rows = [registry.devices[key] for key in sorted(registry.devices)]
    rows = [device for device in rows if _wanted(device, registry, viewer, site)]
    page, following = cut("devices", rows, lambda device: device.id, limit, cursor)
    with ctx.ports.state.snapshot() as tx:
        seen = tx.devices_seen.all()
    return Listing(
        items=[DeviceOut.of(device, registry, seen.get(device.id)) for device in page], next=following
    )


@router.get("/quarantine", summary="Devices nobody has adopted yet")
def quarantine(ctx: Ctx, viewer: DispatchReader) -> Listing[QuarantinedOut]:  # noqa: ARG001 - the check is the point
    """Unknown devices that were heard. `kenh devices adopt` makes them ours."""
    with ctx.ports.state.snapshot() as tx:
        rows = tx.quarantine.all()
    return Listing(
        items=[
            QuarantinedOut(
                device_id=row.device_id,
                name=row.name,
                model_hint=row.model_hint,
                topic=row.topic,
                first_seen=iso(row.first_ms),
                last_seen=iso(row.last_ms),
                messages=row.count,
            )
            for row in rows
        ]
    )


@router.get("/rejects", summary="Uplinks that were refused")
def rejects(
    ctx: Ctx,
    viewer: DispatchReader,  # noqa: ARG001 - the check is the point
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Cursor = None,
) -> Listing[RejectOut]:
    """Refused uplinks, newest first, each with a reason from the closed list."""
    with ctx.ports.state.snapshot() as tx:
        rows, after = tx.rejects.page(limit, resume("rejects", cursor))
    items = [
        RejectOut(
            received_at=iso(row.received_ms),
            topic=row.topic,
            device_id=row.device_id,
            reason=str(row.reason),
            detail=row.detail,
            payload_hex=row.payload[:256].hex(),
        )
        for row in rows
    ]
    return Listing(items=items, next=onward("rejects", after))


def _wanted(device: Device, registry: Registry, viewer: Viewer, site: str | None) -> bool:
    stands = [mounting.site_id for mounting in registry.mountings.get(device.id, ())]
    if site is not None and site not in stands:
        return False
    return not viewer.village_id or any(sees(viewer, registry, site_id) for site_id in stands)
