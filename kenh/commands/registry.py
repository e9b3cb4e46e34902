"""`kenh sites|devices|crews`: what stands in the commune, in and out."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from desk import importing
from devices.importing import (
    ImportRefused,
    export_crews_csv,
    export_devices_csv,
    export_sites_csv,
    export_sites_geojson,
    text_of,
)
from devices.sites import Registry
from kenh.commands import device_work
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
    device_work.register(devices)
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
