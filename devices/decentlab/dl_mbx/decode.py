"""DL-MBX: bytes to measurements."""

from collections.abc import Sequence

from devices.decentlab.frame import battery, measured, parts_of
from devices.readings import Qc
from devices.uplinks import Decoded, Measured

#: Distance; battery.
_WORDS = (2, 1)
_FARTHEST_MM = 9998


def decode(payload: bytes, _f_port: int) -> Decoded:
    """Measurements of one payload."""
    parts = parts_of(payload, _WORDS)
    if isinstance(parts, str):
        return Decoded(errors=(parts,))
    distance = _distance(parts[0])
    warnings = ("no echo",) if any(one.qc == Qc.FAIL for one in distance) else ()
    return Decoded((*battery(parts[1]), *distance), warnings)


def _distance(words: Sequence[int]) -> list[Measured]:
    if not words:
        return []
    mm, samples = words
    heard = samples > 0 and 0 < mm <= _FARTHEST_MM
    return [measured("distance_mm", float(mm), Qc.GOOD if heard else Qc.FAIL)]
