"""MDS200-LB: measurements to bytes, for the round-trip tests."""

import struct

from devices.dragino import frame


def encode(*, nearest_mm: int, behind_mm: int = 0, battery_v: float = 3.6) -> tuple[int, bytes]:
    """Port and payload of one report; distances 0..65535 (0: no target). struct.error beyond."""
    return frame.DATA_PORT, struct.pack(">HHHB", round(battery_v * 1000), nearest_mm, behind_mm, 0)


def encode_stored(values: list[tuple[int, int]]) -> tuple[int, bytes]:
    """Port and payload of stored values, given as (epoch seconds, mm)."""
    return frame.HISTORY_PORT, b"".join(
        encode(nearest_mm=mm)[1] + time_s.to_bytes(4) for time_s, mm in values
    )
