"""DL-LID: measurements to bytes, for the round-trip tests."""

from devices.decentlab import frame


def encode(
    *, distance_mm: int, battery_v: float, samples: int = 100, device_number: int = 1
) -> tuple[int, bytes]:
    """Port and payload of one report in which every statistic is the same distance. struct.error beyond."""
    return frame.join(((*(distance_mm,) * 9, samples, 409), (round(battery_v * 1000),)), device_number)
