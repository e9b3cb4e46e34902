"""Playing the demo over a real broker."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTMessage

from kenh.demo.commune import commune
from kenh.demo.play import Broker, play
from kenh.demo.story import demo_fleet
from tests import brokers
from tests.brokers import connected, needs_mosquitto, start_mosquitto
from tests.polling import wait_until

START_MS = 1_795_421_702_000
ORDER = "kenh/v1/crews/thoat-nuoc-2/work-orders/WO-261123-K7Q2MX"


class Hand:
    """A clock that is moved by hand."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


@contextmanager
def playing(broker: brokers.Broker, clock: Hand) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(
        target=play,
        args=(demo_fleet(commune(), START_MS), START_MS),
        kwargs={
            "mqtt": Broker(broker.host, broker.port, broker.username, broker.password),
            "clock": clock,
            "stop_event": stop,
            "tick_s": 0.02,
        },
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


@contextmanager
def listening(broker: brokers.Broker, topic: str) -> Iterator[list[tuple[str, bytes]]]:
    heard: list[tuple[str, bytes]] = []
    with connected(broker) as client:

        def note(_client: Client, _data: object, message: MQTTMessage) -> None:
            heard.append((message.topic, bytes(message.payload)))

        subscribed = threading.Event()
        client.on_message = note
        client.on_subscribe = lambda *_: subscribed.set()
        client.subscribe(topic, qos=1)
        assert subscribed.wait(5)
        yield heard


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[brokers.Broker]:
    with start_mosquitto(tmp_path, users={"demo": "secret"}) as running:
        yield running


@needs_mosquitto
def test_what_is_due_is_published_once_and_nothing_from_the_future(broker: brokers.Broker) -> None:
    clock = Hand(START_MS + 90_000)
    due = demo_fleet(commune(), START_MS).uplinks(START_MS, START_MS + 90_000)
    with listening(broker, "#") as heard, playing(broker, clock):
        wait_until(lambda: len(heard) >= len(due), "the due uplinks")
        clock.now_ms += 5_000
        more = demo_fleet(commune(), START_MS).uplinks(START_MS + 90_000, START_MS + 95_000)
        wait_until(lambda: len(heard) >= len(due) + len(more), "what came due since")
    assert sorted(heard) == sorted((sent.topic, sent.payload) for sent in (*due, *more))


@needs_mosquitto
def test_after_a_long_pause_only_the_last_quarter_of_an_hour_is_made_up(broker: brokers.Broker) -> None:
    now_ms = START_MS + 3 * 3_600_000
    due = demo_fleet(commune(), START_MS).uplinks(now_ms - 900_000, now_ms)
    with listening(broker, "#") as heard, playing(broker, Hand(now_ms)):
        wait_until(lambda: len(heard) >= len(due), "the last quarter of an hour")
    assert len(heard) == len(due)


@needs_mosquitto
def test_it_goes_on_when_the_broker_comes_back(broker: brokers.Broker) -> None:
    clock = Hand(START_MS + 1_000)
    with playing(broker, clock):
        broker.stop()
        broker.start()
        with listening(broker, "#") as heard:
            clock.now_ms += 60_000
            wait_until(lambda: len(heard) > 10, "uplinks after the broker's pause")


@needs_mosquitto
def test_the_crew_answers_the_retained_order(broker: brokers.Broker) -> None:
    clock = Hand(START_MS + 30_000)
    body = {"site": {"id": "G07"}, "kind": "blocked_drain", "state": "assigned"}
    with connected(broker) as crew_system:
        crew_system.publish(ORDER, json.dumps(body), qos=1, retain=True).wait_for_publish(5)
        with listening(broker, f"{ORDER}/status") as heard, playing(broker, clock):
            wait_until(lambda: _seen(clock, heard), "the crew's answer")
    assert json.loads(heard[0][1])["status"] == "accepted"


def _seen(clock: Hand, heard: list[tuple[str, bytes]]) -> bool:
    clock.now_ms = min(clock.now_ms + 500, START_MS + 100_000)
    return bool(heard)
