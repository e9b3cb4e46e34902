"""DL-LID: bytes to measurements."""

from collections.abc import Sequence

from devices.decentlab.frame import battery, measured, parts_of
from devices.readings import Qc
from devices.uplinks import Decoded, Measured

#: Distances; battery.
_WORDS = (11, 1)
_MEDIAN, _SAMPLES = 3, 9


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
    heard = words[_SAMPLES] > 0 and words[_MEDIAN] > 0
    return [measured("distance_mm", float(words[_MEDIAN]), Qc.GOOD if heard else Qc.FAIL)]
