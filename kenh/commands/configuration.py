"""`kenh config` and `kenh version`."""

from importlib.metadata import version as installed_version

import typer

from kenh.commands.common import DataOption, settings_for
from kenh.settings import leaves


def register(cli: typer.Typer) -> None:
    """Hang both on the command line."""
    cli.command("config")(config)
    cli.command("version")(version)


def config(data: DataOption = None) -> None:
    """Every setting: name, value, the environment variable that sets it, meaning."""
    for name, value, meaning in leaves(settings_for(data)):
        variable = "KENH_" + name.upper().replace(".", "__")
        typer.echo(f"{name} = {value}    # {variable}: {meaning}")


def version() -> None:
    """The version of Kênh."""
    typer.echo(installed_version("kenh"))
