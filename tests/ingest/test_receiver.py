"""The receiver on a real Mosquitto: acknowledged when journalled, alive whatever happens."""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from ingest.connection import Connection
from ingest.counters import IngestCounters
from ingest.errors import JournalFull
from ingest.receiver import Receiver, ReceiverSettings
from ingest.records import MAX_PAYLOAD, Raw
from tests.brokers import Broker, connected, free_port, needs_mosquitto, publish, start_mosquitto
from tests.ingest.fakes import T0, own_uplink
from tests.polling import wait_until

FILTERS = ("kenh/v1/+/up", "application/+/device/+/event/+")


class Kept:
    """A journal in memory; `error` is raised instead while it is set."""

    def __init__(self) -> None:
        self.raws: list[Raw] = []
        self.error: Exception | None = None
        self.tries = 0

    def __call__(self, batch: list[Raw]) -> None:
        self.tries += 1
        if self.error is not None:
            raise self.error
        self.raws += batch

    @property
    def distinct(self) -> set[tuple[str, bytes]]:
        return {(raw.topic, raw.payload) for raw in self.raws}


class StumblingClock:
    """A clock that raises at the `at`th call; it is asked at each reading: CONNACK, SUBACK, messages."""

    def __init__(self, at: int = 0) -> None:
        self.at = at
        self.calls = 0

    def __call__(self) -> int:
        self.calls += 1
        if self.calls == self.at:
            raise ZeroDivisionError("a mistake of ours")
        return T0 + self.calls


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with start_mosquitto(tmp_path_factory.mktemp("broker"), users={"kenh": "secret"}) as started:
        yield started


@contextmanager
def receiving(
    broker: Broker,
    kept: Callable[[list[Raw]], object],
    *,
    clock: Callable[[], int] | None = None,
    client_id: str,
    password: str = "",
    filters: tuple[str, ...] = FILTERS,
    ready: bool = True,
    keepalive_s: int = 30,
) -> Iterator[Receiver]:
    settings = ReceiverSettings(
        broker.host,
        filters,
        broker.port,
        broker.username,
        password or broker.password,
        client_id=client_id,
        keepalive_s=keepalive_s,
        reconnect_min_s=0.05,
        reconnect_max_s=0.2,
    )
    receiver = Receiver(settings, on_batch=kept, clock=clock or StumblingClock(), counters=IngestCounters())
    receiver.start()
    try:
        if ready:
            wait_until(receiver.healthy, "the receiver is connected and subscribed")
        yield receiver
    finally:
        receiver.stop()


@needs_mosquitto
def test_what_is_published_is_journalled_and_then_acknowledged(broker: Broker) -> None:
    kept = Kept()
    messages = [own_uplink(number) for number in range(300)]
    with receiving(broker, kept, client_id="plain") as receiver:
        publish(broker, messages)
        wait_until(lambda: receiver.counters.acked == 300, "everything is acknowledged")
    assert [(raw.topic, raw.payload) for raw in kept.raws] == messages
    assert receiver.counters.journalled == receiver.counters.received == 300
    assert not receiver.healthy()
    assert receiver.problem() == "stopped"


@needs_mosquitto
def test_what_the_journal_refuses_is_not_acknowledged_and_comes_again(broker: Broker) -> None:
    full = Kept()
    full.error = JournalFull("no room")
    with receiving(broker, full, client_id="refused") as receiver:
        publish(broker, [own_uplink(number) for number in range(50)])
        wait_until(lambda: full.tries > 1, "the journal is tried again")
        assert receiver.problem() == "the journal takes nothing: no room"
    assert receiver.counters.acked == 0
    kept = Kept()
    with receiving(broker, kept, client_id="refused"):
        wait_until(lambda: len(kept.distinct) == 50, "the broker delivers all of it again")
    assert all(raw.duplicate for raw in kept.raws)


