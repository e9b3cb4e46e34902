"""`kenh keys`: who may use the API."""

from typing import Annotated

import typer

from desk import keys as desk_keys
from desk.errors import NotFoundError
from kenh.app import wall_clock_ms
from kenh.commands.common import DataOption, fail, opened_state
from kenh.times import rfc3339

group = typer.Typer(no_args_is_help=True, help="Keys for the API.")


def register(cli: typer.Typer) -> None:
    """Hang the group on the command line."""
    cli.add_typer(group, name="keys")


@group.command()
def create(
    scope: Annotated[desk_keys.Scope, typer.Option("--scope", help="what the key may do")],
    village: Annotated[str, typer.Option("--village", help="limit the key to one village")] = "",
    label: Annotated[str, typer.Option("--label", help="what it is for")] = "",
    data: DataOption = None,
) -> None:
    """Make a key and print it. It is shown this once only."""
    with opened_state(data) as state:
        if village:
            with state.snapshot() as tx:
                if village not in tx.registry.load().villages:
                    fail(f"there is no village {village!r}")
        typer.echo(desk_keys.create(state, scope, label, wall_clock_ms(), village_id=village))


@group.command("list")
def list_keys(data: DataOption = None) -> None:
    """Every key: id, scope, village, made at, state, label."""
    with opened_state(data) as state, state.snapshot() as tx:
        for key in tx.keys.all():
            status = "revoked" if key.revoked_ms is not None else "active"
            row = (key.id, key.scope, key.village_id or "-", rfc3339(key.created_ms), status, key.label)
            typer.echo("\t".join(row))


@group.command()
def revoke(key_id: Annotated[str, typer.Argument(metavar="ID")], data: DataOption = None) -> None:
    """Close a key for good."""
    with opened_state(data) as state:
        try:
            desk_keys.revoke(state, key_id, wall_clock_ms())
        except NotFoundError as error:
            fail(str(error))
