"""EM500-UDL: measurements to bytes, for the simulated fleet and the round-trip tests."""

from collections.abc import Sequence


def encode(
    *, distance_mm: int | None, battery_pct: int | None = None, history: Sequence[tuple[int, int]] = ()
) -> tuple[int, bytes]:
    """Port and payload of one report.

    `distance_mm` 0..65535 (None: only history), `battery_pct` 0..100, `history` as (epoch seconds, mm).
    OverflowError beyond.
    """
    parts = [] if battery_pct is None else [b"\x01\x75" + battery_pct.to_bytes(1)]
    if distance_mm is not None:
        parts.append(b"\x03\x82" + distance_mm.to_bytes(2, "little"))
    parts += [b"\x20\xce" + time_s.to_bytes(4, "little") + mm.to_bytes(2, "little") for time_s, mm in history]
    return 85, b"".join(parts)
