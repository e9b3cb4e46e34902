"""EM500-SWL: measurements to bytes, for the round-trip tests."""

from collections.abc import Sequence


def encode(
    *, depth_cm: int, battery_pct: int | None = None, history: Sequence[tuple[int, int]] = ()
) -> tuple[int, bytes]:
    """Port and payload of one report.

    `depth_cm` 0..65535 (65535 could not be read, 65533 out of range), `battery_pct` 0..100, `history` as
    (epoch seconds, cm). OverflowError beyond.
    """
    parts = [] if battery_pct is None else [b"\x01\x75" + battery_pct.to_bytes(1)]
    parts.append(b"\x03\x77" + depth_cm.to_bytes(2, "little"))
    parts += [b"\x20\xce" + time_s.to_bytes(4, "little") + cm.to_bytes(2, "little") for time_s, cm in history]
    return 85, b"".join(parts)