@needs_mosquitto
def test_a_redelivery_keeps_its_packet_identifier(broker: Broker) -> None:
    seen: list[Raw] = []

    def refuse(batch: list[Raw]) -> None:
        seen.extend(batch)
        raise JournalFull("no room")

    with receiving(broker, refuse, client_id="mids"):
        publish(broker, [own_uplink(1)])
        wait_until(lambda: seen, "the message came")
    kept = Kept()
    with receiving(broker, kept, client_id="mids"):
        wait_until(lambda: kept.raws, "the message came again")
    assert kept.raws[0].mid == seen[0].mid > 0


@needs_mosquitto
def test_when_the_journal_recovers_the_same_batch_is_acknowledged(broker: Broker) -> None:
    kept = Kept()
    kept.error = JournalFull("no room")
    with receiving(broker, kept, client_id="recovers") as receiver:
        publish(broker, [own_uplink(number) for number in range(50)])
        wait_until(lambda: receiver.problem() is not None, "the trouble is said")
        kept.error = None
        wait_until(lambda: receiver.counters.acked == 50, "everything is acknowledged")
        assert receiver.healthy()
    assert len(kept.raws) == 50


@needs_mosquitto
def test_on_a_default_broker_1500_messages_wait_while_the_journal_takes_nothing(broker: Broker) -> None:
    # A client without a receive maximum gets 1,020 of them: Mosquitto's window is 20 and its queue 1,000.
    kept = Kept()
    kept.error = JournalFull("no room")
    messages = [own_uplink(number) for number in range(1500)]
    with receiving(broker, kept, client_id="window") as receiver:
        publish(broker, messages)
        kept.error = None
        wait_until(lambda: receiver.counters.acked >= 1500, "everything is acknowledged")
    assert kept.distinct == set(messages)


@needs_mosquitto
def test_an_exception_in_a_callback_kills_nothing_and_loses_nothing(broker: Broker) -> None:
    kept = Kept()
    messages = [own_uplink(number) for number in range(40)]
    with receiving(broker, kept, client_id="stumbles", clock=StumblingClock(at=3)) as receiver:
        publish(broker, messages)
        wait_until(lambda: kept.distinct == set(messages), "all arrive in the end")
        wait_until(receiver.healthy, "the receiver is well again")
    assert receiver.counters.callback_errors == 1
    assert receiver.counters.connects == 2


@needs_mosquitto
def test_an_oversized_message_is_taken_and_only_its_beginning_kept(broker: Broker) -> None:
    kept = Kept()
    with receiving(broker, kept, client_id="oversized") as receiver:
        publish(broker, [("kenh/v1/big/up", b"x" * 1_000_000), own_uplink(1)])
        wait_until(lambda: receiver.counters.acked == 2, "both are acknowledged")
    assert len(kept.raws[0].payload) == MAX_PAYLOAD
    assert [raw.truncated for raw in kept.raws] == [True, False]
    assert receiver.counters.oversized == 1


@needs_mosquitto
def test_a_retained_message_comes_once_and_not_at_every_reconnect(broker: Broker) -> None:
    publish(broker, [("kenh/v1/kept/up", b'{"readings": {}}')], retain=True)
    kept = Kept()
    for _ in range(2):
        with receiving(broker, kept, client_id="retained"):
            publish(broker, [own_uplink(1)])
            wait_until(lambda: own_uplink(1) in kept.distinct, "the live message came")
        kept.raws = [raw for raw in kept.raws if raw.retained]
    assert [(raw.topic, raw.retained) for raw in kept.raws] == [("kenh/v1/kept/up", True)]
    publish(broker, [("kenh/v1/kept/up", b"")], retain=True)


@needs_mosquitto
def test_a_wrong_password_is_said_in_words_and_tried_again(broker: Broker) -> None:
    with receiving(broker, Kept(), client_id="wrong", password="no", ready=False) as receiver:
        wait_until(lambda: "refused us: Not authorized" in (receiver.problem() or ""), "the reason is given")
        assert not receiver.healthy()
    assert receiver.counters.connects == 0


def offline_connection(filters: tuple[str, ...]) -> Connection:
    return Connection(
        ReceiverSettings("127.0.0.1", filters),
        version5=True,
        deliver=lambda _: True,
        counters=IngestCounters(),
        clock=lambda: 0,
    )


def suback(*names: str) -> list[ReasonCode]:
    return [ReasonCode(PacketTypes.SUBACK, name) for name in names]


