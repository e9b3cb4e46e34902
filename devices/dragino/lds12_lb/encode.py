"""LDS12-LB: measurements to bytes, for the round-trip tests."""

import struct

from devices.dragino import frame


def encode(
    *, distance_mm: int, signal: int = 500, battery_v: float = 3.6, temperature_c: float = 0.0
) -> tuple[int, bytes]:
    """Port and payload of one report; `signal` is the strength of the echo, 0..65535. struct.error beyond."""
    words = (round(battery_v * 1000), round(temperature_c * 10), distance_mm, signal, 0, 25, 1)
    return frame.DATA_PORT, struct.pack(">HhHHBbB", *words)


def encode_stored(values: list[tuple[int, int, int]]) -> tuple[int, bytes]:
    """Port and payload of stored values, given as (epoch seconds, mm, strength of the echo)."""
    return frame.HISTORY_PORT, b"".join(
        struct.pack(">2xHHbI", mm, signal, 25, time_s) for time_s, mm, signal in values
    )
