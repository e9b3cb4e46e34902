"""The broker link of dispatch on a real Mosquitto: nothing a crew says is missed, nothing is half sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from alerts.crew_link import CrewLink
from alerts.errors import DeliveryError
from tests.brokers import Broker, connected, needs_mosquitto, publish, start_mosquitto
from tests.polling import wait_until

TOPIC = "kenh/v1/crews/c/work-orders/WO-1"
pytestmark = needs_mosquitto


class Listener:
    """Keeps answers; fails as often as told first."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.heard: list[bytes] = []

    def __call__(self, topic: str, body: bytes) -> None:
        assert topic.startswith("kenh/v1/crews/")
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the state is locked")
        self.heard.append(body)


@contextmanager
def linked(broker: Broker, listener: Listener) -> Iterator[CrewLink]:
    link = CrewLink(
        broker.host,
        broker.port,
        username=broker.username,
        password=broker.password,
        client_id="crews",
        on_answer=listener,
    )
    link.start()
    try:
        wait_until(lambda: link.connected, "the crew link")
        yield link
    finally:
        link.stop()


def test_a_retained_order_waits_for_a_crew_and_an_empty_one_removes_it(tmp_path: Path) -> None:
    with start_mosquitto(tmp_path, users={"kenh": "s"}) as broker, linked(broker, Listener()) as link:
        link.publish(TOPIC, b"order", retain=True)
        got: list[bytes] = []
        arrived = threading.Event()
        with connected(broker) as crew:

            def keep(_client: object, _data: object, message: object) -> None:
                got.append(message.payload)  # type: ignore[attr-defined]  # paho's MQTTMessage
                arrived.set()

            crew.on_message = keep
            crew.subscribe(TOPIC, 1)
            assert arrived.wait(5)
            link.publish(TOPIC, b"", retain=True)
            wait_until(lambda: len(got) == 2, "the emptied order")
        assert got == [b"order", b""]


def test_an_answer_given_while_we_are_away_is_heard_afterwards(tmp_path: Path) -> None:
    with start_mosquitto(tmp_path, users={"kenh": "s"}) as broker:
        listener = Listener()
        with linked(broker, listener):
            publish(broker, [(f"{TOPIC}/status", b"one")])
            wait_until(lambda: listener.heard == [b"one"], "the first answer")
        publish(broker, [(f"{TOPIC}/status", b"two")])
        with linked(broker, listener):
            wait_until(lambda: listener.heard == [b"one", b"two"], "the second answer")


def test_an_answer_that_cannot_be_saved_at_once_is_saved_on_another_try(tmp_path: Path) -> None:
    listener = Listener(failures=1)
    with start_mosquitto(tmp_path, users={"kenh": "s"}) as broker, linked(broker, listener):
        publish(broker, [(f"{TOPIC}/status", b"one"), (f"{TOPIC}/status", b"two")])
        wait_until(lambda: listener.heard == [b"one", b"two"], "both answers")


def test_without_a_broker_a_message_is_refused_as_worth_another_try(tmp_path: Path) -> None:
    with start_mosquitto(tmp_path, users={"kenh": "s"}) as broker, linked(broker, Listener()) as link:
        broker.stop()
        wait_until(lambda: not link.connected, "the link noticing")
        with pytest.raises(DeliveryError) as refused:
            link.publish(TOPIC, b"order", retain=True)
        assert refused.value.retryable
        broker.start()
        wait_until(lambda: link.connected, "the link coming back")
        link.publish(TOPIC, b"order", retain=True)
