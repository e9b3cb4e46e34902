"""Sensors that announced themselves: what they say afterwards, and how they are kept."""

import json

import pytest

from devices.formats import Discovered, Formats
from devices.uplinks import Rejected, Uplink, UplinkKind
from tests.devices.formats.announcing import config, said, sensor
from tests.devices.formats.opening import values
from tests.devices.messages import RECEIVED_MS


def test_a_message_on_the_announced_topic_is_an_uplink_of_the_device() -> None:
    (uplink,) = said([sensor(config())], b"0.84")
    assert isinstance(uplink, Uplink)
    assert (uplink.device_id, uplink.kind, values(uplink)) == (
        "bin07",
        UplinkKind.DATA,
        {"distance_mm": 840.0},
    )


@pytest.mark.parametrize("payload", [b"nan", b"unavailable", b"unknown", b""])
def test_an_announced_sensor_that_measured_nothing_is_alive(payload: bytes) -> None:
    (uplink,) = said([sensor(config())], payload)
    assert isinstance(uplink, Uplink)
    assert (uplink.kind, uplink.measured) == (UplinkKind.STATUS, ())


@pytest.mark.parametrize("payload", [b"far", b"\xff", b"[]", b"1e999", b"84 cm"])
def test_an_announced_sensor_that_talks_nonsense_is_refused(payload: bytes) -> None:
    (entry,) = said([sensor(config())], payload)
    assert isinstance(entry, Rejected)
    assert entry.device_id == "bin07"


def test_several_sensors_may_speak_in_one_message() -> None:
    level = sensor(config(value_template="{{ value_json.us.d }}"))
    charge = sensor(
        config(device_class="battery", unit_of_measurement="%", value_template="{{value_json['bat']}}"),
        "homeassistant/sensor/bin07/bat/config",
    )
    other = sensor(
        config(
            device={"ids": ["bin08"]},
            device_class="temperature",
            unit_of_measurement="°F",
            value_template='{{ value_json["t"] }}',
        ),
        "homeassistant/sensor/bin08/t/config",
    )
    parsed = said([level, charge, other], b'{"us": {"d": 0.5}, "bat": "92", "t": 86}')
    assert [(one.device_id, values(one)) for one in parsed if isinstance(one, Uplink)] == [
        ("bin07", {"distance_mm": 500.0, "battery_pct": 92.0}),
        ("bin08", {"temperature_c": 30.0}),
    ]
    (status,) = said([level], b'{"us": {}}')
    assert isinstance(status, Uplink)
    assert status.kind is UplinkKind.STATUS
    (broken,) = said([level], b"{")
    assert isinstance(broken, Rejected)


def test_nobody_can_announce_a_topic_that_is_built_in() -> None:
    found = sensor(config(state_topic="kenh/v1/bin-01/up"))
    formats = Formats(discovered={"kenh/v1/bin-01/up": (found,)}, discovery_prefix="homeassistant")
    (uplink,) = formats.parse("kenh/v1/bin-01/up", b'{"readings": {"fill_pct": 5}}', RECEIVED_MS)
    assert isinstance(uplink, Uplink)
    assert uplink.device_id == "bin-01"


def test_a_sensor_survives_being_kept() -> None:
    found = sensor(config(value_template="{{ value_json.a.b }}"))
    assert Discovered.from_json(json.loads(json.dumps(found.to_json()))) == found
    gone = sensor(b"")
    assert Discovered.from_json(gone.to_json()) == gone


@pytest.mark.parametrize("change", [{"quantity": "mood"}, {"device_id": "a/b"}, {"new_field": 1}])
def test_a_sensor_kept_by_another_version_is_said_so(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no discovered sensor"):
        Discovered.from_json({**sensor(config()).to_json(), **change})
