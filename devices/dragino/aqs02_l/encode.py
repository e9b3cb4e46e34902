"""AQS02-L: measurements to bytes, for the round-trip tests."""

import struct

from devices.dragino import frame


def encode(
    *, co_ppm: int, temperature_c: float, humidity_pct: float, pressure_hpa: float, battery_v: float = 3.6
) -> tuple[int, bytes]:
    """Port and payload of one report with the finer temperature; struct.error where a value does not fit."""
    words = (
        round(battery_v * 1000),
        round(temperature_c * 100),
        round(humidity_pct * 10),
        round(pressure_hpa * 10),
        co_ppm,
        0x10,
    )
    return frame.DATA_PORT, struct.pack(">HhHHHB", *words)


def encode_stored(values: list[tuple[int, int, float, float]]) -> tuple[int, bytes]:
    """Port and payload of stored values, given as (epoch seconds, ppm CO, degrees, per cent)."""
    return frame.HISTORY_PORT, b"".join(
        struct.pack(">HHhBI", ppm, round(humidity * 10), round(temperature * 100), 1, time_s)
        for time_s, ppm, temperature, humidity in values
    )