def test_a_subscription_the_broker_refuses_is_a_problem_but_the_others_stand() -> None:
    # Mosquitto's own rights do not judge subscriptions, so nobody but the callback can tell us here.
    connection = offline_connection(("ours/#", "theirs/#"))
    client = connection._client
    connection._on_subscribe(client, None, 1, suback("Granted QoS 1", "Not authorized"), None)
    assert connection.subscribed
    assert not connection.over
    assert connection.trouble == "the broker refused our subscription to theirs/# (Not authorized)"
    connection._on_subscribe(client, None, 2, suback("Granted QoS 1", "Granted QoS 1"), None)
    assert connection.trouble == ""


def test_when_every_subscription_is_refused_the_connection_is_given_up() -> None:
    connection = offline_connection(("theirs/#",))
    connection._on_subscribe(connection._client, None, 1, suback("Not authorized"), None)
    assert connection.over
    assert not connection.subscribed


def test_an_acknowledgement_for_an_ended_connection_goes_nowhere() -> None:
    connection = offline_connection(("ours/#",))
    connection.over = True
    assert not connection.ack(b"\x40\x02\x00\x07")


def test_a_broker_that_refuses_mqtt_5_is_asked_again_in_3_1_1() -> None:
    levels: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while len(levels) < 2:
                guest, _ = server.accept()
                with guest:
                    levels.append(guest.recv(1000)[8])  # after the fixed header and the name MQTT
                    guest.sendall(b"\x20\x02\x00\x01")  # CONNACK: unacceptable protocol version

        answering = threading.Thread(target=serve)
        answering.start()
        nowhere = Broker("127.0.0.1", server.getsockname()[1], "kenh", "secret", [], Path())
        with receiving(nowhere, Kept(), client_id="old", ready=False):
            answering.join(5)
    assert levels == [5, 4]


AMQTT = """
import asyncio, logging, sys
from amqtt.broker import Broker

async def main():
    listener = {"type": "tcp", "bind": f"127.0.0.1:{sys.argv[1]}"}
    broker = Broker({
        "listeners": {"default": listener},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    })
    await broker.start()
    await asyncio.Event().wait()

logging.disable()
asyncio.run(main())
"""


def test_amqtt_which_never_answers_mqtt_5_is_spoken_to_in_3_1_1() -> None:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", AMQTT, str(port)])
    kept = Kept()
    settings = ReceiverSettings(
        "127.0.0.1", FILTERS, port, answer_s=0.3, reconnect_min_s=0.05, reconnect_max_s=0.2
    )
    receiver = Receiver(settings, on_batch=kept, clock=StumblingClock())
    receiver.start()
    try:
        wait_until(receiver.healthy, "connected and subscribed")
        publish(
            Broker("127.0.0.1", port, "", "", [], Path()), [own_uplink(n) for n in range(100)], version5=False
        )
        wait_until(lambda: receiver.counters.acked == 100, "everything is acknowledged")
    finally:
        receiver.stop()
        process.kill()
        process.wait(5)
    assert len(kept.distinct) == 100


@needs_mosquitto
def test_after_a_broker_restart_it_reconnects_subscribes_and_misses_nothing(tmp_path: Path) -> None:
    kept = Kept()
    with (
        start_mosquitto(tmp_path, users={"kenh": "secret"}) as broker,
        receiving(broker, kept, client_id="restarts") as receiver,
    ):
        publish(broker, [own_uplink(0)])
        broker.stop()
        wait_until(lambda: not receiver.healthy(), "the loss is noticed")
        broker.start()
        publish(broker, [own_uplink(1)])  # to the session, which the broker kept on disk
        wait_until(receiver.healthy, "it is back")
        publish(broker, [own_uplink(2)])
        wait_until(lambda: len(kept.distinct) == 3, "all arrive")
        assert receiver.counters.connects == 2


