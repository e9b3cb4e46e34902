"""DDS45-LB: measurements to bytes, for the round-trip tests."""

from devices.dragino import distance

encode_stored = distance.encode_stored


def encode(*, distance_mm: int, battery_v: float, temperature_c: float = 0.0) -> tuple[int, bytes]:
    """Port and payload of one report; ranges as of DDS75-LB."""
    return distance.encode(
        distance_mm=distance_mm, battery_v=battery_v, temperature_c=temperature_c, found=distance_mm != 0
    )
