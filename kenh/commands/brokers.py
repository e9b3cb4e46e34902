"""`kenh broker config|acl`: the files of a Mosquitto that runs beside Kênh, for months and with TLS."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from devices.formats.routes import read_routes
from devices.sites import Registry
from kenh.app import wall_clock_ms
from kenh.broker.acl import Route
from kenh.broker.credentials import CredentialsError
from kenh.broker.identities import KENH, NETWORK_SERVERS, Identity
from kenh.broker.installation import (
    ACL,
    CONF,
    CREDENTIALS,
    ENVIRONMENT,
    FIELD_PASSWORDS,
    SERVICE_PASSWORDS,
    Access,
    write_access,
    write_configuration,
)
from kenh.broker.mosquitto_conf import Broker, Tls
from kenh.broker.planning import Wishes, fleet_of, plan, read_endpoint, size_text, url_of
from kenh.broker.sizing import Fleet, Size, size_for
from kenh.commands.common import DataOption, fail, opened_state, say, settings_for

group = typer.Typer(no_args_is_help=True, help="Files for a Mosquitto that runs beside Kênh.")

_SERVICES = (KENH, *NETWORK_SERVERS)
_SHOWN = 10

Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="where the files go; default DATA/mosquitto")
]
Persistence = Annotated[
    Path, typer.Option("--persistence", metavar="DIR", help="where the broker keeps its queue")
]
SeenAs = Annotated[
    Path | None, typer.Option("--seen-as", metavar="DIR", help="what the broker calls --out (a container)")
]
Name = Annotated[str, typer.Option("--name", help="how Kênh reaches the broker; stands in its certificate")]
Service = Annotated[
    str, typer.Option("--service-listen", metavar="HOST:PORT", help="for Kênh and network servers")
]
Field = Annotated[
    str,
    typer.Option(
        "--field-listen", metavar="HOST:PORT", help="for devices and crews; :8883, without TLS 127.0.0.1:1884"
    ),
]
Certificate = Annotated[Path | None, typer.Option("--certificate", help="the broker's certificate (PEM)")]
Key = Annotated[Path | None, typer.Option("--key", help="its key (PEM)")]
ClientCa = Annotated[
    Path | None,
    typer.Option("--client-ca", help="ask who connects by TLS for a certificate of this CA (PEM)"),
]
Plain = Annotated[bool, typer.Option("--plain", help="passwords may cross the network without TLS")]
RunAs = Annotated[str, typer.Option("--run-as", help="the broker's system user, if not its default")]
Devices = Annotated[int | None, typer.Option("--devices", help="how many; default: those mounted")]
Interval = Annotated[
    float | None, typer.Option("--interval-s", help="how often each sends; default: as registered")
]
Outage = Annotated[float, typer.Option("--outage-h", help="how long Kênh may be away")]
Bytes = Annotated[int, typer.Option("--message-bytes", help="size of a payload (ChirpStack: about 1500)")]


def register(cli: typer.Typer) -> None:
    """Hang the group on the command line."""
    cli.add_typer(group, name="broker")


@group.command("config")
def config(
    out: Out = None,
    seen_as: SeenAs = None,
    persistence: Persistence = Path("/var/lib/mosquitto"),
    name: Name = "127.0.0.1",
    service_listen: Service = "127.0.0.1:1883",
    field_listen: Field = "",
    certificate: Certificate = None,
    key: Key = None,
    client_ca: ClientCa = None,
    plain: Plain = False,
    run_as: RunAs = "",
    devices: Devices = None,
    interval_s: Interval = None,
    outage_h: Outage = 72.0,
    message_bytes: Bytes = 1500,
    data: DataOption = None,
) -> None:
    """Write configuration, passwords and access rules of a Mosquitto, sized for the fleet."""
    folder = _folder(out, data)
    registry = _registry(data)
    now_ms = wall_clock_ms()
    try:
        known_devices, known_interval_s = fleet_of(registry, now_ms)
        fleet = Fleet(
            known_devices if devices is None else devices,
            known_interval_s if interval_s is None else interval_s,
            outage_h,
            message_bytes,
        )
        size = size_for(fleet)
        wishes = Wishes(
            folder=seen_as or folder,
            persistence=persistence.absolute(),
            service=read_endpoint(service_listen),
            field=read_endpoint(field_listen) if field_listen else None,
            tls=_tls(certificate, key, client_ca),
            name=name,
            plain=plain,
            run_as=run_as,
        )
        broker = plan(wishes, size)
    except ValueError as error:
        fail(f"kenh broker config: {error}", 2)
    access = _write(folder, registry, _routes(data), now_ms, (broker, url_of(wishes)))
    _tell(folder, access, (CONF, ENVIRONMENT))
    typer.echo(size_text(fleet, size))
    _warn(broker, size)


@group.command("acl")
def acl(out: Out = None, data: DataOption = None) -> None:
    """Write passwords and access rules again, after devices or crews have come or gone."""
    folder = _folder(out, data)
    access = _write(folder, _registry(data), _routes(data), wall_clock_ms(), None)
    _tell(folder, access, ())
    if access.added or access.removed:
        say("Let the broker read them: kill -HUP its process, or restart it.")


def _folder(out: Path | None, data: Path | None) -> Path:
    return (out or settings_for(data).data / "mosquitto").absolute()


def _registry(data: Path | None) -> Registry:
    with opened_state(data) as state, state.snapshot() as tx:
        return tx.registry.load()


def _routes(data: Path | None) -> list[Route]:
    try:
        return [(each.filter, each.device_level) for each in read_routes(settings_for(data).ingest.topics)]
    except ValueError as error:
        fail(f"KENH_INGEST__TOPICS cannot be read: {error}")


def _tls(certificate: Path | None, key: Path | None, client_ca: Path | None) -> Tls | None:
    if certificate is None and key is None and client_ca is None:
        return None
    if certificate is None or key is None:
        raise ValueError("TLS needs both --certificate and --key")
    ca = client_ca.absolute() if client_ca else None
    return Tls(certificate.absolute(), key.absolute(), ca, require_certificate=ca is not None)


def _write(
    folder: Path, registry: Registry, routes: Sequence[Route], now_ms: int, broker: tuple[Broker, str] | None
) -> Access:
    try:
        access = write_access(folder, registry, _SERVICES, routes, now_ms)
        if broker is not None:
            write_configuration(folder, *broker, access.password_of(KENH))
    except CredentialsError as error:
        fail(f"{error}. Mend or move that file; nothing was written over it.")
    except OSError as error:
        fail(f"{folder} cannot be written: {error}")
    return access


def _tell(folder: Path, access: Access, more: Sequence[str]) -> None:
    for name in (*more, ACL, SERVICE_PASSWORDS, FIELD_PASSWORDS, CREDENTIALS):
        typer.echo(folder / name)
    kinds = Counter(each.identity.kind for each in access.credentials)
    counts = ", ".join(f"{count} {kind}s" for kind, count in kinds.items())
    typer.echo(f"users: {counts}; {len(access.added)} added, {len(access.removed)} removed")
    for word, changed in (("added", access.added), ("removed", access.removed)):
        _name(word, changed)


def _name(word: str, changed: Sequence[Identity]) -> None:
    for each in changed[:_SHOWN]:
        say(f"{word}: {each.user} ({each.kind} {each.id})")
    if len(changed) > _SHOWN:
        say(f"{word}: {len(changed) - _SHOWN} more, see {CREDENTIALS}")


def _warn(broker: Broker, size: Size) -> None:
    field = broker.listeners[1]
    if field.tls is None:
        where = f"{field.host or '*'}:{field.port}"
        say(f"Devices and crews connect to {where} without TLS; give --certificate and --key to change that.")
    if not size.holds_all:
        say(f"The queue is smaller than the outage: {size.expected - size.queue} messages would be lost.")
    say("docs/broker.md says where the files go and who must be able to read them.")
