"""WILSEN.sonic.level: measurements to bytes, for the round-trip tests."""

import struct


def encode(
    *, distance_mm: int | None, fill_pct: int | None, temperature_c: float, battery_v: float
) -> tuple[int, bytes]:
    """Port and payload of one report; struct.error where a value does not fit."""
    parts = [] if distance_mm is None else [struct.pack(">B2sH", 4, b"\x0b\x02", distance_mm)]
    if fill_pct is not None:
        parts.append(struct.pack(">B2sB", 3, b"\x0b\x06", fill_pct))
    parts.append(struct.pack(">B2sf", 6, b"\x02\x01", temperature_c))
    parts.append(struct.pack(">B2sB", 3, b"\x51\x01", round(battery_v * 10)))
    return 1, b"".join(parts)
