"""`kenh simulate`: a fleet of any size that publishes to a broker, to try out an installation."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import orjson
import typer

from devices.importing import export_devices_csv, export_sites_csv
from devices.simulated.fleet import Fleet
from devices.simulated.world import World
from kenh.app import wall_clock_ms
from kenh.broker.address import BrokerAddress, parse
from kenh.commands.common import DataOption, fail, say, settings_for
from kenh.demo.many import MOST_SITES, commune_of
from kenh.demo.play import Broker, play
from kenh.settings import Settings

#: Played faster than real, the fleet begins so long ago and catches up.
_BEHIND_MS = 86_400_000


def register(cli: typer.Typer) -> None:
    """Hang it on the command line."""
    cli.command("simulate")(simulate)


def simulate(
    sites: Annotated[int, typer.Option("--sites", min=1, max=MOST_SITES, help="how many sites")] = 200,
    speed: Annotated[
        float,
        typer.Option("--speed", min=1.0, max=10_000.0, help="above 1: begin a day ago and catch up so fast"),
    ] = 1.0,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="write sites.csv and devices.csv, and stop")
    ] = None,
    data: DataOption = None,
) -> None:
    """Publish what a simulated commune measures, to KENH_MQTT__URL or the broker of the running service."""
    commune = commune_of(sites)
    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
            (out / "sites.csv").write_text(export_sites_csv(commune), "utf-8")
            (out / "devices.csv").write_text(export_devices_csv(commune), "utf-8")
        except OSError as error:
            fail(f"{out} cannot be written: {error.strerror}")
        typer.echo(f"{len(commune.sites)} sites and {len(commune.devices)} devices written to {out}")
        say(f"Import them: kenh sites import {out}/sites.csv && kenh devices import {out}/devices.csv")
        return
    address = _broker(settings_for(data))
    began_ms = wall_clock_ms()
    from_ms = began_ms if speed == 1.0 else began_ms - _BEHIND_MS

    def clock() -> int:
        """The fleet's clock: never ahead of the real one."""
        now_ms = wall_clock_ms()
        return min(now_ms, from_ms + int((now_ms - began_ms) * speed))

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    say(
        f"{len(commune.devices)} devices at {len(commune.sites)} sites publish to "
        f"{address.host}:{address.port}; Ctrl-C ends it"
    )
    sent = play(
        Fleet(commune, World(commune, from_ms)),
        from_ms,
        mqtt=Broker(address.host, address.port, address.username, address.password),
        clock=clock,
        stop_event=stop,
        client_id="kenh-simulate",
        answer_orders=False,
    )
    typer.echo(f"{sent} uplinks published")


def _broker(settings: Settings) -> BrokerAddress:
    """The broker of the settings, else the one the running service told of in connection.json."""
    mqtt = settings.mqtt
    if mqtt.url:
        return parse(mqtt.url, mqtt.username, mqtt.password.get_secret_value())
    try:
        told = orjson.loads((settings.data / "connection.json").read_bytes())
        return parse(told["mqtt_url"], told["mqtt_username"], told["mqtt_password"])
    except (OSError, ValueError, KeyError):
        fail(f"no broker is named: set KENH_MQTT__URL, or start `kenh up` on {settings.data}", 2)
