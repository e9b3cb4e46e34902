"""The downlink channel: once, at QoS 1, and never kept by the broker."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTMessage

from alerts.channels.downlink import DownlinkChannel
from alerts.crew_link import CrewLink
from alerts.errors import DeliveryError
from dispatch.downlinks import to_device
from tests.brokers import Broker, connected, needs_mosquitto, start_mosquitto
from tests.polling import wait_until

MESSAGE = to_device("1", "a84041ffff123456", 2, b"\x01\x00\x01\x2c", key="k", now_ms=0)


class Deaf:
    """A publisher whose broker is away."""

    def publish(self, topic: str, body: bytes, *, retain: bool) -> None:  # noqa: ARG002 - the port's
        raise DeliveryError("the broker is not connected")


def test_a_message_that_is_not_taken_stays_in_the_outbox() -> None:
    with pytest.raises(DeliveryError) as refused:
        DownlinkChannel(Deaf()).send(MESSAGE)
    assert refused.value.retryable


@needs_mosquitto
def test_who_listens_gets_a_command_and_who_comes_later_does_not(tmp_path: Path) -> None:
    with start_mosquitto(tmp_path, users={"kenh": "s"}) as broker:
        link = CrewLink(
            broker.host,
            broker.port,
            username=broker.username,
            password=broker.password,
            client_id="crews",
            on_answer=lambda _topic, _body: None,
        )
        link.start()
        try:
            wait_until(lambda: link.connected, "the link")
            assert _heard(broker, lambda: DownlinkChannel(link).send(MESSAGE)) == [(MESSAGE.body, 1, False)]
            assert _heard(broker, lambda: link.publish(MESSAGE.target, b"last", retain=False)) == [
                (b"last", 1, False)
            ]
        finally:
            link.stop()


def _heard(broker: Broker, act: Callable[[], None]) -> list[tuple[bytes, int, bool]]:
    """What a fresh listener on the topic gets: what is retained first, then what `act` brings."""
    got: list[tuple[bytes, int, bool]] = []
    subscribed, arrived = threading.Event(), threading.Event()
    with connected(broker) as listener:
        listener.on_subscribe = lambda *_: subscribed.set()

        def keep(_client: Client, _data: object, message: MQTTMessage) -> None:
            got.append((bytes(message.payload), message.qos, message.retain))
            arrived.set()

        listener.on_message = keep
        listener.subscribe("application/+/device/+/command/down", 1)
        assert subscribed.wait(5)
        act()
        assert arrived.wait(5)
    return got
