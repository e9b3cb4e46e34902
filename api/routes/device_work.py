"""What an installer does with a device: adopt, replace, retire, mount anew, calibrate."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.auth import Installer, Viewer
from api.context import Context, Ctx
from api.params import time_ms
from api.problems import not_found
from api.routes.devices import device_or_404, whole
from api.routes.router import api_router
from api.seeing import site_or_404
from api.trying import check_model, first_look
from api.wire import ReadingOut
from api.wire_devices import DeviceWhole, SignOut
from api.wire_ground import GeometryIO, MountingOut
from desk import devices as desk_devices
from desk.device_checks import device_id_of
from desk.devices import Adopted, Adoption, NewSite
from devices.models import MODELS
from devices.readings import Reading
from devices.sense import sense
from devices.sense_place import neighbours_of
from devices.sites import DEFAULT_CHANNEL, Calibration, Clock, Device, Geometry, SiteKind

router = api_router("devices")

_REPLAY = "`kenh replay` makes readings of the uplinks it sent while in quarantine"
Moment = Annotated[str | None, Field(max_length=40, examples=["2026-11-23T07:00:00Z"])]
ModelName = Annotated[str, Field(max_length=101, examples=["milesight/em310-udl"])]
Interval = Annotated[int | None, Field(ge=1, le=604_800, examples=[600])]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


def _such_as(**example: JsonValue) -> ConfigDict:
    """A whole body that works, for the OpenAPI document."""
    return ConfigDict(json_schema_extra={"examples": [example]})


class PlaceIn(_Body):
    """Where the installer stands, in degrees (WGS 84)."""

    lat: float = Field(ge=-90, le=90, examples=[20.981])
    lon: float = Field(ge=-180, le=180, examples=[105.912])


class NewSiteIn(_Body):
    """A site that is made if there is none of that id yet."""

    kind: SiteKind
    name: str = Field(default="", max_length=200, examples=["Ga G08, ngõ 3 Giang Cao"])
    village: str = Field(default="", max_length=64, examples=["giang-cao"])


class AdoptIn(_Body):
    """Where a device is mounted, and how. What is left out stays as it is known.

    `place` becomes the site's position if it has none; `new_site` makes the site if it is not there. `from`
    is when it was mounted; by default when it was first heard, if nothing else hung on the channel since,
    else now. `clock` is whose time to believe first.
    """

    model_config = _such_as(
        site="G07",
        model="milesight/em310-udl",
        geometry={"mount_height_mm": 1850},
        place={"lat": 20.981, "lon": 105.912},
        expected_interval_s=600,
    )

    site: str = Field(max_length=64, examples=["G07"])
    channel: str = Field(default=DEFAULT_CHANNEL, max_length=64)
    model: ModelName | None = None
    name: str | None = Field(default=None, max_length=100)
    geometry: GeometryIO | None = None
    place: PlaceIn | None = None
    expected_interval_s: Interval = None
    since: Moment = Field(default=None, alias="from")
    clock: Clock | None = None
    new_site: NewSiteIn | None = None


class AdoptOut(BaseModel):
    """What came of it. `changed` is false if all of it was so already.

    `waiting` counts the uplinks the device sent while nobody knew it; `hint` says what to do about them. The
    last of them is read at once: `readings` is what it comes to here (not stored yet), `problems` what of it
    comes to nothing and why, and `signs` whether it makes sense.
    """

    mounting: MountingOut
    changed: bool
    placed: bool
    waiting: int
    hint: str
    readings: list[ReadingOut]
    problems: list[str]
    signs: list[SignOut]


class ReplaceIn(_Body):
    """The device that takes over the place. What is left out is as it was with the old one."""

    model_config = _such_as(device_id="24e124713b494221", model="milesight/em310-udl")

    device_id: str = Field(max_length=64, examples=["24e124713b494221"])
    model: ModelName = ""
    name: str = Field(default="", max_length=100)
    geometry: GeometryIO | None = None
    expected_interval_s: Interval = None
    at: Moment = None


class RetireIn(_Body):
    """When it was taken down (default: now), and why."""

    model_config = _such_as(reason="broken by a truck")

    at: Moment = None
    reason: str = Field(default="", max_length=200, examples=["broken by a truck"])


class MountIn(_Body):
    """How it hangs from a time on (default: now); `site` and `channel` only if it moved."""

    model_config = _such_as(geometry={"mount_height_mm": 1830})

    geometry: GeometryIO
    since: Moment = Field(default=None, alias="from")
    site: str | None = Field(default=None, max_length=64)
    channel: str | None = Field(default=None, max_length=64)


class CalibrateIn(_Body):
    """From a time on (default: now), the quantity is `scale * value + offset`, in its own unit."""

    model_config = _such_as(quantity="water_level_m", offset=-0.03, note="staff gauge 0.42, sensor 0.45")

    quantity: str = Field(max_length=64, examples=["water_level_m"])
    offset: float = Field(default=0.0, examples=[-0.03])
    scale: float = 1.0
    since: Moment = Field(default=None, alias="from")
    note: str = Field(default="", max_length=200, examples=["staff gauge 0.42, sensor 0.45"])


@router.post("/devices/{device_id}/adopt", summary="Adopt a device and mount it at a site")
def adopt(ctx: Ctx, viewer: Installer, device_id: str, body: AdoptIn) -> AdoptOut:
    """From quarantine, or ahead of its first uplink. Doing it again changes nothing.

    Uplinks it sent before are in the journal: `kenh replay` makes readings of them.
    """
    _check_site(ctx, viewer, body)
    check_model(ctx, body.model, "body.model")
    _check_still_ours(ctx, viewer, device_id)
    wanted = Adoption(
        device_id=device_id,
        site_id=body.site,
        channel=body.channel,
        model=body.model,
        name=body.name,
        expected_interval_s=body.expected_interval_s,
        geometry=_geometry(body.geometry),
        place=None if body.place is None else (body.place.lat, body.place.lon),
        from_ms=None if body.since is None else time_ms("from", body.since),
        clock=body.clock,
        new_site=_new_site(body.new_site),
    )
    ports = ctx.ports
    adopted = desk_devices.adopt(ports.state, wanted, ctx.now_ms(), viewer.actor, commune_id=ports.commune_id)
    readings, problems, signs = _first_word(ctx, adopted)
    return AdoptOut(
        mounting=MountingOut.of(adopted.mounting),
        changed=adopted.changed,
        placed=adopted.placed,
        waiting=adopted.waiting,
        hint=_REPLAY if adopted.waiting else "",
        readings=[ReadingOut.of(reading) for reading in readings],
        problems=problems,
        signs=signs,
    )


@router.post("/devices/{device_id}/replace", summary="Put another device in its place")
def replace(ctx: Ctx, viewer: Installer, device_id: str, body: ReplaceIn) -> DeviceWhole:
    """The new device takes over site, channel and geometry; what the old one measured stays with the site."""
    old = device_or_404(ctx, viewer, device_id)
    check_model(ctx, body.model, "body.model")
    _check_still_ours(ctx, viewer, body.device_id)
    now_ms = ctx.now_ms()
    new = Device(
        body.device_id, model=body.model, name=body.name, expected_interval_s=body.expected_interval_s
    )
    at_ms = _moment_or("at", body.at, now_ms)
    mounting = desk_devices.replace(
        ctx.ports.state,
        old.id,
        new,
        at_ms,
        _geometry(body.geometry),
        now_ms=now_ms,
        actor=viewer.actor,
    )
    return whole(ctx, viewer, ctx.registry().devices[mounting.device_id])


@router.post("/devices/{device_id}/retire", summary="Take a device down")
def retire(ctx: Ctx, viewer: Installer, device_id: str, body: RetireIn) -> DeviceWhole:
    """It stays registered, with its history and without a mounting."""
    found = device_or_404(ctx, viewer, device_id)
    now_ms = ctx.now_ms()
    at_ms = _moment_or("at", body.at, now_ms)
    desk_devices.retire(
        ctx.ports.state, found.id, at_ms, now_ms=now_ms, actor=viewer.actor, reason=body.reason
    )
    return whole(ctx, viewer, found)


@router.post("/devices/{device_id}/mounting", summary="Mount a device anew")
def mounting(ctx: Ctx, viewer: Installer, device_id: str, body: MountIn) -> DeviceWhole:
    """Another geometry from a time on, or another place.

    From the start of the present mounting on it puts that right; `kenh replay` works out its levels again.
    """
    found = device_or_404(ctx, viewer, device_id)
    if body.site is not None:
        site_or_404(viewer, ctx.registry(), body.site)
    now_ms = ctx.now_ms()
    from_ms = _moment_or("from", body.since, now_ms)
    desk_devices.remount(
        ctx.ports.state,
        found.id,
        body.geometry.geometry(),
        from_ms,
        now_ms=now_ms,
        actor=viewer.actor,
        site_id=body.site,
        channel=body.channel,
    )
    return whole(ctx, viewer, found)


@router.post("/devices/{device_id}/calibrations", summary="Correct a quantity from a time on")
def calibrate(ctx: Ctx, viewer: Installer, device_id: str, body: CalibrateIn) -> DeviceWhole:
    """Readings that come from then on are corrected; `kenh replay` corrects those that came before."""
    found = device_or_404(ctx, viewer, device_id)
    now_ms = ctx.now_ms()
    from_ms = _moment_or("from", body.since, now_ms)
    calibration = Calibration(
        from_ms, body.quantity, body.offset, body.scale, by=viewer.actor, note=body.note
    )
    desk_devices.calibrate(ctx.ports.state, found.id, calibration, now_ms=now_ms, actor=viewer.actor)
    return whole(ctx, viewer, found)


def _check_site(ctx: Context, viewer: Viewer, body: AdoptIn) -> None:
    """The site is this viewer's to see; one that is made must be as well."""
    registry = ctx.registry()
    if body.new_site is None or body.site in registry.sites:
        site_or_404(viewer, registry, body.site)
    elif viewer.village_id not in ("", body.new_site.village):
        raise not_found("village", body.new_site.village)


