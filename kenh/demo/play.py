"""Playing the demo: due uplinks go out over real MQTT, and the simulated crews answer their orders."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from devices.simulated.fleet import Fleet
from kenh.demo.crew import ORDERS_FILTER, SimulatedCrews

_TICK_S = 0.5
#: After a pause of the broker the network servers still hand over what they heard in so long.
_KEPT_MS = 15 * 60_000
#: While the broker is away so many messages are held; more would be stale anyway.
_HELD = 5_000


@dataclass(frozen=True, slots=True)
class Broker:
    """Where to publish."""

    host: str
    port: int = 1883
    username: str = ""
    password: str = field(default="", repr=False)


def play(
    fleet: Fleet,
    from_ms: int,
    *,
    mqtt: Broker,
    clock: Callable[[], int],
    stop_event: threading.Event,
    tick_s: float = _TICK_S,
    client_id: str = "kenh-demo-fleet",
    answer_orders: bool = True,
) -> int:
    """Publish what the fleet sends after `from_ms`, and what the crews answer, until told to stop.

    A broker that is not there is waited for; after a pause, no more than a quarter of an hour is made up.
    Gives how many uplinks were published.
    """
    total = 0
    crews = SimulatedCrews(fleet.world.start_ms)
    inbox: SimpleQueue[tuple[str, bytes]] = SimpleQueue()
    client = _client(mqtt, inbox, client_id, ORDERS_FILTER if answer_orders else "")
    client.connect_async(mqtt.host, mqtt.port, keepalive=30)
    client.loop_start()
    sent_ms = from_ms
    try:
        while not stop_event.is_set():
            if client.is_connected():
                now_ms = clock()
                for uplink in fleet.uplinks(max(sent_ms, now_ms - _KEPT_MS), now_ms):
                    client.publish(uplink.topic, uplink.payload, qos=1)
                    total += 1
                sent_ms = now_ms
                _read_orders(crews, inbox, now_ms)
                for answer in crews.due(now_ms):
                    client.publish(answer.topic, answer.payload, qos=1)
            stop_event.wait(tick_s)
    finally:
        client.disconnect()
        client.loop_stop()
    return total


def _read_orders(crews: SimulatedCrews, inbox: SimpleQueue[tuple[str, bytes]], now_ms: int) -> None:
    while True:
        try:
            topic, payload = inbox.get_nowait()
        except Empty:
            return
        crews.saw(topic, payload, now_ms)


def _client(mqtt: Broker, inbox: SimpleQueue[tuple[str, bytes]], client_id: str, orders: str) -> Client:
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id)
    if mqtt.username:
        client.username_pw_set(mqtt.username, mqtt.password)
    client.max_inflight_messages_set(200)
    client.max_queued_messages_set(_HELD)
    client.reconnect_delay_set(min_delay=1, max_delay=10)

    def connected(
        client: Client, _data: Any, _flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if orders and not reason.is_failure:
            client.subscribe(orders, qos=1)

    def received(_client: Client, _data: Any, message: MQTTMessage) -> None:
        inbox.put((message.topic, bytes(message.payload)))

    client.on_connect = connected
    client.on_message = received
    return client
