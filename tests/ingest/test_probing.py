"""Brokers tried out: what the probe says of a Mosquitto as it comes, of ours, and of amqtt."""

import socket
import subprocess
import sys
from pathlib import Path

from ingest.probing import PUBLISHED, Probe, probe
from tests.brokers import Broker, free_port, needs_mosquitto, start_mosquitto
from tests.ingest.test_receiver import AMQTT
from tests.polling import wait_until

OURS = "max_inflight_messages 2000\n"


def probed(broker: Broker, password: str = "") -> Probe:
    return probe(broker.host, broker.port, broker.username, password or broker.password)


@needs_mosquitto
def test_a_mosquitto_as_it_comes_has_a_window_of_20_and_heeds_mqtt_5(tmp_path: Path) -> None:
    with start_mosquitto(tmp_path, users={"kenh": "secret"}) as broker:
        assert probed(broker) == Probe(20, version5=True, shared_ok=True, problems=())


@needs_mosquitto
def test_a_mosquitto_of_ours_hands_out_as_many_as_we_try(tmp_path: Path) -> None:
    with start_mosquitto(tmp_path, users={"kenh": "secret"}, extra=OURS) as broker:
        assert probed(broker) == Probe(PUBLISHED, version5=True, shared_ok=True, problems=())


@needs_mosquitto
def test_the_probe_leaves_nothing_behind(tmp_path: Path) -> None:
    with start_mosquitto(tmp_path, users={"kenh": "secret"}) as broker:
        probed(broker)
        broker.stop()  # It saves what it keeps: sessions, subscriptions, retained messages.
        assert b"probe" not in (tmp_path / "mosquitto" / "mosquitto.db").read_bytes()


@needs_mosquitto
def test_without_the_rights_the_probe_says_which_are_missing(tmp_path: Path) -> None:
    rules = tmp_path / "acl"
    rules.write_text("user kenh\ntopic read kenh/v1/#\n")
    with start_mosquitto(tmp_path, users={"kenh": "secret"}, extra=f"acl_file {rules}\n") as broker:
        found = probed(broker)
    assert (found.window, found.shared_ok) == (0, None)
    assert "let that user read and write kenh/v1/#" in found.problems[0]


@needs_mosquitto
def test_a_wrong_password_is_a_problem_and_no_exception(tmp_path: Path) -> None:
    with start_mosquitto(tmp_path, users={"kenh": "secret"}) as broker:
        found = probed(broker, "wrong")
    assert found.problems == (f"The broker at 127.0.0.1:{broker.port} refused kenh: Not authorized.",)


def test_amqtt_speaks_no_mqtt_5_and_does_not_share(tmp_path: Path) -> None:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", AMQTT, str(port)])
    try:
        wait_until(lambda: answers(port), "amqtt")
        found = probe("127.0.0.1", port, "", "", timeout_s=1.5)
    finally:
        process.kill()
        process.wait(5)
    assert found.window > 0
    assert not found.version5
    assert not found.shared_ok
    assert any("one `kenh ingest` only" in each for each in found.problems)


def test_where_there_is_no_broker_the_probe_says_so() -> None:
    port = free_port()
    found = probe("127.0.0.1", port, "kenh", "secret")
    assert (found.window, found.version5, found.shared_ok) == (0, False, None)
    assert found.problems[0].startswith(f"No connection to 127.0.0.1:{port}: ")


def test_one_who_listens_and_never_answers_does_not_hold_the_probe() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = probe("127.0.0.1", server.getsockname()[1], "", "", timeout_s=0.2)
    assert found.problems[0].endswith("did not answer.")


def answers(port: int) -> bool:
    with socket.socket() as probing:
        probing.settimeout(1.0)
        return probing.connect_ex(("127.0.0.1", port)) == 0
