"""EM410-RDL: measurements to bytes, for the round-trip tests."""

from collections.abc import Sequence


def encode(
    *,
    distance_mm: int,
    temperature_c: float,
    battery_pct: int | None = None,
    tilted: bool = False,
    history: Sequence[tuple[int, int, float]] = (),
) -> tuple[int, bytes]:
    """Port and payload of one report.

    `distance_mm` -32768..32767, -3 no target, -2 switched off, -1 a failed sensor; `battery_pct` 0..100;
    `history` as (epoch seconds, mm, degrees). OverflowError beyond.
    """
    parts = [] if battery_pct is None else [b"\x01\x75" + battery_pct.to_bytes(1)]
    parts += [b"\x03\x67" + _tenths(temperature_c), b"\x04\x82" + _word(distance_mm)]
    parts.append(b"\x05\x00" + bytes([tilted]))
    for time_s, mm, degrees in history:
        parts.append(b"\x20\xce" + time_s.to_bytes(4, "little") + _word(mm) + _tenths(degrees) + bytes(3))
    return 85, b"".join(parts)


def _word(number: int) -> bytes:
    return number.to_bytes(2, "little", signed=True)


def _tenths(degrees: float) -> bytes:
    return _word(round(degrees * 10))
