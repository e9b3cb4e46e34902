"""DL-CTD10: measurements to bytes, for the round-trip tests."""

from devices.decentlab import frame


def encode(
    *, depth_mm: int, battery_v: float, water_c: float = 20.0, frozen: bool = False, device_number: int = 1
) -> tuple[int, bytes]:
    """Port and payload of one report; `depth_mm` -32768..32767. struct.error beyond."""
    water = (depth_mm + 0x8000, round(water_c * 10) + 0x8000, 100, int(frozen))
    return frame.join((water, (round(battery_v * 1000),)), device_number)
