"""AM319-O3: measurements to bytes, for the round-trip tests."""

import struct
from collections.abc import Sequence
from typing import NamedTuple


class Air(NamedTuple):
    """What one report states, ozone as the device counts it."""

    pm2_5_ug_m3: int
    pm10_ug_m3: int
    o3_ppm: float
    temperature_c: float
    humidity_pct: float
    pressure_hpa: float


def encode(now: Air, *, battery_pct: int = 100, history: Sequence[tuple[int, Air]] = ()) -> tuple[int, bytes]:
    """Port and payload of one report with CO2 and vapours of a room; `history` as (epoch seconds, Air).

    struct.error where a value does not fit its field.
    """
    fine, coarse, ozone, temperature, humidity, pressure = _words(now)
    parts = [
        struct.pack("<2sB", b"\x01\x75", battery_pct),
        struct.pack("<2sh", b"\x03\x67", temperature),
        struct.pack("<2sB", b"\x04\x68", humidity),
        struct.pack("<2sH", b"\x07\x7d", 600),
        struct.pack("<2sH", b"\x08\xe6", 37),
        struct.pack("<2sH", b"\x09\x73", pressure),
        struct.pack("<2sH", b"\x0b\x7d", fine),
        struct.pack("<2sH", b"\x0c\x7d", coarse),
        struct.pack("<2sH", b"\x0d\x7d", ozone),
    ]
    for time_s, air in history:
        fine, coarse, ozone, temperature, humidity, pressure = _words(air)
        measured = (temperature, humidity, 0, 0, 600, 37, pressure, fine, coarse, ozone)
        parts.append(struct.pack("<2sIhHBB6H", b"\x21\xce", time_s, *measured))
    return 85, b"".join(parts)


def _words(air: Air) -> tuple[int, int, int, int, int, int]:
    return (
        air.pm2_5_ug_m3,
        air.pm10_ug_m3,
        round(air.o3_ppm * 100),
        round(air.temperature_c * 10),
        round(air.humidity_pct * 2),
        round(air.pressure_hpa * 10),
    )
