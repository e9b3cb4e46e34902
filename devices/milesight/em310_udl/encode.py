"""EM310-UDL: measurements to bytes, for the simulated fleet and the round-trip tests."""


def encode(*, distance_mm: int, battery_pct: int | None = None, tilted: bool = False) -> tuple[int, bytes]:
    """Port and payload of one report. `distance_mm` 0..65535, `battery_pct` 0..100; OverflowError beyond."""
    battery = b"" if battery_pct is None else b"\x01\x75" + battery_pct.to_bytes(1)
    distance = b"\x03\x82" + distance_mm.to_bytes(2, "little")
    return 85, battery + distance + b"\x04\x00" + bytes([tilted])
