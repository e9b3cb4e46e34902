"""The parts of the service, one process each, and the health check for whoever supervises them."""

import urllib.error
import urllib.request
from typing import Annotated

import orjson
import typer

from kenh.app import Start
from kenh.commands.common import DataOption, fail, settings_for
from kenh.commands.up import run


def register(cli: typer.Typer) -> None:
    """Hang the parts on the command line."""
    cli.command("ingest")(ingest)
    cli.command("watch")(watch)
    cli.command("alert")(alert)
    cli.command("serve")(serve)
    cli.command("healthcheck")(healthcheck)


def ingest(data: DataOption = None) -> None:
    """Receive uplinks from the broker in KENH_MQTT__URL and store them."""
    run(Start(parts=frozenset({"ingest"})), data)


def watch(data: DataOption = None) -> None:
    """Judge what is stored and open work orders."""
    run(Start(parts=frozenset({"watch"})), data)


def alert(data: DataOption = None) -> None:
    """Send work orders to the crews over the broker in KENH_MQTT__URL, and hear their answers."""
    run(Start(parts=frozenset({"alert"})), data)


def serve(
    data: DataOption = None,
    host: Annotated[str | None, typer.Option("--host")] = None,
    port: Annotated[int | None, typer.Option("--port")] = None,
) -> None:
    """Serve the API and the board."""
    run(Start(parts=frozenset({"serve"}), host=host, port=port), data)


def healthcheck(data: DataOption = None) -> None:
    """Exit 0 if the service on this machine is ready, 1 with the reason if not."""
    settings = settings_for(data)
    connection = settings.data / "connection.json"
    url = f"http://{settings.http.host}:{settings.http.port}"
    if connection.exists():
        url = orjson.loads(connection.read_bytes())["http_url"]
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:  # noqa: S310  our own address
            typer.echo(answer.read().decode())
    except urllib.error.HTTPError as error:
        fail(f"not ready: {error.read().decode()}")
    except OSError as error:
        fail(f"no answer from {url}: {error}")