def _new_site(given: NewSiteIn | None) -> NewSite | None:
    return None if given is None else NewSite(given.kind, given.name, given.village)


def _first_word(ctx: Context, adopted: Adopted) -> tuple[list[Reading], list[str], list[SignOut]]:
    """What the device said last before it was adopted, read for the installer who stands there."""
    row, device, mounting = adopted.last, adopted.device, adopted.mounting
    if row is None:
        return [], [], []
    registry = ctx.registry()
    site = registry.sites[mounting.site_id]
    readings, problems = first_look(ctx, row, device, mounting, site)
    signs = sense(
        device,
        mounting,
        site,
        MODELS.get(device.model),
        readings,
        row.last_ms,
        ctx.now_ms(),
        neighbours=neighbours_of(site, registry),
    )
    return readings, problems, [SignOut.of(sign) for sign in signs]


def _check_still_ours(ctx: Context, viewer: Viewer, device_id: str) -> None:
    """A device that hangs in a village this viewer does not see is not theirs to take."""
    device_id = device_id_of(device_id)
    if device_id in ctx.registry().devices:
        device_or_404(ctx, viewer, device_id)


def _geometry(given: GeometryIO | None) -> Geometry | None:
    return None if given is None else given.geometry()


def _moment_or(name: str, text: str | None, otherwise_ms: int) -> int:
    return otherwise_ms if text is None else time_ms(name, text)
