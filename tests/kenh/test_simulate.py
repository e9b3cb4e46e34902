"""`kenh simulate`: a fleet of any size, that can be imported and that publishes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from devices.importing import export_devices_csv, export_sites_csv, read_devices, read_sites
from kenh.demo.commune import commune
from kenh.demo.many import commune_of
from tests.brokers import connected, needs_mosquitto, start_mosquitto
from tests.polling import wait_until

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("count", [1, 15, 500])
def test_a_commune_of_any_size_can_be_imported(count: int) -> None:
    made = commune_of(count)
    assert len(made.sites) == count
    sites = read_sites(export_sites_csv(made), "csv")
    devices = read_devices(export_devices_csv(made))
    assert {site.id for site in sites.sites} == set(made.sites)
    assert {device.id for device in devices.devices} == set(made.devices)
    assert all(one in made.sites for site in made.sites.values() for one in site.downstream)


def test_a_larger_commune_begins_with_the_demos_own_and_has_as_many_devices_a_site() -> None:
    plain = commune()
    doubled = commune_of(2 * len(plain.sites))
    assert set(plain.devices) <= set(doubled.devices)
    assert len(doubled.devices) == 2 * len(plain.devices)


@needs_mosquitto
def test_it_publishes_until_told_to_stop(tmp_path: Path) -> None:
    topics: list[str] = []
    with start_mosquitto(tmp_path, users={"kenh": "secret"}) as broker, connected(broker) as client:
        client.on_message = lambda _client, _user, message: topics.append(message.topic)
        client.subscribe("#")
        environment = os.environ | {
            "KENH_MQTT__URL": broker.url,
            "KENH_MQTT__USERNAME": broker.username,
            "KENH_MQTT__PASSWORD": broker.password,
        }
        command = [sys.executable, "-m", "kenh", "simulate", "--sites", "20", "--speed", "5000"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
        try:
            wait_until(lambda: len(topics) > 100, "uplinks arrive", timeout_s=30)
            process.send_signal(signal.SIGTERM)
            told, _ = process.communicate(timeout=15)
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 0
    assert told.decode().endswith("uplinks published\n")
