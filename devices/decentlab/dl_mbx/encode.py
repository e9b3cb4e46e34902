"""DL-MBX: measurements to bytes, for the round-trip tests."""

from devices.decentlab import frame


def encode(
    *, distance_mm: int, battery_v: float, samples: int = 1, device_number: int = 1
) -> tuple[int, bytes]:
    """Port and payload of one report; `samples` is how many echoes were heard. struct.error beyond."""
    return frame.join(((distance_mm, samples), (round(battery_v * 1000),)), device_number)
