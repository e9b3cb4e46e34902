"""DL-PM: bytes to measurements. PM1, PM4, particle sizes and counts are read over: nobody asks for them."""

from collections.abc import Sequence

from devices.decentlab.frame import battery, measured, parts_of
from devices.uplinks import Decoded, Measured

#: Battery; particulate matter; air; pressure.
_WORDS = (1, 10, 2, 1)


def decode(payload: bytes, _f_port: int) -> Decoded:
    """Measurements of one payload."""
    parts = parts_of(payload, _WORDS)
    if isinstance(parts, str):
        return Decoded(errors=(parts,))
    return Decoded((*battery(parts[0]), *_matter(parts[1]), *_air(parts[2]), *_pressure(parts[3])))


def _matter(words: Sequence[int]) -> list[Measured]:
    if not words:
        return []
    return [measured("pm2_5_ug_m3", words[1] / 10), measured("pm10_ug_m3", words[3] / 10)]


def _air(words: Sequence[int]) -> list[Measured]:
    if not words:
        return []
    return [
        measured("temperature_c", 175.72 * words[0] / 65536 - 46.85),
        measured("humidity_pct", 125 * words[1] / 65536 - 6),
    ]


def _pressure(words: Sequence[int]) -> list[Measured]:
    return [measured("pressure_hpa", word * 2 / 100) for word in words]
