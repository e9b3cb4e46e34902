"""One MQTT connection from CONNECT to its end, never used twice.

Because an acknowledgement goes through the connection that delivered the message, one that comes too late,
for a connection that has ended, cannot hit another message with the same packet identifier.

paho leads the conversation; the published messages themselves pass it by (`ingest.pipe`). Its callbacks run
in the thread that turns the connection, and an exception in one of them would end that thread: each is
guarded, and what goes wrong marks the connection as broken, so that it is made anew and the broker delivers
again what was not acknowledged.
"""

import logging
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from ingest.counters import IngestCounters
from ingest.pipe import Pipe, PipedClient
from ingest.publishes import MalformedPacketError, Splitter
from ingest.records import Raw

_log = logging.getLogger(__name__)

#: Mosquitto's default: what a client without MQTT 5's ReceiveMaximum may have unacknowledged.
_WINDOW_WITHOUT_V5 = 20
_MISC_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class ReceiverSettings:
    """Where to listen and how. Times in seconds.

    `client_id` names the session the broker keeps for us while we are away (for `session_expiry_s`), so it
    must be the same at every start and nobody else's. `receive_maximum` is how many messages may be on their
    way to the journal; Mosquitto's own 20 loses messages when it must queue for us. A broker that refuses
    MQTT 5, or has not answered it after `answer_s`, is spoken to in 3.1.1; `version5` off begins with that.
    """

    host: str
    filters: tuple[str, ...]
    port: int = 1883
    username: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = None
    client_id: str = "kenh-ingest"
    receive_maximum: int = 1000
    session_expiry_s: int = 7 * 86_400
    keepalive_s: int = 30
    version5: bool = True
    answer_s: float = 5.0
    batch_records: int = 2000
    linger_s: float = 0.02
    queue_limit: int = 10_000
    reconnect_min_s: float = 0.5
    reconnect_max_s: float = 30.0


class Arrived(NamedTuple):
    """Messages that arrived together, and what acknowledges them through the connection they came by."""

    connection: "Connection"
    raws: list[Raw]
    acks: bytes


