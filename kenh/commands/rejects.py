"""`kenh rejects`: what was refused, and why."""

from typing import Annotated

import typer

from devices.uplinks import RejectReason
from kenh.commands.common import DataOption, fail, opened_state
from kenh.times import rfc3339

group = typer.Typer(no_args_is_help=True, help="Uplinks that could not be understood.")


def register(cli: typer.Typer) -> None:
    """Hang the group on the command line."""
    cli.add_typer(group, name="rejects")


@group.command("list")
def list_rejects(
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 50,
    reason: Annotated[str, typer.Option("--reason", help="only those of one reason")] = "",
    device: Annotated[str, typer.Option("--device", help="only those of one device")] = "",
    data: DataOption = None,
) -> None:
    """The newest first: number, received at, reason, device, topic, detail, the payload's beginning."""
    if reason and reason not in set(RejectReason):
        fail(f"{reason!r} is no reason; there are: {', '.join(RejectReason)}", 2)
    with opened_state(data) as state, state.snapshot() as tx:
        rows, _ = tx.rejects.page(limit, None, reason=reason, device_id=device)
    for row in rows:
        when, who = rfc3339(row.received_ms), row.device_id or "-"
        typer.echo(
            "\t".join((str(row.id), when, row.reason, who, row.topic, row.detail, _shown(row.payload[:200])))
        )


@group.command("show")
def show_reject(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="as `kenh rejects list` gives it")],
    data: DataOption = None,
) -> None:
    """Everything about one refused uplink, with its whole payload."""
    with opened_state(data) as state, state.snapshot() as tx:
        row = tx.rejects.get(number)
    if row is None:
        fail(f"there is no rejected uplink {number}: the oldest are let go, and replayed ones leave")
    typer.echo(
        f"received  {rfc3339(row.received_ms)}\ntopic     {row.topic}\ndevice    {row.device_id or '-'}"
    )
    typer.echo(f"reason    {row.reason}\ndetail    {row.detail}\nbytes     {len(row.payload)}")
    typer.echo(f"hex       {row.payload.hex()}\ntext      {row.payload.decode(errors='backslashreplace')}")


def _shown(payload: bytes) -> str:
    """As text where it is printable text, else in hexadecimal."""
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return payload.hex()
    return text if text.isprintable() else payload.hex()
