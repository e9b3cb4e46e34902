"""kill -9 in the middle of five thousand uplinks: everything is stored, and stored once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from devices.readings import SeriesKey
from kenh.settings import load
from storage.sqlite.readings import SqliteReadings
from tests.brokers import Broker, connected, needs_mosquitto, start_mosquitto
from tests.end_to_end.service import take_in
from tests.polling import wait_until

pytestmark = needs_mosquitto
UPLINKS = 5_000
SECOND = 1_000
FIRST_MS = 1_780_000_000_000
KEY = SeriesKey("G07", "1", "water_level_m")
SITES = "site_id,kind,name\nG07,drain,Ga G07\n"
DEVICES = "device_id,model,site_id,mounted_from\ng07,,G07,2026-01-01T00:00:00Z\n"
#: What `kenh up` writes into the configuration of a broker of its own.
QUEUE = "max_queued_messages 200000\nmax_inflight_messages 1000\n"


@contextmanager
def kenh_up(data: Path, broker: Broker) -> Iterator[subprocess.Popen[bytes]]:
    """The real program in a process of its own."""
    environment = os.environ | {
        "KENH_MQTT__URL": broker.url,
        "KENH_MQTT__USERNAME": broker.username,
        "KENH_MQTT__PASSWORD": broker.password,
    }
    command = [sys.executable, "-m", "kenh", "up", "--no-demo", "--data", str(data), "--port", "0"]
    with (data / "up.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def values(data: Path) -> dict[int, float]:
    """What is stored, by time."""
    if not (data / "readings.db").exists():
        return {}
    store = SqliteReadings(data / "readings.db")
    try:
        (column,) = store.range([KEY], 0, 2**62)
        return dict(zip(column.time_ms.tolist(), column.value.tolist(), strict=True))
    finally:
        store.close()


def test_five_thousand_uplinks_survive_kill_9(tmp_path: Path) -> None:
    data = tmp_path / "data"
    take_in(load(data=data), sites=SITES, devices=DEVICES)
    expected = {FIRST_MS + n * SECOND: round(0.1 + n % 700 / 1000, 3) for n in range(UPLINKS)}
    with start_mosquitto(tmp_path, users={"kenh": "s"}, extra=QUEUE) as broker, connected(broker) as device:
        with kenh_up(data, broker) as process:
            wait_until((data / "connection.json").exists, "kenh up", timeout_s=30)
            sent = [
                device.publish(
                    "kenh/v1/g07/up", orjson.dumps({"ts": ts, "readings": {"water_level_m": value}}), 1
                )
                for ts, value in expected.items()
            ]
            wait_until(lambda: len(values(data)) > 300, "the first few hundred", timeout_s=30)
            process.send_signal(signal.SIGKILL)
            process.wait(10)
        before = len(values(data))
        assert 0 < before < UPLINKS, "the kill came too early or too late to prove anything"
        for info in sent:
            info.wait_for_publish(30)
        with kenh_up(data, broker):
            wait_until(lambda: len(values(data)) >= UPLINKS, "all of them", timeout_s=60)
    assert values(data) == expected
