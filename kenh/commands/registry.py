"""`kenh sites|devices|crews`: what stands in the commune, in and out; and adopting a device."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from desk import importing
from desk.devices import adopt as adopt_device
from desk.errors import DeskError
from devices.importing import (
    ImportRefused,
    export_crews_csv,
    export_devices_csv,
    export_sites_csv,
    export_sites_geojson,
    text_of,
)
from devices.models import MODELS
from devices.sites import DEFAULT_CHANNEL, Device, Geometry, Registry
from kenh.app import wall_clock_ms
from kenh.commands.common import DataOption, fail, opened_state, say, settings_for
from kenh.data_folder import refuse_demo
from storage.state import State

sites = typer.Typer(no_args_is_help=True, help="Places that are watched.")
devices = typer.Typer(no_args_is_help=True, help="Sensors and where they are mounted.")
crews = typer.Typer(no_args_is_help=True, help="Who is sent.")

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="the file to read")]
Taken = tuple[int, tuple[str, ...]]


class Format(StrEnum):
    """What an export looks like."""

    CSV = "csv"
    GEOJSON = "geojson"


FormatOption = Annotated[Format, typer.Option("--format", help="csv or geojson")]


def register(cli: typer.Typer) -> None:
    """Hang the groups on the command line."""
    cli.add_typer(sites, name="sites")
    cli.add_typer(devices, name="devices")
    cli.add_typer(crews, name="crews")


@sites.command("import")
def import_sites(file: FileArgument, data: DataOption = None) -> None:
    """Take in sites from CSV or GeoJSON: all of them, or none and every problem named."""
    fmt: Literal["csv", "geojson"] = "geojson" if file.suffix.lower() in (".geojson", ".json") else "csv"
    commune_id = settings_for(data).commune_id
    _import(file, data, "sites", lambda state, text: importing.import_sites(state, text, fmt, commune_id))


@sites.command("export")
def export_sites(fmt: FormatOption = Format.CSV, data: DataOption = None) -> None:
    """Print the sites."""
    _export(data, export_sites_geojson if fmt is Format.GEOJSON else export_sites_csv)


@devices.command("import")
def import_devices(file: FileArgument, data: DataOption = None) -> None:
    """Take in devices and their mountings from CSV: all of them, or none and every problem named."""
    _import(file, data, "devices", importing.import_devices)


@devices.command("export")
def export_devices(fmt: FormatOption = Format.CSV, data: DataOption = None) -> None:
    """Print the devices and where they hang."""
    _only_csv(fmt)
    _export(data, export_devices_csv)


@devices.command("adopt")
def adopt(
    device_id: Annotated[str, typer.Argument(metavar="ID", help="DevEUI or the device's own id")],
    site: Annotated[str, typer.Option("--site", help="the site it is mounted at")],
    model: Annotated[str, typer.Option("--model", help="VENDOR/MODEL; empty: it sends Kênh's own JSON")] = "",
    channel: Annotated[str, typer.Option("--channel", help="the site's channel")] = DEFAULT_CHANNEL,
    mount_height_mm: Annotated[
        float | None, typer.Option("--mount-height-mm", help="sensor face to bed or container floor")
    ] = None,
    full_distance_mm: Annotated[
        float | None, typer.Option("--full-distance-mm", help="sensor face to the 100 % line")
    ] = None,
    name: Annotated[str, typer.Option("--name")] = "",
    data: DataOption = None,
) -> None:
    """Mount a device at a site: from quarantine, or ahead of its first uplink."""
    if model and model not in MODELS:
        fail(f"there is no model {model!r}; there are: {', '.join(sorted(MODELS))}", 2)
    geometry = Geometry(mount_height_mm=mount_height_mm, full_distance_mm=full_distance_mm)
    device = Device(device_id, model=model, name=name)
    with opened_state(data) as state:
        try:
            mounting = adopt_device(state, device, site, channel, geometry, wall_clock_ms())
        except DeskError as error:
            fail(str(error))
    typer.echo(f"{mounting.device_id} is mounted at {mounting.site_id}, channel {mounting.channel}")


@crews.command("import")
def import_crews(file: FileArgument, data: DataOption = None) -> None:
    """Take in crews from CSV: all of them, or none and every problem named."""
    _import(file, data, "crews", importing.import_crews)


@crews.command("export")
def export_crews(fmt: FormatOption = Format.CSV, data: DataOption = None) -> None:
    """Print the crews."""
    _only_csv(fmt)
    _export(data, export_crews_csv)


def _import(file: Path, data: Path | None, what: str, take: Callable[[State, str], Taken]) -> None:
    try:
        text = text_of(file.read_bytes())
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
    except ImportRefused as refused:
        fail(f"{file}: {refused}")
    with opened_state(data) as state:
        refusal = refuse_demo(state)
        if refusal:
            fail(refusal)
        try:
            count, notices = take(state, text)
        except ImportRefused as refused:
            for problem in refused.problems:
                say(f"{file}: {problem}")
            fail(f"Nothing was imported: {len(refused.problems)} problems to mend.")
    for notice in notices:
        say(f"{file}: {notice}")
    typer.echo(f"{count} {what} imported")


def _export(data: Path | None, write: Callable[[Registry], str]) -> None:
    with opened_state(data) as state, state.snapshot() as tx:
        typer.echo(write(tx.registry.load()), nl=False)


def _only_csv(fmt: Format) -> None:
    if fmt is not Format.CSV:
        fail("only sites have a place on the map: use --format csv here", 2)
