"""`/devices`: what measures, where it hangs, and whether its numbers make sense."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from api.auth import DispatchReader, ReaderOf, Viewer
from api.context import Context, Ctx
from api.problems import ProblemError, not_found
from api.routes.paging import DEFAULT_LIMIT, Cursor, Limit, Word, cut
from api.routes.router import api_router
from api.seeing import sees
from api.wire import LatestOut, Listing
from api.wire_devices import CompletenessOut, DeviceWhole, RejectOut, SignOut
from api.wire_ground import DeviceOut
from desk.device_checks import device_id_of, open_mounting
from desk.keys import Scope
from devices.frames import completeness
from devices.models import MODELS
from devices.qr import read_qr
from devices.readings import Qc, SeriesKey
from devices.sense import main_quantity, sense
from devices.sense_place import neighbours_of
from devices.sites import Device, Mounting, Registry
from devices.uplinks import Rejected
from storage.protocols import Latest

router = api_router("devices")

DAY_MS = 86_400_000
_REJECTS_SHOWN = 5


class QrOut(BaseModel):
    """What a label says. `is_known` says whether the device is registered; `model_hint` is a guess."""

    dev_eui: str
    join_eui: str
    serial: str
    model_hint: str
    is_known: bool
    in_quarantine: bool


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


# Before `/devices/{device_id}`, which would take `qr` for a device.
@router.get("/devices/qr", summary="Which device a scanned label names")
def qr(
    ctx: Ctx,
    viewer: DispatchReader,  # noqa: ARG001 - the check is the point
    text: Annotated[
        str,
        Query(
            max_length=5000,
            description="What the code says, or what stands on the label",
            examples=["LW:D0:70B3D57ED0000001:A84041AA00000001:00010002"],
        ),
    ],
) -> QrOut:
    """Read a LoRa Alliance code (TR005), a DevEUI, or a text that names one; a 422 says why there is none."""
    found = read_qr(text)
    if isinstance(found, Rejected):
        raise ProblemError(422, found.detail)
    with ctx.ports.state.snapshot() as tx:
        waiting = tx.quarantine.get(found.dev_eui)
    return QrOut(
        dev_eui=found.dev_eui,
        join_eui=found.join_eui,
        serial=found.serial,
        model_hint=found.model_hint,
        is_known=found.dev_eui in ctx.registry().devices,
        in_quarantine=waiting is not None,
    )


@router.get("/devices/{device_id}", summary="One device: where it hangs, and whether it makes sense")
def device(ctx: Ctx, viewer: ReaderOf, device_id: str) -> DeviceWhole:
    """The installer's view, from the first uplink on. Rejects are shown to dispatchers only."""
    return whole(ctx, viewer, device_or_404(ctx, viewer, device_id))


def device_or_404(ctx: Context, viewer: Viewer, device_id: str) -> Device:
    """The device, or the same 404 whether it does not exist or is not this viewer's to see."""
    registry = ctx.registry()
    found = registry.devices.get(device_id) or registry.devices.get(device_id_of(device_id))
    if found is None or not _wanted(found, registry, viewer, None):
        raise not_found("device", device_id)
    return found


def whole(ctx: Context, viewer: Viewer, device: Device) -> DeviceWhole:
    """Everything there is to say about a device, for this viewer."""
    registry, now_ms = ctx.registry(), ctx.now_ms()
    with ctx.ports.state.snapshot() as tx:
        last_ms = tx.devices_seen.all().get(device.id)
        gateways = tx.devices_seen.links(now_ms - DAY_MS).get(device.id, ())
        radio = tx.radio.get(device.id)
        frames = tx.frames.of_device(device.id, now_ms - DAY_MS)
        rejects, _ = tx.rejects.page(_REJECTS_SHOWN, device_id=device.id)
    if not viewer.may(Scope.DISPATCHER):
        rejects = []
    mounting = open_mounting(registry, device.id)
    site = registry.sites.get(mounting.site_id) if mounting else None
    latest = _latest(ctx, mounting)
    signs = sense(
        device,
        mounting,
        site,
        MODELS.get(device.model),
        latest,
        last_ms,
        now_ms,
        spreading_factor=radio.spreading_factor if radio else None,
        neighbours=neighbours_of(site, registry) if site else None,
        recent=_recent(ctx, mounting, main_quantity(latest), now_ms),
    )
    return DeviceWhole(
        **DeviceOut.of(device, registry, last_ms).model_dump(),
        gateways=list(gateways),
        signs=[SignOut.of(sign) for sign in signs],
        completeness=CompletenessOut.of(completeness(frames)),
        latest=[LatestOut.of(row, now_ms) for row in latest],
        rejects=[RejectOut.of(row) for row in rejects],
    )


def _latest(ctx: Context, mounting: Mounting | None) -> list[Latest]:
    if mounting is None:
        return []
    rows = ctx.ports.readings.latest([mounting.site_id])
    return sorted((row for row in rows if row.key.channel == mounting.channel), key=lambda row: row.key)


def _recent(ctx: Context, mounting: Mounting | None, quantity: str | None, now_ms: int) -> list[float]:
    """The values of a quantity of the last day, those of an echo that did not come left out."""
    if mounting is None or quantity is None:
        return []
    key = SeriesKey(mounting.site_id, mounting.channel, quantity)
    columns = ctx.ports.readings.range([key], max(mounting.from_ms, now_ms - DAY_MS), now_ms + 1)
    return [float(value) for column in columns for value in column.value[column.qc < Qc.FAIL]]


def _wanted(device: Device, registry: Registry, viewer: Viewer, site: str | None) -> bool:
    stands = [mounting.site_id for mounting in registry.mountings.get(device.id, ())]
    if site is not None and site not in stands:
        return False
    return not viewer.village_id or any(sees(viewer, registry, site_id) for site_id in stands)
