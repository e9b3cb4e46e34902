"""EM500-SWL: bytes to measurements."""

from devices.milesight import stream
from devices.readings import Qc
from devices.uplinks import Decoded, Measured

MM_A_CM = 10.0

_PROBLEMS = {0xFFFF: "the probe could not be read", 0xFFFD: "beyond the range of the probe"}


def decode(payload: bytes, _f_port: int) -> Decoded:
    """Measurements of one payload; stored ones carry their own time. The port is not looked at."""
    return stream.decode(payload, _FIELDS)


def _depth(value: bytes) -> tuple[Measured, ...]:
    cm = stream.u16(value)
    if cm in _PROBLEMS:
        return stream.measured("depth_mm", 0.0, Qc.FAIL)
    return stream.measured("depth_mm", MM_A_CM * cm)


def _problem(value: bytes) -> str:
    return _PROBLEMS.get(stream.u16(value), "")


_FIELDS: stream.Fields = {
    b"\x01\x75": stream.Field(1, stream.battery),
    b"\x03\x77": stream.Field(2, _depth, _problem),
    b"\x20\xce": stream.Field(6, stream.stored(_depth)),
    b"\xff\x1b": stream.Field(5, stream.nothing),
    **stream.ABOUT_ITSELF,
}
