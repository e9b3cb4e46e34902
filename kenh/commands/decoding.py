"""`kenh decode`: what a codec makes of a payload."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from devices.models import MODELS
from devices.uplinks import Decoded
from ingest.codecs import Codec, CodecLibrary, CodecPool, CodecRequest
from ingest.codecs.checking import fields_of, name_of
from kenh.app import wall_clock_ms
from kenh.commands.common import DataOption, fail, settings_for


def register(cli: typer.Typer) -> None:
    """Hang it on the command line."""
    cli.command("decode")(decode)


def decode(
    payload: Annotated[str, typer.Argument(metavar="HEX", help="the payload, in hexadecimal")],
    f_port: Annotated[int, typer.Option("--port", min=0, max=255, help="LoRaWAN port the payload came on")],
    model: Annotated[
        str, typer.Option("--model", help="VENDOR/MODEL, built in or with a codec in DATA/codecs")
    ] = "",
    codec: Annotated[
        Path | None, typer.Option("--codec", metavar="FILE.js", help="a JavaScript codec")
    ] = None,
    data: DataOption = None,
) -> None:
    """Print the readings, warnings and errors of one payload as JSON; exit 1 if it cannot be read."""
    try:
        body = bytes.fromhex(payload)
    except ValueError:
        fail(f"{payload!r} is not hexadecimal", 2)
    if (codec is None) == (not model):
        fail("name either a --model or a --codec", 2)
    if codec is not None:
        decoded = _with_file(codec, body, f_port)
    else:
        decoded = _with_model(model, body, f_port, settings_for(data).data / "codecs")
    readings = [
        {"quantity": row.quantity, "value": row.value, "unit": row.unit, "qc": int(row.qc)}
        | ({} if row.time_ms is None else {"time_ms": row.time_ms})
        for row in decoded.readings
    ]
    answer = {"readings": readings, "warnings": list(decoded.warnings), "errors": list(decoded.errors)}
    typer.echo(orjson.dumps(answer).decode())
    if decoded.errors:
        raise SystemExit(1)


def _with_file(path: Path, body: bytes, f_port: int) -> Decoded:
    try:
        source = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{path} cannot be read: {error}", 2)
    name = name_of(path)
    one = Codec(name, source, fields_of(name))
    pool = CodecPool(lambda: {name: one})
    try:
        return pool.decode([CodecRequest(name, body, f_port, wall_clock_ms())])[0]
    finally:
        pool.close()


def _with_model(model: str, body: bytes, f_port: int, folder: Path) -> Decoded:
    """As ingest does: a codec somebody dropped in goes before the built-in one."""
    checks = CodecPool(dict)
    library = CodecLibrary(folder, checks.run)
    pool = CodecPool(library.codecs)
    try:
        if model in pool.names():
            return pool.decode([CodecRequest(model, body, f_port, wall_clock_ms())])[0]
        if model not in MODELS:
            known = ", ".join(sorted({*MODELS, *pool.names()}))
            fail(f"there is no codec for {model!r}; there are: {known}", 2)
        return MODELS[model].decode(body, f_port)
    finally:
        pool.close()
        checks.close()
