"""What a broker really does, tried out: how many messages it hands out unacknowledged, and whether it shares.

Nobody else's messages are touched: a few short-lived clients with names of their own talk to each other on
`kenh/v1/-/probe/...` and leave no session, no subscription and no retained message behind.
"""

import secrets
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

_T = TypeVar("_T")

#: More than this we do not publish to see how wide the window is: then it is wide enough to tell.
PUBLISHED = 120
#: What the MQTT 5 client asks for; a broker that heeds it hands out exactly so many.
RECEIVE_MAXIMUM = 100
_SHARED = 20
#: Nothing has come for so long: nothing more will. Brokers that cap the window stop at once.
_QUIET_S = 0.3
_TURN_S = 0.01


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found.

    `window` is how many messages a consumer of MQTT 3.1.1 gets before it acknowledges (PUBLISHED: that many
    or more; 0: none, see `problems`). `version5`: MQTT 5 is spoken and its ReceiveMaximum heeded, so that the
    window is ours to choose. `shared_ok`: two members of a shared subscription each got some, none twice;
    None if that could not be tried. `problems` are sentences that say what to change.
    """

    window: int
    version5: bool
    shared_ok: bool | None
    problems: tuple[str, ...]


class ProbeError(Exception):
    """The broker cannot be reached, or does not let us in; the text says which."""


@dataclass(frozen=True, slots=True)
class _Where:
    host: str
    port: int
    username: str
    password: str
    tls: ssl.SSLContext | None
    timeout_s: float


def probe(
    host: str,
    port: int,
    username: str,
    password: str,
    *,
    tls: ssl.SSLContext | None = None,
    timeout_s: float = 3.0,
) -> Probe:
    """Try a broker out as `username`, who must be allowed to read and write below `kenh/v1/`.

    Publishes at most 2 * PUBLISHED + 20 messages of a few bytes. Takes about two seconds, and never longer
    than `timeout_s` for each of some ten steps. Never raises for what the broker says or does: what could
    not be found out is in `problems`.
    """
    where = _Where(host, port, username, password, tls, timeout_s)
    problems: list[str] = []
    try:
        window = _window(where, version5=False)
    except ProbeError as error:
        return Probe(0, version5=False, shared_ok=None, problems=(f"{error}.",))
    if window == 0:
        problems.append(
            f"What {username or 'we'} published below kenh/v1/-/probe/ did not come back: let that user read"
            " and write kenh/v1/# (`kenh broker acl` writes such rights)."
        )
        return Probe(0, version5=False, shared_ok=None, problems=tuple(problems))
    version5 = _heeds_version5(where)
    shared = _tried(lambda: _shares(where, version5=version5))
    return Probe(window, version5, shared, tuple(_advice(window, version5=version5, shared=shared)))


def _advice(window: int, *, version5: bool, shared: bool | None) -> Iterator[str]:
    if not version5 and window < PUBLISHED:
        yield (
            f"The broker hands out {window} messages at a time and does not let us ask for more (MQTT 5):"
            " raise its window (Mosquitto: max_inflight_messages 2000), or messages are lost when many wait."
        )
    if shared is False:
        yield (
            "The broker grants shared subscriptions and does not deliver by them as it should: run one `kenh"
            " ingest` only, or use another broker (Mosquitto 2)."
        )
    if shared is None:
        yield "The broker does not grant shared subscriptions: run one `kenh ingest` only."


def _heeds_version5(where: _Where) -> bool:
    found = _tried(lambda: _window(where, version5=True))
    return found == RECEIVE_MAXIMUM


def _tried(attempt: Callable[[], _T | None]) -> _T | None:
    try:
        return attempt()
    except ProbeError:
        return None


def _window(where: _Where, *, version5: bool) -> int:
    """How many of PUBLISHED messages come to somebody who acknowledges none."""
    topic = _topic()
    with _member(where, version5=version5, acknowledges=False) as consumer:
        consumer.subscribe(topic)
        with _member(where, version5=version5) as publisher:
            clients = (consumer, publisher)
            publisher.publish(topic, PUBLISHED, clients)
            _turn_until_quiet(clients, lambda: len(consumer.heard) >= PUBLISHED, where.timeout_s)
        return len(set(consumer.heard))


def _shares(where: _Where, *, version5: bool) -> bool | None:
    """Does a shared subscription give each message to one of two members, and to each of them some?"""
    topic = _topic()
    shared = f"$share/{secrets.token_hex(4)}/{topic}"
    with _member(where, version5=version5) as one, _member(where, version5=version5) as two:
        if not (one.subscribe(shared) and two.subscribe(shared)):
            return None
        with _member(where, version5=version5) as publisher:
            clients = (one, two, publisher)
            publisher.publish(topic, _SHARED, clients)
            _turn_until_quiet(clients, lambda: False, where.timeout_s)
    everything = sorted(one.heard + two.heard)
    return bool(one.heard and two.heard) and everything == list(range(_SHARED))


def _topic() -> str:
    return f"kenh/v1/-/probe/{secrets.token_hex(8)}"


class _Member:
    """A client turned by hand, so that nothing runs on after the probe."""

    def __init__(self, where: _Where, *, version5: bool, acknowledges: bool) -> None:
        self.heard: list[int] = []
        self._where = where
        self._answer: Any = None
        self._grants: list[Any] = []
        self._over = False
        self._published = 0
        self._version5 = version5
        self.client = client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"kenh-probe-{secrets.token_hex(6)}",
            protocol=MQTTProtocolVersion.MQTTv5 if version5 else MQTTProtocolVersion.MQTTv311,
            manual_ack=not acknowledges,
            reconnect_on_failure=False,
            clean_session=None if version5 else True,
        )
        if where.username:
            client.username_pw_set(where.username, where.password)
        if where.tls is not None:
            client.tls_set_context(where.tls)
        client.connect_timeout = where.timeout_s
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_disconnect = self._on_disconnect

    def open(self) -> None:
        """Connect and wait for the answer. Raises ProbeError."""
        where = self._where
        properties: Properties | None = None
        if self._version5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # untyped in paho
            properties.ReceiveMaximum = RECEIVE_MAXIMUM
            properties.SessionExpiryInterval = 0
        name = f"{where.host}:{where.port}"
        try:
            self.client.connect(where.host, where.port, 30, properties=properties)
        except (OSError, ValueError) as error:
            raise ProbeError(f"No connection to {name}: {error}") from error
        _turn_until((self,), lambda: self._answer is not None or self._over, where.timeout_s)
        if self._answer is None:
            raise ProbeError(f"The broker at {name} did not answer")
        if self._answer.is_failure:
            raise ProbeError(f"The broker at {name} refused {where.username or 'us'}: {self._answer}")

    def close(self) -> None:
        """Leave, and with us our session."""
        with suppress(OSError, ValueError):
            self.client.disconnect()
            self.client.loop(0)

    def subscribe(self, topic: str) -> bool:
        """Was it granted? Raises ProbeError without an answer."""
        self._grants.clear()
        self.client.subscribe(topic, 1)
        _turn_until((self,), lambda: self._grants or self._over, self._where.timeout_s)
        return bool(self._grants) and not any(each.is_failure for each in self._grants)

    def publish(self, topic: str, count: int, clients: Sequence["_Member"]) -> None:
        """Publish the numbers from 0 on, and turn everybody until the broker has taken them."""
        for number in range(count):
            self.client.publish(topic, str(number).encode(), 1)
        _turn_until(clients, lambda: self._published >= count or self._over, self._where.timeout_s)

    def turn(self) -> None:
        """A moment for the network."""
        if not self._over:
            self.client.loop(_TURN_S)

    def _on_connect(
        self, _client: Client, _data: object, _flags: object, reason: Any, _props: object
    ) -> None:
        self._answer = reason

    def _on_subscribe(self, _client: Client, _data: object, _mid: int, reasons: Any, _props: object) -> None:
        self._grants.extend(reasons)

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        with suppress(ValueError):
            self.heard.append(int(message.payload))

    def _on_publish(self, *_: object) -> None:
        self._published += 1

    def _on_disconnect(self, *_: object) -> None:
        self._over = True


@contextmanager
def _member(where: _Where, *, version5: bool, acknowledges: bool = True) -> Iterator[_Member]:
    member = _Member(where, version5=version5, acknowledges=acknowledges)
    try:
        member.open()
        yield member
    finally:
        member.close()


def _turn_until(members: Sequence[_Member], done: Callable[[], object], timeout_s: float) -> None:
    until = time.monotonic() + timeout_s
    while not done() and time.monotonic() < until:
        for member in members:
            member.turn()


def _turn_until_quiet(members: Sequence[_Member], done: Callable[[], bool], timeout_s: float) -> None:
    """Until `done`, or nothing has come to anybody for a while."""
    began = changed = time.monotonic()
    heard = -1
    while not done() and time.monotonic() - began < timeout_s and time.monotonic() - changed < _QUIET_S:
        now_heard = sum(len(member.heard) for member in members)
        if now_heard != heard:
            heard, changed = now_heard, time.monotonic()
        for member in members:
            member.turn()
