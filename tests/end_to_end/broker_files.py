"""A real Mosquitto on the files Kênh writes for it, and guests that say what they were allowed."""

import getpass
import signal
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from devices.sites import Crew, Device, Mounting, Registry, Site, SiteKind
from ingest.receiver import Receiver, ReceiverSettings
from ingest.records import Raw
from kenh.broker.acl import Route
from kenh.broker.identities import Kind
from kenh.broker.installation import CONF, Access, write_access, write_configuration
from kenh.broker.mosquitto_conf import Tls
from kenh.broker.planning import Endpoint, Wishes, plan
from kenh.broker.sizing import Fleet, size_for
from kenh.broker.tls import tls_context
from tests.brokers import Broker, find_mosquitto, free_port
from tests.polling import wait_until

NOW = 1_795_421_700_000
SERVICES = ("kenh", "chirpstack", "tts")
FILTERS = (
    "kenh/v1/+/up",
    "kenh/v1/crews/+/work-orders/+/status",
    "application/+/device/+/event/+",
    "v3/+/devices/+/up",
)


def commune(devices: Sequence[str], crews: Sequence[str] = ()) -> Registry:
    """These devices, each at the one drain there is, and these crews."""
    return Registry(
        sites={"drain": Site("drain", SiteKind.DRAIN)},
        devices={name: Device(name) for name in devices},
        mountings={name: (Mounting(name, "drain"),) for name in devices},
        crews={name: Crew(name, name) for name in crews},
    )


@dataclass
class Installed:
    """A broker set up for Kênh; `broker` is the listener of the services, devices and crews have another."""

    folder: Path
    broker: Broker
    field_port: int
    access: Access
    ca: str = ""

    def password(self, kind: Kind, each: str) -> tuple[str, str]:
        """User name and password of somebody."""
        found = (one for one in self.access.credentials if one.identity.kind is kind)
        one = next(one for one in found if one.identity.id == each)
        return one.identity.user, one.password

    @contextmanager
    def device(self, each: str) -> Iterator["Guest"]:
        """That device, connected where devices connect."""
        with signed_in(self, self.field_port, *self.password(Kind.DEVICE, each)) as guest:
            yield guest

    @contextmanager
    def crew(self, each: str) -> Iterator["Guest"]:
        """That crew's system, connected where crews connect."""
        with signed_in(self, self.field_port, *self.password(Kind.CREW, each)) as guest:
            yield guest

    @contextmanager
    def service(self, each: str) -> Iterator["Guest"]:
        """Kênh itself or a network server."""
        with signed_in(self, self.broker.port, *self.password(Kind.SERVICE, each)) as guest:
            yield guest

    def run_again(self, registry: Registry) -> None:
        """As `kenh broker acl` does, and the broker reads it."""
        self.access = write_access(self.folder, registry, SERVICES, (), NOW)
        process = self.broker._process
        assert process is not None
        process.send_signal(signal.SIGHUP)


@contextmanager
def installed(
    folder: Path, registry: Registry, *, tls: Tls | None = None, ca: str = "", routes: Sequence[Route] = ()
) -> Iterator[Installed]:
    """Files written, Mosquitto started on them. With `tls`, services and devices both use it."""
    binary = find_mosquitto()
    if binary is None:
        pytest.skip("did without Mosquitto: none on PATH or in /usr/sbin")
    files = folder / "files"
    access = write_access(files, registry, SERVICES, routes, NOW)
    service, field = free_port(), free_port()
    wishes = Wishes(
        folder=files,
        persistence=files,
        # Written so, the services' listener is not taken for one that only this machine can reach.
        service=Endpoint("127.0.0.1" if tls is None else "0.0.0.0", service),
        field=Endpoint("127.0.0.1", field),
        tls=tls,
        run_as=getpass.getuser(),
    )
    write_configuration(files, plan(wishes, size_for(Fleet(10))), "", access.password_of("kenh"))
    command = [str(binary), "-c", str(files / CONF)]
    broker = Broker("127.0.0.1", service, "kenh", access.password_of("kenh"), command, folder / "log")
    broker.start()
    try:
        yield Installed(files, broker, field, access, ca)
    finally:
        broker.stop()


