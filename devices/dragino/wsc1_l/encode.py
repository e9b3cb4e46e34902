"""WSC1-L: measurements to bytes, for the round-trip tests."""

import struct

from devices.dragino import frame


def encode(
    *,
    rain_total_mm: float | None = None,
    pm2_5_ug_m3: int | None = None,
    pm10_ug_m3: int | None = None,
    temperature_c: float | None = None,
    humidity_pct: float | None = None,
    pressure_hpa: float | None = None,
    wind_m_s: float | None = 1.5,
) -> tuple[int, bytes]:
    """Port and payload of one report; None: no such probe. struct.error where a value does not fit."""
    parts = [
        b"" if wind_m_s is None else struct.pack(">BBHB", 0x01, 3, round(wind_m_s * 10), 1),
        _part(0x06, temperature_c, 10, "h", 0x02FE),
        _part(0x07, humidity_pct, 10, "H", 0x03FE),
        _part(0x08, pressure_hpa, 10, "H", 0),
        _part(0x09, rain_total_mm, 10, "H", 0x03FE),
        _part(0x0A, pm2_5_ug_m3, 1, "H", 0x03FE),
        _part(0x0B, pm10_ug_m3, 1, "H", 0x03FE),
    ]
    return frame.DATA_PORT, b"".join(parts)


def _part(kind: int, value: float | None, scale: int, word: str, missing: int) -> bytes:
    return struct.pack(f">BB{word}", kind, 2, missing if value is None else round(value * scale))
