"""DDS75-LB: measurements to bytes, for the simulated fleet and the round-trip tests."""

from devices.dragino import distance

encode_stored = distance.encode_stored


def encode(*, distance_mm: int, battery_v: float, temperature_c: float = 0.0) -> tuple[int, bytes]:
    """Port and payload of one report.

    `distance_mm` 0..65535 as the device writes it (0 no sensor, 20 too near), `battery_v` 0..16.383,
    `temperature_c` 0.0 for no probe. struct.error beyond.
    """
    return distance.encode(
        distance_mm=distance_mm,
        battery_v=battery_v,
        temperature_c=temperature_c,
        found=distance_mm != 0,
    )
