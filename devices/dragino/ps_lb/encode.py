"""PS-LB: measurements to bytes, for the round-trip tests."""

import struct

from devices.dragino import frame


def encode(*, loop_ma: float, span_m: int, battery_v: float = 3.6, kind: int = 0) -> tuple[int, bytes]:
    """Port and payload of one report.

    `loop_ma` 0..65.535 is the current of the loop, `span_m` 0..255 the range of an immersion probe (of
    another `kind` its number). struct.error beyond.
    """
    words = (round(battery_v * 1000), kind, span_m, round(loop_ma * 1000), 0, 0)
    return frame.DATA_PORT, struct.pack(">HBBHHB", *words)


def encode_stored(values: list[tuple[int, float]], span_m: int) -> tuple[int, bytes]:
    """Port and payload of stored values of an immersion probe, given as (epoch seconds, mA)."""
    return frame.HISTORY_PORT, b"".join(
        struct.pack(">BBHHBI", 0, span_m, 0, round(loop_ma * 1000), 0, time_s) for time_s, loop_ma in values
    )
