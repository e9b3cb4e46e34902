"""`kenh rejects list`: what was refused, and why."""

from typing import Annotated

import typer

from kenh.commands.common import DataOption, opened_state
from kenh.times import rfc3339

group = typer.Typer(no_args_is_help=True, help="Uplinks that could not be understood.")


def register(cli: typer.Typer) -> None:
    """Hang the group on the command line."""
    cli.add_typer(group, name="rejects")


@group.command("list")
def list_rejects(
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 50, data: DataOption = None
) -> None:
    """The newest first: received at, reason, device, topic, detail, payload in hexadecimal."""
    with opened_state(data) as state, state.snapshot() as tx:
        rows, _ = tx.rejects.page(limit, None)
        for row in rows:
            cells = (rfc3339(row.received_ms), row.reason, row.device_id or "-", row.topic, row.detail)
            typer.echo("\t".join((*cells, row.payload[:200].hex())))
