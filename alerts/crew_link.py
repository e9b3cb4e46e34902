"""The broker link of dispatch: publishes to crews, and hears their answers.

An answer is acknowledged to the broker only after it is saved. paho's network thread does nothing but
queue: an exception there would end it silently.
"""

import logging
import queue
import ssl
import threading
from collections.abc import Callable

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from alerts.answers import TOPIC_FILTER
from alerts.errors import DeliveryError

log = logging.getLogger(__name__)
PUBLISH_TIMEOUT_S = 10.0
SAVE_ATTEMPTS = 6
_CLOSE = None


class CrewLink:
    """One MQTT 3.1.1 session, kept by the broker while we are away so that no answer is missed.

    `on_answer(topic, body)` runs on this link's own thread and is tried again if it raises; the broker
    hears its acknowledgement afterwards.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        username: str,
        password: str,
        client_id: str,
        tls: ssl.SSLContext | None = None,
        on_answer: Callable[[str, bytes], None],
    ) -> None:
        self._address = (host, port)
        self._on_answer = on_answer
        self._heard: queue.Queue[paho.MQTTMessage | None] = queue.Queue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="crew-answers", daemon=True)
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=False,
            protocol=paho.MQTTv311,
            manual_ack=True,
        )
        self._client.username_pw_set(username, password)
        if tls is not None:
            self._client.tls_set_context(tls)
        self._client.reconnect_delay_set(1, 30)
        self._client.on_connect = self._connected
        self._client.on_message = lambda _client, _data, message: self._heard.put(message)

    def start(self) -> None:
        """Begin connecting; returns at once, connects whenever the broker answers."""
        self._thread.start()
        self._client.connect_async(*self._address, keepalive=30)
        self._client.loop_start()

    def stop(self) -> None:
        """Disconnect; answers already heard are still saved."""
        self._stopping.set()
        self._heard.put(_CLOSE)
        if self._thread.is_alive():
            self._thread.join(10)
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, body: bytes, *, retain: bool) -> None:
        """Publish at QoS 1 and wait for the broker's acknowledgement.

        Raises:
            DeliveryError: not connected, or not acknowledged in time.
        """
        if not self._client.is_connected():
            raise DeliveryError("the broker is not connected")
        info = self._client.publish(topic, body, qos=1, retain=retain)
        try:
            info.wait_for_publish(PUBLISH_TIMEOUT_S)
        except (ValueError, RuntimeError) as error:
            raise DeliveryError(f"the broker did not take it: {error}") from error
        if not info.is_published():
            raise DeliveryError(f"no acknowledgement within {PUBLISH_TIMEOUT_S:.0f} s")

    def _connected(
        self,
        client: paho.Client,
        _data: object,
        _flags: paho.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            log.warning("the broker refused the crew link: %s", reason)
            return
        client.subscribe(TOPIC_FILTER, qos=1)

    @property
    def connected(self) -> bool:
        """Does the broker hear us? Only a hint: publishing is what proves it."""
        return self._client.is_connected()

    def _work(self) -> None:
        while (message := self._heard.get()) is not _CLOSE:
            self._save(message)
            self._client.ack(message.mid, message.qos)

    def _save(self, message: paho.MQTTMessage) -> None:
        for attempt in range(SAVE_ATTEMPTS):
            try:
                self._on_answer(message.topic, bytes(message.payload))
            except Exception:
                log.exception("an answer on %s could not be saved (attempt %d)", message.topic, attempt + 1)
                self._stopping.wait(attempt)
            else:
                return
        log.error("an answer on %s is given up: %r", message.topic, message.payload[:400])
