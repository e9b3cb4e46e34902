"""MDS120-LB: measurements to bytes, for the round-trip tests."""

from devices.dragino import distance


def encode(*, distance_mm: int, battery_v: float, temperature_c: float = 0.0) -> tuple[int, bytes]:
    """Port and payload of one report; `distance_mm` 0x3FFF is an invalid reading, else as of DDS75-LB."""
    return distance.encode(
        distance_mm=distance_mm, battery_v=battery_v, temperature_c=temperature_c, found=distance_mm != 0
    )


def encode_stored(values: list[tuple[int, int]]) -> tuple[int, bytes]:
    """Port and payload of stored values, given as (epoch seconds, mm)."""
    return distance.encode_stored([(time_s, mm, 0.0) for time_s, mm in values])
