"""The text of a mosquitto.conf, for the broker of `kenh up` and for one that somebody runs for us."""

from dataclasses import dataclass
from pathlib import Path

from kenh.broker.sizing import Size

#: A payload beyond this is refused at the door: the formats refuse what is longer than 64 kB anyway.
MESSAGE_LIMIT = 65_536
#: The whole packet: payload, topic and properties.
PACKET_LIMIT = 2 * MESSAGE_LIMIT
#: What a consumer of MQTT 3.1.1 may have unacknowledged (MQTT 5 says it itself): Mosquitto's 20 loses some.
WINDOW = 2000
#: A client that says it will be silent for longer (MQTT 5) is told this; half-open connections end with it.
LONGEST_KEEPALIVE_S = 3600


@dataclass(frozen=True, slots=True)
class Tls:
    """Certificate and key of a listener; `ca` is for checking clients' certificates."""

    certificate: Path
    key: Path
    ca: Path | None = None
    require_certificate: bool = False


@dataclass(frozen=True, slots=True)
class Listener:
    """A port, who may sign in there, and whether each of them may do so once only.

    `own_client_id` replaces the client id by the user's name: then a stolen password of one device cannot
    take over the session of another, or of Kênh. It also means one connection at a time for each user.
    """

    port: int
    host: str
    passwords: Path
    tls: Tls | None = None
    own_client_id: bool = False


@dataclass(frozen=True, slots=True)
class Broker:
    """Everything a configuration says. `run_as` is the system user to become; empty: Mosquitto's default."""

    listeners: tuple[Listener, ...]
    acl: Path
    persistence: Path
    size: Size
    run_as: str = ""


def conf(broker: Broker) -> str:
    """The file's text."""
    blocks = [
        "# Written by `kenh broker config`, which would undo changes made here; see docs/broker.md.",
        # Only so can the devices' listener refuse the services' passwords, and the other way round.
        "per_listener_settings true",
        *("\n".join(_listener(each, broker.acl)) for each in broker.listeners),
        "\n".join(_keeping(broker)),
        "\n".join(_limits()),
        "log_dest stderr\nlog_type error\nlog_type warning",
    ]
    if broker.run_as:
        blocks.append(f"user {broker.run_as}")
    return "\n\n".join(blocks) + "\n"


def _listener(listener: Listener, acl: Path) -> list[str]:
    lines = [f"listener {listener.port} {listener.host}".rstrip()]
    if listener.tls is not None:
        lines += _tls(listener.tls)
    lines += ["allow_anonymous false", f"password_file {listener.passwords}", f"acl_file {acl}"]
    if listener.own_client_id:
        lines.append("use_username_as_clientid true")
    return lines


def _tls(tls: Tls) -> list[str]:
    lines = [f"certfile {tls.certificate}", f"keyfile {tls.key}"]
    if tls.ca is not None:
        lines.append(f"cafile {tls.ca}")
    if tls.require_certificate:
        lines.append("require_certificate true")
    return [*lines, "# This and newer.", "tls_version tlsv1.2"]


def _keeping(broker: Broker) -> list[str]:
    return [
        "# What waits for Kênh while it is away, and how often that is saved.",
        "persistence true",
        f"persistence_location {broker.persistence}/",
        f"autosave_interval {broker.size.autosave_s}",
        "autosave_on_changes false",
        f"max_queued_messages {broker.size.queue}",
        f"max_inflight_messages {WINDOW}",
        "persistent_client_expiration 14d",
        "# Network servers publish at QoS 0. To us it comes at the QoS we asked for: kept, and acknowledged.",
        "upgrade_outgoing_qos true",
        "queue_qos0_messages true",
    ]


def _limits() -> list[str]:
    return [
        f"message_size_limit {MESSAGE_LIMIT}",
        f"max_packet_size {PACKET_LIMIT}",
        f"max_keepalive {LONGEST_KEEPALIVE_S}",
        "set_tcp_nodelay true",
    ]
