"""A Mosquitto of one's own on loopback, configured and watched over as `kenh up` does it."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from bench.measure import SkippedError
from kenh import ports
from kenh.broker import mosquitto
from kenh.broker.credentials import USERS
from kenh.broker.supervised import SupervisedBroker

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the broker listens, and its users' passwords by name."""

    port: int
    users: dict[str, str]

    @property
    def url(self) -> str:
        """Without the credentials."""
        return f"mqtt://{HOST}:{self.port}"


class Running:
    """A broker that runs, where it listens, and how to have it restart."""

    def __init__(self, folder: Path, address: Address) -> None:
        self.address = address
        self._folder = folder
        self._broker = self._started()

    def restart(self, away_s: float) -> None:
        """Stop it politely, wait, and start it again on the same port with the same files."""
        self._broker.stop()
        time.sleep(away_s)
        self._broker = self._started()

    def stop(self) -> None:
        """End it."""
        self._broker.stop()

    def _started(self) -> SupervisedBroker:
        broker = SupervisedBroker(self._folder, HOST, self.address.port, self.address.users)
        broker.start()
        return broker


@contextmanager
def own_mosquitto(folder: Path) -> Iterator[Running]:
    """A running Mosquitto whose files live in `folder`. Raises SkippedError where there is none."""
    if mosquitto.find() is None:
        raise SkippedError("There is no Mosquitto on this machine, so this was not measured.")
    with ports.bind(HOST, 0) as probe:
        port = int(probe.getsockname()[1])
    users = {name: secrets.token_urlsafe(12) for name in USERS}
    running = Running(folder, Address(port, users))
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def publisher(address: Address) -> Iterator[Client]:
    """A connected client that may publish anything, turning in a thread of its own."""
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.username_pw_set("local", address.users["local"])
    client.max_inflight_messages_set(500)
    client.connect(HOST, address.port)
    client.loop_start()
    try:
        wait_until(client.is_connected, "the publisher's connection", 10.0)
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def wait_until(check: Callable[[], object], what: str, timeout_s: float) -> None:
    """Return as soon as `check()` is true. Raises TimeoutError."""
    deadline = time.monotonic() + timeout_s
    while not check():
        if time.monotonic() > deadline:
            message = f"waited {timeout_s:.0f} s in vain: {what}"
            raise TimeoutError(message)
        time.sleep(0.005)
