"""`kenh devices adopt|show|replace|retire|calibrate`: what an installer does with a device."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer

from desk import devices as desk_devices
from desk.device_checks import device_id_of
from desk.devices import Adoption
from desk.errors import DeskError, NotFoundError
from devices.frames import completeness
from devices.models import MODELS
from devices.sites import DEFAULT_CHANNEL, Calibration, Device, Geometry, Registry
from kenh.app import wall_clock_ms
from kenh.commands.common import DataOption, fail, opened_state, say
from kenh.times import rfc3339
from storage.state import State, Tx

ACTOR = "command line"
_DAY_MS = 86_400_000
_REJECTS_SHOWN = 5

Id = Annotated[str, typer.Argument(metavar="ID", help="DevEUI or the device's own id")]
Model = Annotated[str | None, typer.Option("--model", help="VENDOR/MODEL; left out: as it is known")]
When = Annotated[str | None, typer.Option("--at", metavar="TIME", help="RFC 3339; now by default")]
From = Annotated[str | None, typer.Option("--from", metavar="TIME", help="RFC 3339; now by default")]
MountHeight = Annotated[
    float | None, typer.Option("--mount-height-mm", help="sensor face to bed or container floor")
]
FullDistance = Annotated[
    float | None, typer.Option("--full-distance-mm", help="sensor face to the 100 % line")
]


def register(group: typer.Typer) -> None:
    """Hang the commands on `kenh devices`."""
    group.command("adopt")(adopt)
    group.command("show")(show)
    group.command("replace")(replace)
    group.command("retire")(retire)
    group.command("calibrate")(calibrate)


def adopt(
    device_id: Id,
    site: Annotated[str, typer.Option("--site", help="the site it is mounted at")],
    model: Annotated[
        str | None, typer.Option("--model", help="VENDOR/MODEL; left out: it sends Kênh's own JSON")
    ] = None,
    channel: Annotated[str, typer.Option("--channel", help="the site's channel")] = DEFAULT_CHANNEL,
    mount_height_mm: MountHeight = None,
    full_distance_mm: FullDistance = None,
    interval_s: Annotated[int | None, typer.Option("--interval-s", help="how often it reports")] = None,
    lat: Annotated[float | None, typer.Option("--lat", help="for a site without a position")] = None,
    lon: Annotated[float | None, typer.Option("--lon")] = None,
    name: Annotated[str | None, typer.Option("--name")] = None,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="TIME", help="RFC 3339; when it was first heard by default"),
    ] = None,
    data: DataOption = None,
) -> None:
    """Mount a device at a site: from quarantine, or ahead of its first uplink."""
    _warn_of(model)
    if (lat is None) is not (lon is None):
        fail("give --lat and --lon together", 2)
    geometry = None
    if mount_height_mm is not None or full_distance_mm is not None:
        geometry = Geometry(mount_height_mm, full_distance_mm)
    wanted = Adoption(
        device_id=device_id,
        site_id=site,
        channel=channel,
        model=model,
        name=name,
        expected_interval_s=interval_s,
        geometry=geometry,
        place=None if lat is None or lon is None else (lat, lon),
        from_ms=None if since is None else _time_ms("--from", since),
    )
    with _desk(data) as state:
        adopted = desk_devices.adopt(state, wanted, wall_clock_ms(), ACTOR)
    mounting = adopted.mounting
    typer.echo(f"{mounting.device_id} is mounted at {mounting.site_id}, channel {mounting.channel}")
    if adopted.waiting:
        say(f"It sent {adopted.waiting} uplinks before; `kenh replay` makes readings of them.")


def show(device_id: Id, data: DataOption = None) -> None:
    """Print a device as JSON: mountings, last heard, gateways, completeness, what was refused."""
    with _desk(data) as state, state.snapshot() as tx:
        registry = tx.registry.load()
        device = _known(registry, device_id)
        told = _told(tx, registry, device, wall_clock_ms())
    typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())


def replace(
    old_id: Annotated[str, typer.Argument(metavar="OLD", help="the device that leaves")],
    new_id: Annotated[str, typer.Argument(metavar="NEW", help="the device that takes its place")],
    model: Model = None,
    mount_height_mm: MountHeight = None,
    full_distance_mm: FullDistance = None,
    at: When = None,
    data: DataOption = None,
) -> None:
    """Put another device in the place of one; the history stays with the site."""
    _warn_of(model)
    now_ms = wall_clock_ms()
    geometry = None
    if mount_height_mm is not None or full_distance_mm is not None:
        geometry = Geometry(mount_height_mm, full_distance_mm)
    new = Device(new_id, model=model or "")
    at_ms = now_ms if at is None else _time_ms("--at", at)
    with _desk(data) as state:
        mounting = desk_devices.replace(state, old_id, new, at_ms, geometry, now_ms=now_ms, actor=ACTOR)
    typer.echo(
        f"{mounting.device_id} is mounted at {mounting.site_id}, channel {mounting.channel}, "
        f"since {rfc3339(mounting.from_ms)}"
    )


def retire(
    device_id: Id,
    at: When = None,
    reason: Annotated[str, typer.Option("--reason", help="why")] = "",
    data: DataOption = None,
) -> None:
    """Take a device down; its history stays."""
    now_ms = wall_clock_ms()
    at_ms = now_ms if at is None else _time_ms("--at", at)
    with _desk(data) as state:
        mounting = desk_devices.retire(state, device_id, at_ms, now_ms=now_ms, actor=ACTOR, reason=reason)
    typer.echo(f"{mounting.device_id} was mounted at {mounting.site_id} until {rfc3339(at_ms)}")


def calibrate(
    device_id: Id,
    quantity: Annotated[str, typer.Option("--quantity", help="such as water_level_m")],
    offset: Annotated[float, typer.Option("--offset", help="added, in the quantity's unit")] = 0.0,
    scale: Annotated[float, typer.Option("--scale", help="multiplied by, before the offset")] = 1.0,
    since: From = None,
    note: Annotated[str, typer.Option("--note", help="how it was found out")] = "",
    data: DataOption = None,
) -> None:
    """Correct a quantity from a time on: scale * value + offset."""
    now_ms = wall_clock_ms()
    from_ms = now_ms if since is None else _time_ms("--from", since)
    calibration = Calibration(from_ms, quantity, offset, scale, by=ACTOR, note=note)
    with _desk(data) as state:
        mounting = desk_devices.calibrate(state, device_id, calibration, now_ms=now_ms, actor=ACTOR)
    typer.echo(f"{quantity} of {mounting.device_id} is {scale:g} * value {offset:+g} from {rfc3339(from_ms)}")


@contextmanager
def _desk(data: Path | None) -> Iterator[State]:
    """The opened state; what the desk refuses becomes a plain sentence."""
    with opened_state(data) as state:
        try:
            yield state
        except DeskError as error:
            fail(str(error))


def _warn_of(model: str | None) -> None:
    """A model may be known to a codec in the data folder only; so this is no refusal."""
    if model and model not in MODELS:
        say(f"{model} has no native codec: its uplinks wait for one in DATA/codecs.")
        say(f"Native are: {', '.join(sorted(MODELS))}")


def _known(registry: Registry, device_id: str) -> Device:
    device = registry.devices.get(device_id) or registry.devices.get(device_id_of(device_id))
    if device is None:
        raise NotFoundError("device", device_id)
    return device


def _told(tx: Tx, registry: Registry, device: Device, now_ms: int) -> dict[str, object]:
    last_ms = tx.devices_seen.all().get(device.id)
    frames = completeness(tx.frames.of_device(device.id, now_ms - _DAY_MS))
    rejects, _ = tx.rejects.page(_REJECTS_SHOWN, device_id=device.id)
    return {
        **asdict(device),
        "last_seen": None if last_ms is None else rfc3339(last_ms),
        "gateways": tx.devices_seen.links(now_ms - _DAY_MS).get(device.id, ()),
        "completeness_24h": {"pct": frames.pct, "received": frames.received, "missing": frames.missing},
        "mountings": [
            {
                "site": mounting.site_id,
                "channel": mounting.channel,
                "from": rfc3339(mounting.from_ms),
                "to": None if mounting.to_ms is None else rfc3339(mounting.to_ms),
                "geometry": asdict(mounting.geometry),
                "calibrations": [asdict(one) for one in mounting.calibrations],
            }
            for mounting in registry.mountings.get(device.id, ())
        ],
        "rejects": [
            {
                "id": row.id,
                "received_at": rfc3339(row.received_ms),
                "reason": str(row.reason),
                "detail": row.detail,
            }
            for row in rejects
        ],
    }


def _time_ms(name: str, text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        fail(f"{name} {text!r} is no time: write RFC 3339 with a zone, such as 2026-11-23T07:00:00Z", 2)
    return round(moment.timestamp() * 1000)
