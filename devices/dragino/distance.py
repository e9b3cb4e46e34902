"""The report that Dragino's distance sensors with one target share: eight bytes on port 2.

    0-1  battery      mV in the low 14 bits
    2-3  distance     mm, or a sentinel of the model
    4    interrupt    1 if the external pin caused this report
    5-6  temperature  i16, tenths of a degree, of an optional DS18B20
    7    sensor flag  1 if the sensor was found

Stored values on port 3: battery, distance, temperature, flags, epoch seconds. Newer DDS75-LB can be set to
send several distances in one longer report (bit 12 of the battery word): its layout is not confirmed, and it
is refused by its length.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from devices.dragino import frame
from devices.readings import Qc
from devices.uplinks import Decoded, Measured

_REPORT = struct.Struct(">HHBhB")
_STORED = struct.Struct(">HHhB")


class Sentinels(NamedTuple):
    """Distances (mm) that are none; None where a model has no such word."""

    no_sensor: int | None = None
    too_near: int | None = None
    invalid: int | None = None
    nearest_mm: int = 0


def decode(payload: bytes, f_port: int, sentinels: Sentinels) -> Decoded:
    """Measurements of one payload; stored ones carry their own time."""
    if f_port == frame.HISTORY_PORT:
        return frame.stored(payload, lambda record: _history(record, sentinels))
    if f_port != frame.DATA_PORT:
        return frame.refused(f_port)
    if len(payload) != _REPORT.size:
        return frame.wrong_size(payload, _REPORT.size)
    battery, distance, _interrupt, temperature, flag = _REPORT.unpack(payload)
    qc, warning = judge(distance, sentinels)
    if qc == Qc.GOOD and not flag & 1:
        qc, warning = Qc.SUSPECT, "a distance, but the sensor flag says there is no sensor"
    return Decoded(
        (frame.battery(battery), frame.distance(distance, qc), *frame.probe(temperature)),
        (warning,) if warning else (),
    )


def judge(distance: int, sentinels: Sentinels) -> tuple[Qc, str]:
    """What to think of a distance, and why if not well."""
    if distance == sentinels.no_sensor:
        return Qc.FAIL, "no sensor found: check its cable"
    if distance == sentinels.invalid:
        return Qc.FAIL, "no echo: the sensor calls its reading invalid"
    if distance == sentinels.too_near:
        return Qc.SUSPECT, f"nearer than {sentinels.nearest_mm} mm"
    return Qc.GOOD, ""


def encode(*, distance_mm: int, battery_v: float, temperature_c: float, found: bool) -> tuple[int, bytes]:
    """Port and payload of one report; struct.error where a value does not fit its word."""
    words = (round(battery_v * 1000), distance_mm, 0, round(temperature_c * 10), found)
    return frame.DATA_PORT, _REPORT.pack(*words)


def encode_stored(values: list[tuple[int, int, float]], battery_v: float = 3.6) -> tuple[int, bytes]:
    """Port and payload of stored values, given as (epoch seconds, mm, degrees)."""
    return frame.HISTORY_PORT, b"".join(
        _STORED.pack(round(battery_v * 1000), distance_mm, round(temperature_c * 10), 0) + time_s.to_bytes(4)
        for time_s, distance_mm, temperature_c in values
    )


def _history(record: bytes, sentinels: Sentinels) -> Iterator[Measured]:
    _battery, distance, temperature, _flags = _STORED.unpack(record)
    yield frame.distance(distance, judge(distance, sentinels)[0])
    yield from frame.probe(temperature)