class Guest:
    """A client that notes what the broker said to CONNECT and to each message, and what it was sent."""

    def __init__(self, tls: ssl.SSLContext | None = None, client_id: str = "") -> None:
        self.answers: list[str] = []
        self.heard: list[str] = []
        self._acks: dict[int, str] = {}
        self._subscribed = threading.Event()
        self.client = Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5
        )
        self.client.max_inflight_messages_set(500)
        if tls is not None:
            self.client.tls_set_context(tls)
        self.client.on_connect = lambda _c, _d, _f, reason, _p: self.answers.append(str(reason))
        self.client.on_message = self._note
        self.client.on_subscribe = lambda *_: self._subscribed.set()
        self.client.on_publish = lambda _c, _d, mid, reason, _p: self._acks.update({mid: str(reason)})

    def publish(self, topic: str, payload: bytes = b"{}", qos: int = 1) -> str:
        """Publish and return the broker's word on it (QoS 1)."""
        info = self.client.publish(topic, payload, qos)
        wait_until(lambda: info.mid in self._acks, f"an answer about {topic}")
        return self._acks[info.mid]

    def publish_all(self, topic: str, payloads: Sequence[bytes]) -> None:
        """Publish at QoS 1 and wait for every PUBACK."""
        infos = [self.client.publish(topic, payload, 1) for payload in payloads]
        wait_until(lambda: all(info.mid in self._acks for info in infos), "every PUBACK")
        assert {self._acks[info.mid] for info in infos} <= {"Success", "No matching subscribers"}

    def listen(self, topic: str) -> None:
        """Subscribe, and wait until the broker said yes (which it does whatever the rights are)."""
        self._subscribed.clear()
        self.client.subscribe(topic, 1)
        wait_until(self._subscribed.is_set, f"an answer to the subscription to {topic}")

    def _note(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.heard.append(message.topic)


@contextmanager
def knocking(place: Installed, port: int, user: str, password: str, client_id: str = "") -> Iterator[Guest]:
    """A guest that has had its answer, whatever it was."""
    guest = Guest(tls_context(place.ca) if place.ca else None, client_id)
    if user:
        guest.client.username_pw_set(user, password)
    assert guest.client.connect("127.0.0.1", port) is MQTTErrorCode.MQTT_ERR_SUCCESS
    guest.client.loop_start()
    try:
        wait_until(lambda: guest.answers, f"an answer to {user}")
        yield guest
    finally:
        guest.client.disconnect()
        guest.client.loop_stop()


@contextmanager
def signed_in(place: Installed, port: int, user: str, password: str, client_id: str = "") -> Iterator[Guest]:
    """A guest that was let in."""
    with knocking(place, port, user, password, client_id) as guest:
        assert guest.answers == ["Success"], f"{user}: {guest.answers}"
        yield guest


@contextmanager
def receiving(place: Installed, tls: ssl.SSLContext | None = None) -> Iterator[tuple[Receiver, list[Raw]]]:
    """Kênh's receiver, connected, and what it has acknowledged."""
    kept: list[Raw] = []
    with listening(place, kept, tls) as receiver:
        wait_until(receiver.healthy, f"connected and subscribed: {receiver.problem()}")
        yield receiver, kept


@contextmanager
def listening(place: Installed, kept: list[Raw], tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Kênh's receiver, on its way."""
    broker = place.broker
    settings = ReceiverSettings(
        broker.host,
        FILTERS,
        broker.port,
        broker.username,
        broker.password,
        tls=tls,
        reconnect_min_s=0.05,
        reconnect_max_s=0.2,
    )
    receiver = Receiver(settings, on_batch=kept.extend, clock=lambda: NOW)
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()
