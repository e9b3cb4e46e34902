"""PS-LB: bytes to measurements."""

import struct

from devices.dragino import frame
from devices.readings import Qc
from devices.uplinks import Decoded, Measured

#: A loop outside these has failed (NAMUR NE 43); between 3.6 and 4 mA the probe is merely at its zero.
FAULT_BELOW_MA = 3.6
FAULT_ABOVE_MA = 21.0

_REPORT = struct.Struct(">HBBHHB")
_STORED = struct.Struct(">BBHHB")
_IN_A_ROW_PORT = 7
_IMMERSION = 0
_ZERO_MA, _SPAN_MA = 4.0, 16.0


def decode(payload: bytes, f_port: int) -> Decoded:
    """Measurements of one payload; stored ones carry their own time."""
    if f_port == frame.HISTORY_PORT:
        return frame.stored(payload, _history)
    if f_port == _IN_A_ROW_PORT:
        return _in_a_row(payload)
    if f_port != frame.DATA_PORT:
        return frame.refused(f_port)
    if len(payload) != _REPORT.size:
        return frame.wrong_size(payload, _REPORT.size)
    battery, kind, span_m, microamperes, _millivolts, _pins = _REPORT.unpack(payload)
    readings = [frame.battery(battery)]
    if kind != _IMMERSION or span_m == 0:
        return Decoded(
            tuple(readings), (f"probe {kind:02x}{span_m:02x} gives no depth of water: set it with AT+PROBE",)
        )
    milliamperes = microamperes / 1000
    readings.append(_depth(milliamperes, span_m))
    return Decoded(tuple(readings), _fault(milliamperes))


def _depth(milliamperes: float, span_m: int) -> Measured:
    failed = not FAULT_BELOW_MA <= milliamperes <= FAULT_ABOVE_MA
    depth_mm = max(0.0, (milliamperes - _ZERO_MA) * span_m * 1000 / _SPAN_MA)
    return frame.measured("depth_mm", depth_mm, Qc.FAIL if failed else Qc.GOOD)


def _fault(milliamperes: float) -> tuple[str, ...]:
    if milliamperes < FAULT_BELOW_MA:
        return (f"{milliamperes:g} mA: the loop is broken, check the cable",)
    if milliamperes > FAULT_ABOVE_MA:
        return (f"{milliamperes:g} mA: the loop is shorted or the probe has failed",)
    return ()


def _history(record: bytes) -> list[Measured]:
    kind, span_m, _millivolts, microamperes, _pins = _STORED.unpack(record)
    return [_depth(microamperes / 1000, span_m)] if kind == _IMMERSION and span_m else []


def _in_a_row(payload: bytes) -> Decoded:
    if len(payload) < 2 or len(payload) % 2:
        return Decoded(errors=(f"{len(payload)} bytes; a battery word and words of current were expected",))
    battery = frame.battery(int.from_bytes(payload[:2]))
    return Decoded((battery,), ("currents in a row name neither probe nor times: they are not read",))
