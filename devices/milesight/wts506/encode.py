"""WTS506: measurements to bytes, for the round-trip tests."""

import struct
from collections.abc import Sequence
from typing import NamedTuple


class Weather(NamedTuple):
    """What one report states."""

    rain_total_mm: float
    temperature_c: float
    humidity_pct: float
    pressure_hpa: float


def encode(
    now: Weather, *, battery_pct: int = 100, history: Sequence[tuple[int, Weather]] = ()
) -> tuple[int, bytes]:
    """Port and payload of one report in its second version, without wind.

    `history` is given as (epoch seconds, Weather). struct.error where a value does not fit its field.
    """
    rain, temperature, humidity, pressure = _words(now)
    parts = [
        struct.pack("<2sB", b"\x01\x75", battery_pct),
        struct.pack("<2sh", b"\x03\x67", temperature),
        struct.pack("<2sB", b"\x04\x68", humidity),
        struct.pack("<2sH", b"\x06\x73", pressure),
        struct.pack("<2sIB", b"\x08\xec", rain, 0),
    ]
    for time_s, weather in history:
        rain, temperature, humidity, pressure = _words(weather)
        parts.append(
            struct.pack("<2sIhBHhHI", b"\x21\xce", time_s, temperature, humidity, pressure, 0, 0, rain)
        )
    return 85, b"".join(parts)


def _words(weather: Weather) -> tuple[int, int, int, int]:
    return (
        round(weather.rain_total_mm * 100),
        round(weather.temperature_c * 10),
        round(weather.humidity_pct * 2),
        round(weather.pressure_hpa * 10),
    )
