"""The broker we start ourselves: with a password, watched, and gone when we are."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from kenh import ports
from kenh.broker import mosquitto, supervised
from kenh.broker.credentials import load_or_create
from kenh.broker.supervised import BrokerError, SupervisedBroker
from tests.brokers import needs_mosquitto
from tests.polling import wait_until

MOSQUITTO = pytest.param("mosquitto", marks=needs_mosquitto)


@contextmanager
def running(folder: Path) -> Iterator[tuple[SupervisedBroker, dict[str, str]]]:
    users = load_or_create(folder)
    broker = SupervisedBroker(folder, "127.0.0.1", ports.free_from("127.0.0.1", 21_883), users)
    broker.start()
    try:
        yield broker, users
    finally:
        broker.stop()


def lets_in(broker: SupervisedBroker, username: str, password: str) -> bool:
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
    answers: list[bool] = []
    client.on_connect = lambda _c, _d, _f, reason, _p: answers.append(not reason.is_failure)
    client.username_pw_set(username, password)
    client.connect(broker.host, broker.port)
    client.loop_start()
    try:
        wait_until(lambda: answers, "an answer to CONNECT")
    finally:
        client.disconnect()
        client.loop_stop()
    return answers[0]


@pytest.mark.parametrize("kind", [MOSQUITTO, "amqtt"])
def test_it_lets_in_who_knows_the_password_and_nobody_else(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "amqtt":
        monkeypatch.setattr(mosquitto, "find", lambda: None)
    with running(tmp_path) as (broker, users):
        assert broker.kind == kind
        assert lets_in(broker, "kenh", users["kenh"])
        assert not lets_in(broker, "kenh", "wrong")


@needs_mosquitto
def test_it_is_started_again_when_it_dies(tmp_path: Path) -> None:
    with running(tmp_path) as (broker, users):
        first = broker.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: broker.pid not in (None, first), "another broker")
        wait_until(lambda: not ports.is_free(broker.host, broker.port), "its port")
        assert lets_in(broker, "kenh", users["kenh"])


@needs_mosquitto
def test_it_ends_with_its_parent_and_passwords_stay_the_same(tmp_path: Path) -> None:
    with running(tmp_path) as (broker, users):
        pid = broker.pid
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert load_or_create(tmp_path) == users


def test_a_broker_that_does_not_start_is_told_with_where_to_read_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mosquitto, "find", lambda: Path("/bin/false"))
    broker = SupervisedBroker(tmp_path, "127.0.0.1", ports.free_from("127.0.0.1", 21_883), {"kenh": "s"})
    with pytest.raises(BrokerError, match=r"broker\.log"):
        broker.start()


def test_waiting_for_a_predecessor_ends_at_once_where_there_is_none(tmp_path: Path) -> None:
    supervised.await_predecessor(tmp_path)
    (tmp_path / "broker.pid").write_text(str(os.getpid()))
    supervised.await_predecessor(tmp_path, timeout_s=0.1)
    assert not (tmp_path / "broker.log").exists()
