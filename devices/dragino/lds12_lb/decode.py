"""LDS12-LB: bytes to measurements."""

import struct

from devices.dragino import frame
from devices.readings import Qc
from devices.uplinks import Decoded, Measured

_REPORT = struct.Struct(">HhHHBbB")
_STORED = struct.Struct(">2xHHb")
_SETTINGS = 2
_NO_DISTANCE = (0, 0xFFFF)
#: The laser's maker calls weaker echoes unreliable, and 65535 one that blinded it.
WEAKEST_CREDIBLE = 101
STRONGEST_CREDIBLE = 65534


def decode(payload: bytes, f_port: int) -> Decoded:
    """Measurements of one payload; stored ones carry their own time."""
    if f_port == frame.HISTORY_PORT:
        return frame.stored(payload, _history)
    if f_port != frame.DATA_PORT:
        return frame.refused(f_port)
    if len(payload) != _REPORT.size:
        return frame.wrong_size(payload, _REPORT.size)
    battery, temperature, mm, signal, _interrupt, _inside, kind = _REPORT.unpack(payload)
    if kind == _SETTINGS:
        return Decoded()
    distance = _distance(mm, signal)
    warnings = () if distance.qc == Qc.GOOD else (f"an echo of strength {signal} is not to be believed",)
    return Decoded((frame.battery(battery), distance, *frame.probe(temperature)), warnings)


def _distance(mm: int, signal: int) -> Measured:
    credible = WEAKEST_CREDIBLE <= signal <= STRONGEST_CREDIBLE and mm not in _NO_DISTANCE
    return frame.distance(mm, Qc.GOOD if credible else Qc.FAIL)


def _history(record: bytes) -> list[Measured]:
    mm, signal, _inside = _STORED.unpack(record)
    return [_distance(mm, signal)]
