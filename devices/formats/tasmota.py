"""Tasmota: `tele/{device}/SENSOR`, `STATE` and `LWT`, for topics named in the settings.

    {"Time": "2026-11-23T15:15:02", "SR04": {"Distance": 84.310}, "PMS5003": {"PM2.5": 21}, "TempUnit": "C"}

`Time` is local and names no zone. Distances are centimetres, with two exceptions: MaxSonar HRXL, and laser
sensors of older releases, which send whole millimetres where newer ones send centimetres with a decimal.
`Wifi.RSSI` is a percentage; `Wifi.Signal` is in dBm.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from devices.formats.fields import an_object
from devices.formats.gathering import Gathering, availability
from devices.formats.json_text import load
from devices.formats.place import Place
from devices.formats.times import stated_ms
from devices.uplinks import Rejected, RejectReason, Uplink, UplinkKind

_LASERS: Final = frozenset(("VL53L0X", "VL53L1X"))
#: What a laser sensor writes where nothing came back: 9999 mm, in either unit.
_NO_ECHO: Final = (9999, 999.9)
#: Sensors that measure the board, not the place.
_INNER: Final = frozenset(("ESP32", "ENERGY", "ANALOG"))
_NUMBERED = re.compile(r"[-_]\d{1,2}$")


def is_sensor(value: object) -> bool:
    """Does this opened JSON look like Tasmota's?"""
    return (
        isinstance(value, dict)
        and isinstance(value.get("Time"), str)
        and any(isinstance(part, dict) for part in value.values())
    )


def parse(payload: bytes, place: Place) -> list[Uplink | Rejected]:
    """The uplinks of one message of the device that the topic names."""
    if not place.device_id:
        detail = "Tasmota names the device in the topic only: mark its level with + or {device}"
        return [Rejected(RejectReason.BAD_DEVICE_ID, detail)]
    status = availability(place.device_id, payload[:16].decode(errors="replace"))
    if status is not None:
        return [status]
    body = load(payload)
    if isinstance(body, Rejected):
        return [Rejected(body.reason, body.detail, place.device_id)]
    if not isinstance(body, dict):
        return [Rejected(RejectReason.BAD_SHAPE, "a Tasmota message is a JSON object", place.device_id)]
    return parse_object(body, place)


def parse_object(body: Mapping[str, Any], place: Place) -> list[Uplink | Rejected]:
    """The uplinks in an opened message."""
    body = an_object(body.get("StatusSNS")) or body  # the answer to the command `Status 10`
    stated = body.get("Time")
    time_ms = None if stated is None else stated_ms(stated, place.zone, place.received_ms)
    if stated is not None and time_ms is None:
        detail = f"Time is {str(stated)[:40]!r}; expected 2026-11-23T15:15:02"
        return [Rejected(RejectReason.BAD_TIME, detail, place.device_id)]
    gathering = Gathering(place.device_id, time_ms)
    temperature = "°F" if body.get("TempUnit") == "F" else "°C"
    pressure = str(body.get("PressureUnit") or "hPa")[:8]
    for key, part in body.items():
        sensor = _NUMBERED.sub("", key)
        if not isinstance(part, dict) or sensor in _INNER:
            continue
        for name, value in part.items():
            _field(gathering, sensor, name, value, {"Temperature": temperature, "Pressure": pressure})
    if not gathering.measured and not gathering.silent and place.levels[-1] != "SENSOR":
        return [Uplink(place.device_id, UplinkKind.OTHER, time_ms)]  # INFO, RESULT, a STATE without radio
    return gathering.uplinks()


def _field(gathering: Gathering, sensor: str, name: str, value: object, units: Mapping[str, str]) -> None:
    if sensor == "Wifi":
        if name == "Signal":
            gathering.take("rssi_dbm", value)
    elif name == "Distance":
        if sensor in _LASERS and value in _NO_ECHO:
            value = None
        gathering.take("distance", value, _distance_unit(sensor, value))
    else:
        gathering.take(name, value, units.get(name, ""))


def _distance_unit(sensor: str, value: object) -> str:
    return "mm" if sensor == "HRXL" or (sensor in _LASERS and isinstance(value, int)) else "cm"
