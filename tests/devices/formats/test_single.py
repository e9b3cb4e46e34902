"""Single values: a bare number on a topic that says what it is."""

import pytest

from devices.uplinks import RejectReason, UplinkKind
from tests.devices.formats.opening import routed_refusal, routed_uplink, values

ESPHOME = "+/sensor/+/state=esphome, +/status=esphome"
VALUE = "post/{device}/{field}=value"


def test_esphome_publishes_distances_in_metres() -> None:
    uplink = routed_uplink(ESPHOME, "bin07/sensor/fill_distance/state", b"0.84")
    assert (uplink.device_id, uplink.kind, uplink.time_ms) == ("bin07", UplinkKind.DATA, None)
    assert values(uplink) == {"distance_mm": 840.0}


@pytest.mark.parametrize(
    ("name", "payload", "expected"),
    [
        ("bme280_temperature", b"27.4", {"temperature_c": 27.4}),
        ("battery_voltage", b"3.61", {"battery_v": 3.61}),
        ("battery_level", b"92", {"battery_pct": 92.0}),
        ("pm_2_5_concentration", b"21", {"pm2_5_ug_m3": 21.0}),
        ("wifi_signal", b"-62", {"rssi_dbm": -62.0}),
        ("distance_cm", b"84", {"distance_mm": 840.0}),
        ("water_level", b" 1.25\n", {"water_level_m": 1.25}),
        ("outdoor_humidity", b"6.1e1", {"humidity_pct": 61.0}),
    ],
)
def test_esphome_names_are_understood(name: str, payload: bytes, expected: dict[str, float]) -> None:
    assert values(routed_uplink(ESPHOME, f"bin07/sensor/{name}/state", payload)) == expected


@pytest.mark.parametrize("payload", [b"nan", b"NaN", b"unknown", b"unavailable", b""])
def test_a_sensor_that_measured_nothing_is_alive(payload: bytes) -> None:
    uplink = routed_uplink(ESPHOME, "bin07/sensor/fill_distance/state", payload)
    assert (uplink.kind, uplink.measured) == (UplinkKind.STATUS, ())


@pytest.mark.parametrize("payload", [b"online", b"offline"])
def test_an_esphome_status_is_a_status(payload: bytes) -> None:
    uplink = routed_uplink(ESPHOME, "bin07/status", payload)
    assert (uplink.kind, uplink.attributes) == (UplinkKind.STATUS, {"availability": payload.decode()})


def test_switches_and_logs_of_esphome_carry_no_measurements() -> None:
    assert routed_uplink("+/#=esphome", "bin07/switch/relay/state", b"ON").kind is UplinkKind.OTHER
    assert routed_uplink("+/#=esphome", "bin07/debug", b"[I][wifi] connected").kind is UplinkKind.OTHER


def test_a_binary_sensor_says_on_or_off() -> None:
    uplink = routed_uplink("+/binary_sensor/+/state=esphome", "bin07/binary_sensor/tilt/state", b"ON")
    assert values(uplink) == {"tilt": 1.0}


def test_an_esphome_value_is_known_without_being_told() -> None:
    uplink = routed_uplink("+/sensor/+/state", "bin07/sensor/fill_distance/state", b"0.84")
    assert values(uplink) == {"distance_mm": 840.0}


@pytest.mark.parametrize(
    ("field", "payload", "expected"),
    [
        ("distance", b"843", {"distance_mm": 843.0}),
        ("distance", b"84.3 cm", {"distance_mm": 843.0}),
        ("fill_pct", b"75 %", {"fill_pct": 75.0}),
        ("pm25", b"21 ug/m3", {"pm2_5_ug_m3": 21.0}),
        ("o3", "48 µg/m³".encode(), {"o3_ug_m3": 48.0}),
        ("tilt", b"true", {"tilt": 1.0}),
    ],
)
def test_a_single_value_may_bring_its_unit(field: str, payload: bytes, expected: dict[str, float]) -> None:
    assert values(routed_uplink(VALUE, f"post/p1/{field}", payload)) == expected
    assert values(routed_uplink("post/{device}/{field}", f"post/p1/{field}", payload)) == expected


@pytest.mark.parametrize(
    ("field", "payload", "reason"),
    [
        ("uptime", b"12345", RejectReason.UNKNOWN_QUANTITY),
        ("o3", b"48", RejectReason.UNKNOWN_QUANTITY),
        ("distance", b"far away", RejectReason.BAD_SHAPE),
        ("distance", b"1,5", RejectReason.BAD_SHAPE),
        ("distance", b"1e999", RejectReason.NOT_FINITE),
        ("distance", b"\xff", RejectReason.NOT_UTF8),
        ("fill_pct", b"ON", RejectReason.BAD_SHAPE),
    ],
)
def test_a_single_value_of_no_use_is_refused(field: str, payload: bytes, reason: RejectReason) -> None:
    assert routed_refusal(VALUE, f"post/p1/{field}", payload).reason is reason


def test_a_single_value_needs_its_name_and_its_device_in_the_topic() -> None:
    assert "{field}" in routed_refusal("post/+=value", "post/p1", b"843").detail
    assert "{device}" in routed_refusal("post/distance=value", "post/distance", b"843").detail
