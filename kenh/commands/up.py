"""`kenh up`: the whole service with one command."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from kenh.app import App, Start
from kenh.commands.common import DataOption, fail, say
from kenh.errors import StartError
from kenh.settings import load

ALL_PARTS = frozenset({"ingest", "watch", "alert", "serve"})


def register(cli: typer.Typer) -> None:
    """Hang `up` on the command line."""
    cli.command("up")(up)


def up(
    demo: Annotated[
        bool | None,
        typer.Option("--demo/--no-demo", help="the demo commune (default on an empty data folder)"),
    ] = None,
    data: DataOption = None,
    host: Annotated[str | None, typer.Option("--host", help="address of the API and the board")] = None,
    port: Annotated[int | None, typer.Option("--port", help="port of the API and the board")] = None,
    mqtt_port: Annotated[
        int | None, typer.Option("--mqtt-port", help="port of the broker started here")
    ] = None,
) -> None:
    """Start broker, ingest, watch, alerts, API and board; Ctrl-C or SIGTERM stops them all."""
    run(Start(parts=ALL_PARTS, demo=demo, host=host, port=port, mqtt_port=mqtt_port, own_broker=True), data)


def run(start: Start, data: Path | None) -> None:
    """Run an app until a signal, with every failure to start told in one sentence."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        settings = load(data=data)
    except ValueError as error:
        fail(f"The settings cannot be read: {error}")
    app = App(settings, start, say)
    try:
        app.start(stop)
        stop.wait()
        say("Stopping ...")
    except StartError as error:
        app.stop()
        fail(f"Kênh cannot start: {error}")
    app.stop()
    say("Stopped.")
