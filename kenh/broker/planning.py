"""From what an operator says about a broker to its configuration, and what in it deserves a word."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from devices.sites import Registry
from kenh.broker.installation import ACL, FIELD_PASSWORDS, SERVICE_PASSWORDS
from kenh.broker.mosquitto_conf import Broker, Listener, Tls
from kenh.broker.sizing import Fleet, Size

SERVICE_PORT, FIELD_PORT, FIELD_PORT_TLS = 1883, 1884, 8883
_USUAL_INTERVAL_S = 600.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a listener listens. An empty host is every address of the machine."""

    host: str
    port: int

    @property
    def is_local(self) -> bool:
        """Can only this machine reach it?"""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the operator asked for. Paths are as the broker will see them; `field` None: decide by `tls`.

    `name` is how Kênh calls the broker, and what its certificate is made out to. `plain` allows passwords to
    cross a network unencrypted.
    """

    folder: Path
    persistence: Path
    service: Endpoint
    field: Endpoint | None = None
    tls: Tls | None = None
    name: str = "127.0.0.1"
    plain: bool = False
    run_as: str = ""


def read_endpoint(text: str) -> Endpoint:
    """`HOST:PORT`, `:PORT` (every address) or `[IPv6]:PORT`. Raises ValueError."""
    host, colon, port = text.rpartition(":")
    host = host.strip("[]")
    if not colon or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"{text!r} is not of the form HOST:PORT")
    if any(sign.isspace() for sign in host):
        raise ValueError(f"{text!r}: a host holds no spaces")
    return Endpoint(host, int(port))


def plan(wishes: Wishes, size: Size) -> Broker:
    """The configuration: services on one listener, devices and crews on another.

    Raises:
        ValueError: it would send passwords over a network in plain text, or cannot be written down.
    """
    both = (wishes.service, _field(wishes))
    if both[0].port == both[1].port:
        raise ValueError(f"both listeners would have port {both[0].port}")
    for each in both:
        if not each.is_local and wishes.tls is None and not wishes.plain:
            raise ValueError(
                f"passwords would cross the network in plain text to {each.host or '*'}:{each.port}; give"
                " --certificate and --key, or --plain where the network itself is closed (VPN, private APN)"
            )
    for path in (wishes.folder, wishes.persistence):
        if any(sign in str(path) for sign in "\r\n"):
            raise ValueError(f"{str(path)!r} cannot be written into a configuration")
    service, field = both
    return Broker(
        listeners=(
            Listener(service.port, service.host, wishes.folder / SERVICE_PASSWORDS, _tls(wishes, service)),
            Listener(
                field.port,
                field.host,
                wishes.folder / FIELD_PASSWORDS,
                _tls(wishes, field),
                own_client_id=True,
            ),
        ),
        acl=wishes.folder / ACL,
        persistence=wishes.persistence,
        size=size,
        run_as=wishes.run_as,
    )


def url_of(wishes: Wishes) -> str:
    """KENH_MQTT__URL for that broker."""
    scheme = "mqtt" if _tls(wishes, wishes.service) is None else "mqtts"
    host = f"[{wishes.name}]" if ":" in wishes.name else wishes.name
    return f"{scheme}://{host}:{wishes.service.port}"


def fleet_of(registry: Registry, now_ms: int) -> tuple[int, float]:
    """How many devices hang somewhere, and the interval in seconds at which so many send so much."""
    mounted = [each for each in registry.devices if registry.mounting_at(each, now_ms) is not None]
    if not mounted:
        return 0, _USUAL_INTERVAL_S
    return len(mounted), len(mounted) / sum(1 / _interval_s(registry, each, now_ms) for each in mounted)


def size_text(fleet: Fleet, size: Size) -> str:
    """The sizes in one line, for the person who runs the broker."""
    return (
        f"queue {size.queue} messages; {fleet.devices} devices every {fleet.interval_s:.0f} s send"
        f" {size.expected} in {fleet.outage_h:g} h: {_mib(size.memory_bytes)} of memory and"
        f" {_mib(size.disk_bytes)} of disk, saved every {size.autosave_s} s"
    )


def _interval_s(registry: Registry, device_id: str, now_ms: int) -> float:
    mounting = registry.mounting_at(device_id, now_ms)
    site = registry.sites.get(mounting.site_id) if mounting else None
    told = registry.devices[device_id].expected_interval_s or (site.report_interval_s if site else None)
    return max(1.0, float(told or _USUAL_INTERVAL_S))


def _field(wishes: Wishes) -> Endpoint:
    if wishes.field is not None:
        return wishes.field
    return Endpoint("127.0.0.1", FIELD_PORT) if wishes.tls is None else Endpoint("", FIELD_PORT_TLS)


def _tls(wishes: Wishes, endpoint: Endpoint) -> Tls | None:
    return None if endpoint.is_local and endpoint is wishes.service else wishes.tls


def _mib(size: int) -> str:
    return f"{max(1, round(size / 2**20))} MiB"