@needs_mosquitto
def test_after_a_broker_lost_its_sessions_it_subscribes_anew(tmp_path: Path) -> None:
    kept = Kept()
    with (
        start_mosquitto(tmp_path, users={"kenh": "secret"}) as broker,
        receiving(broker, kept, client_id="forgotten") as receiver,
    ):
        broker.kill()
        wait_until(lambda: not receiver.healthy(), "the loss is noticed")
        (tmp_path / "mosquitto" / "mosquitto.db").unlink(missing_ok=True)
        broker.start()
        wait_until(receiver.healthy, "it is back")
        publish(broker, [own_uplink(2)])
        wait_until(lambda: len(kept.raws) == 1, "it listens")


@needs_mosquitto
def test_a_topic_learnt_of_later_is_subscribed_to_while_connected(broker: Broker) -> None:
    kept = Kept()
    with receiving(broker, kept, client_id="learns") as receiver:
        receiver.listen_to((*FILTERS, "bin07/sensor/fill/state"))
        wait_until(lambda: broker.subscriptions("learns") > len(FILTERS), "it subscribes to one more")
        publish(broker, [("bin07/sensor/fill/state", b"0.84")])
        wait_until(lambda: kept.raws, "its message came")
        assert receiver.counters.connects == 1


@needs_mosquitto
def test_a_silent_broker_is_asked_whether_it_still_lives(broker: Broker) -> None:
    with receiving(broker, Kept(), client_id="silent", keepalive_s=1) as receiver:
        connection = receiver._connection
        assert connection is not None
        heard = connection.heard_at
        wait_until(lambda: connection.heard_at > heard + 1, "it answers")
        assert receiver.healthy()
        assert receiver.counters.connects == 1


def test_without_a_broker_it_says_so_and_stops_at_once() -> None:
    nowhere = Broker("127.0.0.1", free_port(), "kenh", "secret", [], Path())
    with receiving(nowhere, Kept(), client_id="nowhere", ready=False) as receiver:
        wait_until(lambda: "no connection to 127.0.0.1" in (receiver.problem() or ""), "the reason is given")


def test_a_receiver_never_started_can_be_stopped() -> None:
    receiver = Receiver(ReceiverSettings("127.0.0.1", FILTERS), on_batch=Kept(), clock=lambda: 0)
    assert receiver.problem() == "not started"
    receiver.stop()


@needs_mosquitto
def test_messages_of_qos_0_are_dropped_and_counted_when_there_is_no_room(broker: Broker) -> None:
    kept = Kept()
    kept.error = JournalFull("no room")
    settings = ReceiverSettings(
        broker.host,
        FILTERS,
        broker.port,
        broker.username,
        broker.password,
        client_id="crowded",
        queue_limit=100,
        receive_maximum=20,
        batch_records=50,
    )
    receiver = Receiver(settings, on_batch=kept, clock=StumblingClock())
    receiver.start()
    wait_until(lambda: receiver.problem() is None, "it is connected")
    with connected(broker) as client:
        for number in range(400):
            client.publish(*own_uplink(number), qos=0)
        wait_until(lambda: receiver.counters.dropped_qos0, "some are dropped")
    publish(broker, [own_uplink(1000)])
    kept.error = None
    wait_until(lambda: own_uplink(1000) in kept.distinct, "QoS 1 still comes through")
    receiver.stop()


@needs_mosquitto
def test_a_dead_thread_is_noticed(broker: Broker) -> None:
    class Dead(threading.Thread):
        def run(self) -> None:
            return None

    with receiving(broker, Kept(), client_id="dead") as receiver:
        alive = receiver._network
        receiver._network = Dead()
        assert receiver.problem() == "a receiver thread has died"
        receiver._network = alive


@needs_mosquitto
def test_workers_in_a_shared_subscription_get_every_message_once_between_them(broker: Broker) -> None:
    shared = tuple(f"$share/workers/{one}" for one in FILTERS)
    one, other = Kept(), Kept()
    messages = [own_uplink(number) for number in range(400)]
    with (
        receiving(broker, one, client_id="worker-1", filters=shared),
        receiving(broker, other, client_id="worker-2", filters=shared),
    ):
        publish(broker, messages)
        wait_until(lambda: len(one.raws) + len(other.raws) >= 400, "all arrive")
    assert one.raws
    assert other.raws
    assert not one.distinct & other.distinct
    assert one.distinct | other.distinct == set(messages)
