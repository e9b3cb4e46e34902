"""Home Assistant's discovery: sensors that announce themselves, and what is refused of them."""

from typing import Any

import pytest

from devices.formats import TOPIC_FILTERS, Discovered, Formats
from devices.uplinks import Rejected, RejectReason
from tests.devices.formats.announcing import CONFIG, STATE, config, refusal, sensor, told
from tests.devices.messages import RECEIVED_MS, as_bytes


def test_an_announcement_becomes_a_sensor() -> None:
    assert sensor(config()) == Discovered(
        CONFIG,
        "bin07",
        "Fill",
        "DIY A02YYUW",
        STATE,
        "fill",
        "distance_mm",
        1000.0,
        0.0,
        (),
        "bin07/status",
        3600,
    )


def test_abbreviated_keys_and_a_base_topic_say_the_same() -> None:
    short = {
        "~": "bin07",
        "name": "Fill",
        "uniq_id": "bin07_fill",
        "stat_t": "~/sensor/fill_distance/state",
        "dev_cla": "distance",
        "unit_of_meas": "m",
        "stat_cla": "measurement",
        "exp_aft": 3600,
        "avty_t": "~/status",
        "dev": {"ids": "bin07", "mf": "DIY", "mdl": "A02YYUW"},
    }
    assert sensor(short) == sensor(config())
    assert sensor({**short, "avty_t": "", "avty": [{"t": "~/status"}]}) == sensor(config())


def test_an_empty_payload_takes_the_sensor_away() -> None:
    assert sensor(b"") == Discovered(CONFIG, removed=True)


@pytest.mark.parametrize(
    "template",
    [
        "{{ value | float }}",
        "{{ value_json.a * 2 }}",
        "{{ value_json.a if value_json.a else 0 }}",
        "{% set x = 1 %}{{ x }}",
        "{{ value_json.__class__.__mro__[1] }}",
        "{{ states('sensor.x') }}",
        "{{ value }} m",
        "{{ value_json }}",
        "{{ value_json" + ".a" * 9 + " }}",
        "{{ value_json." + "a" * 300 + " }}",
        "value",
    ],
)
def test_a_template_that_is_a_program_is_refused_and_never_run(template: str) -> None:
    assert refusal(config(value_template=template)).reason is RejectReason.BAD_SHAPE


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("{{ value }}", ()),
        ("{{value}}", ()),
        ("{{ value_json.a }}", ("a",)),
        ("{{ value_json.a.b_2 }}", ("a", "b_2")),
        ("{{ value_json['PM2.5'].x }}", ("PM2.5", "x")),
        ('{{value_json["a b"]}}', ("a b",)),
    ],
)
def test_a_template_that_names_a_place_is_understood(template: str, path: tuple[str, ...]) -> None:
    assert sensor(config(value_template=template)).value_path == path


@pytest.mark.parametrize("topic", ["", "a/+/b", "a/#", "$SYS/broker", "x" * 300, "a\0b", None, 7])
def test_a_state_topic_that_is_no_single_topic_is_refused(topic: object) -> None:
    assert refusal(config(state_topic=topic)).reason is RejectReason.BAD_SHAPE


@pytest.mark.parametrize(
    ("changes", "quantity", "scale"),
    [
        ({"unit_of_measurement": "cm"}, "distance_mm", 10.0),
        ({"unit_of_measurement": "in"}, "distance_mm", 25.4),
        ({"object_id": "water_level"}, "water_level_m", 1.0),
        ({"device_class": "pm25", "unit_of_measurement": "µg/m³"}, "pm2_5_ug_m3", 1.0),
        ({"device_class": "atmospheric_pressure", "unit_of_measurement": "Pa"}, "pressure_hpa", 0.01),
        ({"device_class": "precipitation", "unit_of_measurement": "mm"}, "rain_mm", 1.0),
        (
            {"device_class": "precipitation", "unit_of_measurement": "mm", "state_class": "total_increasing"},
            "rain_total_mm",
            1.0,
        ),
        ({"device_class": None, "unit_of_measurement": "%"}, "fill_pct", 1.0),
        ({"device_class": "voltage", "unit_of_measurement": "mV", "name": "Battery"}, "battery_v", 0.001),
        (
            {"device_class": "signal_strength", "unit_of_measurement": "dBm", "ent_cat": "diagnostic"},
            "rssi_dbm",
            1.0,
        ),
    ],
)
def test_class_unit_and_name_tell_what_is_measured(
    changes: dict[str, Any], quantity: str, scale: float
) -> None:
    found = sensor(config(**changes))
    assert found.quantity == quantity
    assert found.scale == pytest.approx(scale)


