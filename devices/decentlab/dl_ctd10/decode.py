"""DL-CTD10: bytes to measurements."""

from collections.abc import Sequence

from devices.decentlab.frame import battery, measured, parts_of, signed
from devices.readings import Qc
from devices.uplinks import Decoded, Measured

#: Water; battery.
_WORDS = (4, 1)
#: The probe reaches 10 m; half a metre below the surface of dry air is no drift any more.
_LOWEST_MM, _DEEPEST_MM = -500, 11000


def decode(payload: bytes, _f_port: int) -> Decoded:
    """Measurements of one payload."""
    parts = parts_of(payload, _WORDS)
    if isinstance(parts, str):
        return Decoded(errors=(parts,))
    water = parts[0]
    frozen = bool(water) and water[3] != 0
    warnings = ("frozen: the depth is not to be relied on",) if frozen else ()
    return Decoded((*battery(parts[1]), *_depth(water, frozen)), warnings)


def _depth(words: Sequence[int], frozen: bool) -> list[Measured]:
    if not words:
        return []
    depth_mm = signed(words[0])
    qc = Qc.SUSPECT if frozen else Qc.GOOD
    if not _LOWEST_MM <= depth_mm <= _DEEPEST_MM:
        qc = Qc.FAIL
    return [measured("depth_mm", float(depth_mm), qc)]
