"""A real Mosquitto for tests: on loopback, on a free port, with passwords and its queue on disk.

@needs_mosquitto
def test_something(tmp_path: Path) -> None:
    with start_mosquitto(tmp_path, users={"kenh": "secret"}) as broker:
        ...
"""

import base64
import hashlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.polling import wait_until


def find_mosquitto() -> Path | None:
    """The Mosquitto on PATH or where Debian puts it; None if there is none."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    return Path(found) if found else None


needs_mosquitto = pytest.mark.skipif(
    find_mosquitto() is None, reason="did without Mosquitto: none on PATH or in /usr/sbin"
)


class Broker:
    """Where a broker listens and as whom to log in. `stop`, `kill` and `start` move the process."""

    def __init__(
        self, host: str, port: int, username: str, password: str, command: list[str], log: Path
    ) -> None:
        self.host = host
        self.port = port
        self.username = username
        self.password = password
        self._command = command
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address without the credentials."""
        return f"mqtt://{self.host}:{self.port}"

    def subscriptions(self, client_id: str) -> int:
        """How often that client has subscribed to something since the broker's folder was made."""
        return self._log.read_text(errors="replace").count(f": {client_id} ") if self._log.exists() else 0

    def start(self) -> None:
        """Start and wait until it takes connections; again on the same port after `stop` or `kill`."""
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        )
        wait_until(self._answers, f"Mosquitto on port {self.port}")

    def stop(self) -> None:
        """End it politely: it writes its queue to disk."""
        self._end(polite=True)

    def kill(self) -> None:
        """As a power cut would."""
        self._end(polite=False)

    def _end(self, *, polite: bool) -> None:
        if self._process is not None:
            (self._process.terminate if polite else self._process.kill)()
            self._process.wait(10)
            self._process = None

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            message = f"Mosquitto ended at once with {self._process.returncode}"
            raise AssertionError(message)
        with socket.socket() as probe:
            probe.settimeout(1.0)
            return probe.connect_ex((self.host, self.port)) == 0


@contextmanager
def start_mosquitto(folder: Path, *, users: Mapping[str, str], extra: str = "") -> Iterator[Broker]:
    """A running Mosquitto whose files live in `folder`; its defaults stand but for what `extra` sets.

    `Broker.username` and `.password` are those of the first of `users`.
    """
    binary = find_mosquitto()
    if binary is None:
        pytest.skip("did without Mosquitto: none on PATH or in /usr/sbin")
    folder = folder / "mosquitto"
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    passwords = folder / "passwords"
    passwords.write_text("".join(f"{name}:{_hashed(word)}\n" for name, word in users.items()))
    passwords.chmod(0o600)
    config = folder / "mosquitto.conf"
    # As root it would become the user `mosquitto`, who may not write here.
    config.write_text(
        f"listener {port} 127.0.0.1\n"
        "allow_anonymous false\n"
        f"password_file {passwords}\n"
        "persistence true\n"
        f"persistence_location {folder}/\n"
        "autosave_interval 1\n"
        "log_type error\nlog_type warning\nlog_type notice\nlog_type subscribe\n"
        f"log_dest file {folder / 'log'}\n" + ("user root\n" if os.geteuid() == 0 else "") + extra
    )
    username, password = next(iter(users.items()))
    command = [str(binary), "-c", str(config)]
    broker = Broker("127.0.0.1", port, username, password, command, folder / "log")
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


def free_port() -> int:
    """A TCP port of loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def publish(
    broker: Broker,
    messages: Iterable[tuple[str, bytes]],
    *,
    qos: int = 1,
    retain: bool = False,
    version5: bool = True,
) -> int:
    """Publish and wait until the broker has taken every one (QoS 1: its PUBACK); how many."""
    with connected(broker, version5=version5) as client:
        sent = [client.publish(topic, payload, qos, retain) for topic, payload in messages]
        for info in sent:
            info.wait_for_publish(20)
            assert info.is_published(), "the broker did not take a message within 20 s"
    return len(sent)


@contextmanager
def connected(broker: Broker, *, version5: bool = True) -> Iterator[Client]:
    """A client that is connected, turning in a thread of its own, for as long as the context lasts."""
    client = Client(
        CallbackAPIVersion.VERSION2,
        protocol=MQTTProtocolVersion.MQTTv5 if version5 else MQTTProtocolVersion.MQTTv311,
    )
    client.max_inflight_messages_set(500)
    if broker.username:
        client.username_pw_set(broker.username, broker.password)
    client.connect(broker.host, broker.port)
    client.loop_start()
    try:
        wait_until(client.is_connected, "the test's own connection")
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def _hashed(password: str) -> str:
    """As `mosquitto_passwd` writes it: PBKDF2 with SHA-512."""
    salt, rounds = os.urandom(12), 101
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
    return f"$7${rounds}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
