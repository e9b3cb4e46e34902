"""What ingest listens to grows with the sensors that announce themselves, and survives a restart."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.formats import Discovered
from devices.uplinks import Uplink
from kenh.listening import Listening
from storage.state import State, sqlite_url

CONFIG = "homeassistant/sensor/bin07/fill/config"
STATE = "bin07/sensor/fill_distance/state"
NOW = 1_795_421_702_000


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State(sqlite_url(tmp_path / "state.db"))
    opened.migrate()
    yield opened
    opened.close()


def listening(state: State, *, topics: str = "") -> Listening:
    return Listening(state, topics, "homeassistant", "Asia/Ho_Chi_Minh")


def announced(ear: Listening) -> Discovered:
    config = {
        "unique_id": "bin07_fill",
        "state_topic": STATE,
        "device_class": "distance",
        "unit_of_measurement": "m",
        "device": {"identifiers": ["bin07"]},
    }
    (told,) = ear.parse(CONFIG, json.dumps(config).encode(), NOW)
    assert isinstance(told, Discovered)
    return told


def test_a_sensor_that_announces_itself_is_listened_to_and_understood(state: State) -> None:
    ear = listening(state)
    subscribed: list[tuple[str, ...]] = []
    ear.on_change(subscribed.append)
    ear.discovered([announced(ear)], NOW)
    assert STATE in subscribed[-1]
    (uplink,) = ear.parse(STATE, b"0.84", NOW)
    assert isinstance(uplink, Uplink)
    assert uplink.device_id == "bin07"
    assert [(one.quantity, one.value) for one in uplink.measured] == [("distance_mm", 840.0)]


def test_after_a_restart_it_is_still_listened_to(state: State) -> None:
    ear = listening(state)
    ear.discovered([announced(ear)], NOW)
    assert STATE in listening(state).filters


def test_a_sensor_that_is_taken_back_is_forgotten(state: State) -> None:
    ear = listening(state)
    ear.discovered([announced(ear)], NOW)
    (gone,) = ear.parse(CONFIG, b"", NOW)
    assert isinstance(gone, Discovered)
    ear.discovered([gone], NOW + 1)
    assert STATE not in ear.filters
    assert STATE not in listening(state).filters


def test_announcements_of_strangers_cannot_fill_the_state(state: State) -> None:
    ear = listening(state)
    one = announced(ear).to_json()
    crowd = [
        Discovered.from_json({**one, "config_topic": f"homeassistant/sensor/{n}/config"}) for n in range(2100)
    ]
    ear.discovered(crowd, NOW)
    with state.snapshot() as tx:
        assert len(tx.discoveries.all()) == tx.discoveries.CAP


def test_topics_of_the_settings_are_listened_to(state: State) -> None:
    assert "tele/+/SENSOR" in listening(state, topics="tele/+/SENSOR=tasmota").filters
    with pytest.raises(ValueError, match="no format"):
        listening(state, topics="tele/+/SENSOR=xml")
