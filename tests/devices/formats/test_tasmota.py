"""Tasmota's messages: local times, centimetres, and numbers that are not what they look like."""

from typing import Any

import pytest

from devices.uplinks import RejectReason, Uplink, UplinkKind
from tests.devices.formats.opening import routed, routed_refusal, routed_uplink, values
from tests.devices.messages import RECEIVED_MS

ROUTE = "tele/+/+=tasmota"
SENSOR = "tele/thung07/SENSOR"
TIME = "2026-11-23T15:15:02"


def sensors(**parts: Any) -> dict[str, float]:
    """What a SENSOR message with these parts measured."""
    return values(routed_uplink(ROUTE, SENSOR, {"Time": TIME, **parts}))


def test_a_complete_sensor_message_is_opened() -> None:
    body = {
        "Time": TIME,
        "SR04": {"Distance": 84.310},
        "PMS5003": {"CF1": 14, "CF2.5": 21, "CF10": 25, "PM1": 14, "PM2.5": 21, "PM10": 25},
        "TempUnit": "C",
    }
    uplink = routed_uplink(ROUTE, SENSOR, body)
    assert (uplink.device_id, uplink.kind, uplink.time_ms) == ("thung07", UplinkKind.DATA, 1795421702000)
    assert values(uplink) == {"distance_mm": 843.1, "pm2_5_ug_m3": 21.0, "pm10_ug_m3": 25.0}
    assert uplink.warnings == ("not understood and left out: CF1, CF2.5, CF10, PM1",)


def test_a_time_of_day_in_vietnam_is_seven_hours_ahead_of_utc() -> None:
    uplink = routed_uplink(ROUTE, SENSOR, {"Time": "2026-11-23T00:30:00", "SR04": {"Distance": 1}})
    assert uplink.time_ms == 1795368600000  # 2026-11-22T17:30:00Z


def test_a_time_that_names_its_zone_is_taken_at_its_word() -> None:
    uplink = routed_uplink(ROUTE, SENSOR, {"Time": "2026-11-23T08:15:02+00:00", "SR04": {"Distance": 1}})
    assert uplink.time_ms == 1795421702000


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (1792888260000, 1792888200000),  # 00:31 UTC: the first 02:30, in summer time
        (1792891860000, 1792891800000),  # 01:31 UTC: the second, in winter time
    ],
)
def test_an_hour_that_clocks_go_through_twice_is_the_one_nearer_to_receipt(
    received: int, expected: int
) -> None:
    body = {"Time": "2026-10-25T02:30:00", "SR04": {"Distance": 1}}
    (uplink,) = routed(ROUTE, SENSOR, body, received, "Europe/Berlin")
    assert isinstance(uplink, Uplink)
    assert uplink.time_ms == expected


def test_an_hour_that_clocks_leap_over_is_still_a_time() -> None:
    body = {"Time": "2026-03-29T02:30:00", "SR04": {"Distance": 1}}
    (uplink,) = routed(ROUTE, SENSOR, body, 1774747800000, "Europe/Berlin")
    assert isinstance(uplink, Uplink)
    assert uplink.time_ms in (1774744200000, 1774747800000)


@pytest.mark.parametrize("time", ["yesterday", -17, "2026-11-23", "2026-13-23T15:15:02", True])
def test_a_time_that_cannot_be_read_is_refused(time: object) -> None:
    refusal = routed_refusal(ROUTE, SENSOR, {"Time": time, "SR04": {"Distance": 1}})
    assert refusal.reason is RejectReason.BAD_TIME


@pytest.mark.parametrize(
    ("sensor", "said", "distance_mm"),
    [
        ("SR04", 84.31, 843.1),
        ("SR04", 84, 840.0),
        ("SR04-1", 84.3, 843.0),
        ("ME007", 120.5, 1205.0),
        ("TFMINIPLUS", 312, 3120.0),
        ("HRXL", 1875, 1875.0),
        ("VL53L0X", 184, 184.0),  # older releases: whole millimetres
        ("VL53L0X", 18.4, 184.0),  # newer ones: centimetres, always with a decimal
        ("VL53L0X_2", 17.0, 170.0),
        ("VL53L1X", 203.9, 2039.0),
    ],
)
def test_distances_come_in_the_unit_of_their_sensor(sensor: str, said: float, distance_mm: float) -> None:
    assert sensors(**{sensor: {"Distance": said}}) == {"distance_mm": distance_mm}


