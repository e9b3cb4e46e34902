"""LDDS75: measurements to bytes, for the round-trip tests."""

import struct

from devices.dragino import distance, frame


def encode(*, distance_mm: int, battery_v: float, temperature_c: float = 0.0) -> tuple[int, bytes]:
    """Port and payload of one report of firmware 1.1.4 or later; ranges as of DDS75-LB."""
    return distance.encode(
        distance_mm=distance_mm, battery_v=battery_v, temperature_c=temperature_c, found=distance_mm != 0
    )


def encode_old(*, distance_mm: int | None, battery_v: float) -> tuple[int, bytes]:
    """Port and payload of one report of earlier firmware; None: no sensor."""
    battery_mv = round(battery_v * 1000)
    if distance_mm is None:
        return frame.DATA_PORT, struct.pack(">HB", battery_mv, 0)
    return frame.DATA_PORT, struct.pack(">HHB", battery_mv, distance_mm, 0)
