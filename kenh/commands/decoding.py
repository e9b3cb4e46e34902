"""`kenh decode`: what a codec makes of a payload."""

from typing import Annotated

import orjson
import typer

from devices.models import MODELS
from kenh.commands.common import fail


def register(cli: typer.Typer) -> None:
    """Hang it on the command line."""
    cli.command("decode")(decode)


def decode(
    payload: Annotated[str, typer.Argument(metavar="HEX", help="the payload, in hexadecimal")],
    f_port: Annotated[int, typer.Option("--port", help="LoRaWAN port the payload came on")],
    model: Annotated[str, typer.Option("--model", help="VENDOR/MODEL with a native codec")] = "",
    codec: Annotated[str, typer.Option("--codec", help="(not here yet: issue 3) a JavaScript codec")] = "",
) -> None:
    """Print the readings, warnings and errors of one payload as JSON; exit 1 if it cannot be read."""
    if codec:
        fail("kenh decode --codec is not here yet: it comes with issue 3.")
    if model not in MODELS:
        fail(f"there is no codec for {model!r}; there are: {', '.join(sorted(MODELS))}", 2)
    try:
        body = bytes.fromhex(payload)
    except ValueError:
        fail(f"{payload!r} is not hexadecimal", 2)
    decoded = MODELS[model].decode(body, f_port)
    readings = [
        {"quantity": row.quantity, "value": row.value, "unit": row.unit, "qc": int(row.qc)}
        | ({} if row.time_ms is None else {"time_ms": row.time_ms})
        for row in decoded.readings
    ]
    answer = {"readings": readings, "warnings": list(decoded.warnings), "errors": list(decoded.errors)}
    typer.echo(orjson.dumps(answer).decode())
    if decoded.errors:
        raise SystemExit(1)