@pytest.mark.parametrize("said", [None, 9999, 999.9])
def test_a_laser_that_saw_nothing_measured_nothing(said: float | None) -> None:
    uplink = routed_uplink(ROUTE, SENSOR, {"Time": TIME, "VL53L0X": {"Distance": said}})
    assert (uplink.kind, uplink.measured) == (UplinkKind.STATUS, ())


@pytest.mark.parametrize(("unit", "said"), [("F", 81.32), ("C", 27.4), (None, 27.4)])
def test_temperatures_come_in_the_unit_the_message_names(unit: str | None, said: float) -> None:
    body: dict[str, object] = {
        "BME280": {"Temperature": said, "Humidity": 61.2, "DewPoint": 19.1, "Pressure": 1008.1}
    }
    if unit is not None:
        body["TempUnit"] = unit
    assert sensors(**body) == pytest.approx(
        {"temperature_c": 27.4, "humidity_pct": 61.2, "pressure_hpa": 1008.1}
    )


def test_air_pressure_may_come_in_millimetres_of_mercury() -> None:
    body = {"BMP280": {"Pressure": 756.0}, "PressureUnit": "mmHg"}
    assert sensors(**body) == pytest.approx({"pressure_hpa": 1007.92}, abs=0.01)


def test_the_temperature_of_the_board_is_not_the_weather() -> None:
    assert sensors(ESP32={"Temperature": 53.9}, DHT11={"Temperature": 27.0}) == {"temperature_c": 27.0}


def test_of_two_thermometers_the_first_counts_and_the_other_is_mentioned() -> None:
    body = {"Time": TIME, "DS18B20-1": {"Id": "01A", "Temperature": 20.6}, "DS18B20-2": {"Temperature": 25.1}}
    uplink = routed_uplink(ROUTE, SENSOR, body)
    assert values(uplink) == {"temperature_c": 20.6}
    assert "a second temperature_c" in uplink.warnings[0]


def test_the_strength_of_the_radio_is_its_signal_and_not_the_percentage() -> None:
    body = {
        "Time": TIME,
        "Uptime": "0T01:02:03",
        "Vcc": 3.1,
        "Wifi": {"AP": 1, "SSId": "x", "RSSI": 76, "Signal": -62},
    }
    uplink = routed_uplink(ROUTE, "tele/thung07/STATE", body)
    assert values(uplink) == {"rssi_dbm": -62.0}


@pytest.mark.parametrize("payload", [b"Online", b"Offline"])
def test_a_last_will_is_a_status(payload: bytes) -> None:
    uplink = routed_uplink(ROUTE, "tele/thung07/LWT", payload)
    assert uplink.kind is UplinkKind.STATUS
    assert uplink.attributes == {"availability": payload.decode().lower()}


def test_the_answer_to_a_status_command_is_read_too() -> None:
    body = {"StatusSNS": {"Time": TIME, "SR04": {"Distance": 84.3}}}
    uplink = routed_uplink("stat/+/STATUS10=tasmota", "stat/thung07/STATUS10", body)
    assert values(uplink) == {"distance_mm": 843.0}


def test_messages_about_the_firmware_carry_no_measurements() -> None:
    body = {"Info1": {"Module": "Generic", "Version": "14.4.1"}}
    assert routed_uplink(ROUTE, "tele/thung07/INFO1", body).kind is UplinkKind.OTHER


def test_a_sensor_message_of_which_nothing_is_understood_names_what_it_holds() -> None:
    refusal = routed_refusal(ROUTE, SENSOR, {"Time": TIME, "AS3935": {"Event": 3, "Energy": 21}})
    assert (refusal.reason, refusal.device_id) == (RejectReason.UNKNOWN_QUANTITY, "thung07")
    assert "Event, Energy" in refusal.detail


def test_without_a_level_for_the_device_nobody_knows_which_it_is() -> None:
    refusal = routed_refusal(
        "tele/x/SENSOR=tasmota", "tele/x/SENSOR", {"Time": TIME, "SR04": {"Distance": 1}}
    )
    assert refusal.reason is RejectReason.BAD_DEVICE_ID


def test_tasmota_is_known_without_being_told() -> None:
    uplink = routed_uplink("tele/+/SENSOR", SENSOR, {"Time": TIME, "SR04": {"Distance": 84.31}})
    assert (uplink.time_ms, values(uplink)) == (1795421702000, {"distance_mm": 843.1})
    assert uplink.time_ms is not None
    assert uplink.time_ms < RECEIVED_MS
