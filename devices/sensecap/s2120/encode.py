"""S2120: measurements to bytes, for the round-trip tests."""

import struct


def encode(
    *,
    temperature_c: float,
    humidity_pct: int,
    pressure_hpa: float,
    rain_total_mm: float | None = None,
    battery_pct: int | None = None,
) -> tuple[int, bytes]:
    """Port and payload of one report, without wind and light; struct.error where a value does not fit.

    `rain_total_mm` None: an older device, that has no such frame.
    """
    newer = rain_total_mm is not None
    parts = [struct.pack(">BhB7x", 0x4A if newer else 0x01, round(temperature_c * 10), humidity_pct)]
    parts.append(struct.pack(">B6xH", 0x4B if newer else 0x02, round(pressure_hpa * 10)))
    if rain_total_mm is not None:
        parts.append(struct.pack(">B2xI", 0x4C, round(rain_total_mm * 1000)))
    if battery_pct is not None:
        parts.append(struct.pack(">BB", 0x03, battery_pct))
    return 3, b"".join(parts)
