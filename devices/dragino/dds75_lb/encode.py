"""DDS75-LB: measurements to bytes, for the simulated fleet and the round-trip tests."""

import struct


def encode(*, distance_mm: int, battery_v: float, temperature_c: float = 0.0) -> tuple[int, bytes]:
    """Port and payload of one report.

    `distance_mm` 0..65535 as the device writes it (0 no sensor, 20 too near), `battery_v` 0..16.383,
    `temperature_c` 0.0 for no probe. struct.error beyond.
    """
    found = distance_mm != 0
    battery_mv = round(battery_v * 1000)
    return 2, struct.pack(">HHBhB", battery_mv, distance_mm, 0, round(temperature_c * 10), found)
