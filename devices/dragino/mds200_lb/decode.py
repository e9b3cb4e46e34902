"""MDS200-LB: bytes to measurements. The second target and the alarms are read over."""

import struct

from devices.dragino import frame
from devices.readings import Qc
from devices.uplinks import Decoded, Measured

_REPORT = struct.Struct(">HHHB")
_NO_TARGET = (0, 0xFFFF)


def decode(payload: bytes, f_port: int) -> Decoded:
    """Measurements of one payload; stored ones carry their own time."""
    if f_port == frame.HISTORY_PORT:
        return frame.stored(payload, lambda record: [_nearest(record)])
    if f_port != frame.DATA_PORT:
        return frame.refused(f_port)
    if len(payload) != _REPORT.size:
        return frame.wrong_size(payload, _REPORT.size)
    nearest = _nearest(payload)
    warnings = ("no target in sight",) if nearest.qc == Qc.FAIL else ()
    return Decoded((frame.battery(_REPORT.unpack(payload)[0]), nearest), warnings)


def _nearest(report: bytes) -> Measured:
    _battery, nearest, _behind, _flags = _REPORT.unpack(report)
    return frame.distance(nearest, Qc.FAIL if nearest in _NO_TARGET else Qc.GOOD)