class Connection:
    """One connection: `open`, then `turn` until it says False, then `close`. `ack` from any thread."""

    def __init__(
        self,
        settings: ReceiverSettings,
        *,
        version5: bool,
        filters: tuple[str, ...] | None = None,
        deliver: Callable[[Arrived], bool],
        counters: IngestCounters,
        clock: Callable[[], int],
    ) -> None:
        """`deliver` takes messages, or says False if there is no room for them now; it must not block.

        `filters` are those of the settings where nothing else is given.
        """
        self._settings = settings
        self._filters = settings.filters if filters is None else filters
        self._version5 = version5
        self._deliver = deliver
        self._counters = counters
        self._clock = clock
        self._client = self._make_client()
        self._asked_at = self._opened_at = self._misc_at = time.monotonic()
        self._answered = False
        self.subscribed = False
        self.over = False
        self.trouble = ""
        self.wants_version4 = False
        self.heard_at = time.monotonic()

    @property
    def window(self) -> int:
        """How many unacknowledged messages the broker sends before it waits."""
        return self._settings.receive_maximum if self._version5 else _WINDOW_WITHOUT_V5

    def open(self) -> None:
        """Connect and say who we are; the answer comes while turning. Raises OSError."""
        settings = self._settings
        if self._version5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # untyped in paho
            properties.SessionExpiryInterval = settings.session_expiry_s
            properties.ReceiveMaximum = settings.receive_maximum
            self._client.connect(
                settings.host, settings.port, settings.keepalive_s, clean_start=False, properties=properties
            )
        else:
            self._client.connect(settings.host, settings.port, settings.keepalive_s)
        self._opened_at = time.monotonic()

    def turn(self, timeout_s: float = 0.5) -> bool:
        """Move bytes for at most `timeout_s`; False once the connection has ended or cannot be trusted."""
        pipe = self._client.pipe
        try:
            if pipe is None or not self._turn(pipe, timeout_s):
                self._end(self.trouble or "the connection was lost")
        except (OSError, ValueError) as error:  # ValueError: paho has closed the socket meanwhile
            self._end(self.trouble or f"the connection was lost: {error}")
        except MalformedPacketError as error:
            self._end(f"the broker's stream cannot be read: {error}")
        if not self.over:
            self._watch()
        return not self.over

    def _turn(self, pipe: Pipe, timeout_s: float) -> bool:
        """One round of reading and writing; False if paho says it is over."""
        client, fine = self._client, MQTTErrorCode.MQTT_ERR_SUCCESS
        if client.want_write() and client.loop_write() != fine:
            return False
        pipe.flush()
        if pipe.wait(timeout_s):
            self._read(pipe)
        while pipe.has_for_paho or pipe.ended:
            if client.loop_read() != fine:
                return False
        now = time.monotonic()
        if now - self._misc_at > _MISC_EVERY_S:
            self._misc_at = now
            return client.loop_misc() == fine
        return True

    def listen_to(self, filters: tuple[str, ...]) -> None:
        """Subscribe to these from now on; only from the thread that turns the connection."""
        if filters != self._filters:
            self._filters = filters
            if self.subscribed:
                self._subscribe()

    def ack(self, acks: bytes) -> bool:
        """Have acknowledgements sent; False if this connection has ended: the broker delivers again."""
        if self.over or self._client.pipe is None:
            return False
        if acks:
            self._client.pipe.acknowledge(acks)
        return True

    def close(self) -> None:
        """Send what is waiting, say good-bye and let go of the socket."""
        self.over = True
        if self._client.is_connected():
            self._client.disconnect()
            while self._client.want_write() and self._client.loop_write() == MQTTErrorCode.MQTT_ERR_SUCCESS:
                pass
        if self._client.pipe is not None:
            self._client.pipe.close()

    def _read(self, pipe: Pipe) -> None:
        split = pipe.read(self._clock)
        if split is None:
            return
        self.heard_at = time.monotonic()
        if split.raws:
            self._take(split.raws, split.acks)

    def _take(self, raws: list[Raw], acks: bytes) -> None:
        self._counters.received += len(raws)
        self._counters.redelivered += sum(raw.duplicate for raw in raws)
        self._counters.oversized += sum(raw.truncated for raw in raws)
        if self._deliver(Arrived(self, raws, acks)):
            return
        # Those of QoS 0 nobody will send again, but waiting for room would hold up all the others.
        sure = [raw for raw in raws if raw.mid]
        if not sure:
            self._counters.dropped_qos0 += len(raws)
        elif len(sure) < len(raws) and self._deliver(Arrived(self, sure, acks)):
            self._counters.dropped_qos0 += len(raws) - len(sure)
        else:
            self._end("no room for more messages until the journal takes some")

    def _make_client(self) -> PipedClient:
        settings = self._settings
        client = PipedClient(
            CallbackAPIVersion.VERSION2,
            client_id=settings.client_id,
            clean_session=None if self._version5 else False,
            protocol=MQTTProtocolVersion.MQTTv5 if self._version5 else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            splitter=Splitter(version5=self._version5),
        )
        if settings.username:
            client.username_pw_set(settings.username, settings.password)
        if settings.tls is not None:
            client.tls_set_context(settings.tls)
        client.suppress_exceptions = True
        client.on_connect = self._guarded(self._on_connect)
        client.on_subscribe = self._guarded(self._on_subscribe)
        client.on_disconnect = self._guarded(self._on_disconnect)
        # Present, it keeps paho from writing to the socket whenever it has something to say.
        client.on_socket_register_write = _leave_it_to_the_loop
        return client

    def _guarded(self, callback: Callable[..., None]) -> Callable[..., None]:
        def call(*arguments: Any) -> None:
            try:
                callback(*arguments)
            except Exception as error:  # noqa: BLE001  nothing may escape into the network loop
                self._counters.callback_errors += 1
                _log.exception("mqtt: %s failed; connecting anew", callback.__name__)
                self._end(f"{callback.__name__}: {error}")

        return call

    def _on_connect(
        self,
        _client: Client,
        _user: object,
        flags: ConnectFlags,
        reason: ReasonCode,
        _props: Properties | None,
    ) -> None:
        self.heard_at = time.monotonic()
        self._answered = True
        if reason.is_failure:
            self.wants_version4 = self._version5 and reason.getName() == "Unsupported protocol version"
            self._end(f"the broker refused us: {reason.getName()}")
            return
        self._counters.connects += 1
        _log.info("mqtt: connected, session %s", "kept" if flags.session_present else "new")
        self._subscribe()

    def _subscribe(self) -> None:
        self._client.subscribe([(name, self._subscription()) for name in self._filters])

    def _subscription(self) -> Any:
        if not self._version5:
            return 1
        # Retained messages once, with the first subscription, not again at every reconnect.
        return SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)

    def _on_subscribe(
        self, _client: Client, _user: object, _mid: int, codes: list[ReasonCode], _props: Properties | None
    ) -> None:
        self.heard_at = time.monotonic()
        refused = [
            f"{name} ({code.getName()})"
            for name, code in zip(self._filters, codes, strict=False)
            if code.is_failure
        ]
        self.subscribed = len(refused) < len(codes)
        self.trouble = f"the broker refused our subscription to {', '.join(refused)}" if refused else ""
        if refused:
            _log.error("mqtt: %s", self.trouble)
        if not self.subscribed:
            self._end(self.trouble)

    def _on_disconnect(
        self,
        _client: Client,
        _user: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _props: Properties | None,
    ) -> None:
        if self.subscribed:
            self._counters.disconnects += 1
        self._end(self.trouble or f"disconnected: {reason.getName()}")

    def _watch(self) -> None:
        """Give up on a broker that is silent although paho asks it now and then; ask again for our rights."""
        now, patience = time.monotonic(), self._settings.keepalive_s
        if not self._answered:
            if now - self._opened_at > self._settings.answer_s:
                # amqtt, for one, takes our CONNECT for a longer one of 3.1.1 and waits for the rest.
                self.wants_version4 = self._version5
                self._end("the broker does not answer our CONNECT")
        elif now - self.heard_at > 3 * patience:
            self._end("the broker does not answer")
        elif self.subscribed and self.trouble and now - self._asked_at > patience:
            self._asked_at = now
            self._subscribe()  # somebody may have given us the missing right since

    def _end(self, why: str) -> None:
        if not self.over:
            self.trouble = why
            self.over = True


def _leave_it_to_the_loop(*_arguments: object) -> None:
    return None