@pytest.mark.parametrize(
    "changes",
    [
        {"device_class": "power", "unit_of_measurement": "W", "name": "P", "object_id": "p"},
        {"device_class": "voltage", "unit_of_measurement": "V", "name": "Mains", "object_id": "mains"},
        {"device_class": "temperature", "unit_of_measurement": "°C", "entity_category": "diagnostic"},
        {"device_class": "distance", "unit_of_measurement": "kg"},
        {"device_class": "temperature", "unit_of_measurement": "°C", "object_id": "water_temperature"},
        {"device_class": "temperature", "unit_of_measurement": "°C", "name": "CPU"},
        {"device_class": None, "unit_of_measurement": None, "name": "Uptime", "object_id": "uptime"},
    ],
)
def test_a_sensor_of_something_else_is_refused(changes: dict[str, Any]) -> None:
    found = refusal(config(**changes))
    assert (found.reason, found.device_id) == (RejectReason.UNKNOWN_QUANTITY, "bin07")


@pytest.mark.parametrize(
    ("device", "device_id"),
    [
        ({"identifiers": "A4:CF:12:00:11:22"}, "a4:cf:12:00:11:22"),
        ({"identifiers": ["zigbee2mqtt_0x00158d0001a2b3c4"]}, "zigbee2mqtt_0x00158d0001a2b3c4"),
        ({"connections": [["mac", "A4:CF:12:00:11:22"]]}, "a4:cf:12:00:11:22"),
        ({}, "bin07"),
        (None, "bin07"),
        ("odd", "bin07"),
        ({"identifiers": [], "connections": "odd"}, "bin07"),
    ],
)
def test_a_device_is_known_by_what_is_surest(device: object, device_id: str) -> None:
    assert sensor(config(device=device)).device_id == device_id


def test_without_a_device_and_a_node_the_sensors_own_id_counts() -> None:
    topic = "homeassistant/sensor/x7/config"
    assert sensor(config(device=None), topic).device_id == "bin07_fill"
    assert sensor(config(device=None, unique_id=None), topic).device_id == "x7"


def test_a_device_no_id_can_be_made_of_is_refused() -> None:
    assert refusal(config(device={"identifiers": ["thùng"]})).reason is RejectReason.BAD_DEVICE_ID


@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b"\xff", b"[" * 500])
def test_an_announcement_that_is_none_is_refused(body: bytes) -> None:
    assert refusal(body)


def test_switches_and_lights_are_nothing_to_us() -> None:
    assert told({"command_topic": "x"}, "homeassistant/switch/bin07/relay/config") == []


def test_without_a_prefix_nothing_is_discovered() -> None:
    (entry,) = Formats(discovered={STATE: (sensor(config()),)}).parse(CONFIG, as_bytes(config()), RECEIVED_MS)
    assert isinstance(entry, Rejected)
    assert entry.reason is RejectReason.UNKNOWN_TOPIC


def test_the_filters_cover_announcements_and_the_topics_they_told_of() -> None:
    formats = Formats(discovered={STATE: (sensor(config()),)}, discovery_prefix="ha/main")
    assert formats.filters == (*TOPIC_FILTERS, "ha/main/+/+/config", "ha/main/+/+/+/config", STATE)
    (found,) = formats.parse("ha/main/sensor/fill/config", as_bytes(config()), RECEIVED_MS)
    assert isinstance(found, Discovered)


@pytest.mark.parametrize("prefix", ["a/+", "#", "/a", "a/", "a//b"])
def test_a_prefix_that_is_no_topic_is_said_so(prefix: str) -> None:
    with pytest.raises(ValueError, match="discovery"):
        Formats(discovery_prefix=prefix)


def test_texts_of_a_strangers_device_are_kept_short() -> None:
    found = sensor(
        config(device={"ids": "d", "name": "n" * 5000, "mf": "m" * 5000, "mdl": "x"}, avty_t="y" * 5000)
    )
    assert (len(found.name), len(found.model), found.availability_topic) == (128, 128, "")
