"""EM410-RDL: bytes to measurements."""

from devices.milesight import stream
from devices.readings import Qc
from devices.uplinks import Decoded, Measured

_NO_TARGET, _OFF, _FAILED = 0xFFFD, 0xFFFE, 0xFFFF
_PROBLEMS = {_NO_TARGET: "no target", _FAILED: "the sensor failed"}

#: Bits of a stored event.
_TOO_NEAR, _TILTED = 1 << 2, 1 << 5


def decode(payload: bytes, _f_port: int) -> Decoded:
    """Measurements of one payload; stored ones carry their own time. The port is not looked at.

    A report and an exception may stand in one payload: then the worse of the two distances is kept.
    """
    decoded = stream.decode(payload, _FIELDS)
    distances = [one for one in decoded.readings if one.quantity == "distance_mm" and one.time_ms is None]
    if len(distances) < 2:
        return decoded
    worst = max(distances, key=lambda one: one.qc)
    kept = (one for one in decoded.readings if one is worst or one not in distances)
    return Decoded(tuple(kept), decoded.warnings, decoded.errors)


def _distance(value: bytes) -> tuple[Measured, ...]:
    word = stream.u16(value)
    if word == _OFF:
        return ()
    if word in _PROBLEMS:
        return stream.measured("distance_mm", float(word), Qc.FAIL)
    return stream.measured("distance_mm", float(stream.i16(value)))


def _temperature(value: bytes) -> tuple[Measured, ...]:
    word = stream.u16(value)
    if word == _OFF:
        return ()
    qc = Qc.FAIL if word == _FAILED else Qc.GOOD
    return stream.measured("temperature_c", stream.i16(value) / 10, qc)


def _distance_problem(value: bytes) -> str:
    return _PROBLEMS.get(stream.u16(value), "")


def _exception(value: bytes) -> tuple[Measured, ...]:
    status = value[2]
    if status == 0:
        return _distance(value)
    if status == 1:
        return stream.measured("distance_mm", 0.0, Qc.SUSPECT)
    return stream.measured("distance_mm", float(stream.u16(value)), Qc.FAIL)


def _exception_problem(value: bytes) -> str:
    named = ("", "nearer than it can tell", "no target", "the sensor failed")
    return named[value[2]] if value[2] < len(named) else f"exception {value[2]} is unknown"


def _stored(value: bytes) -> tuple[Measured, ...]:
    events = value[6]
    distance = _distance(value)
    if events & _TOO_NEAR and all(one.qc < Qc.FAIL for one in distance):
        distance = stream.measured("distance_mm", 0.0, Qc.SUSPECT)
    tilt = stream.measured("tilt", 1.0) if events & _TILTED else ()
    return (*distance, *_temperature(value[2:]), *tilt)


_FIELDS: stream.Fields = {
    b"\x01\x75": stream.Field(1, stream.battery),
    b"\x03\x67": stream.Field(2, _temperature),
    b"\x04\x82": stream.Field(2, _distance, _distance_problem),
    b"\x84\x82": stream.Field(3, _distance, _distance_problem),
    b"\x94\x82": stream.Field(5, _distance, _distance_problem),
    b"\xb4\x82": stream.Field(3, _exception, _exception_problem),
    b"\x05\x00": stream.Field(1, stream.position),
    b"\x06\xc7": stream.Field(2, stream.nothing),
    b"\x20\xce": stream.Field(11, stream.stored(_stored)),
    **stream.ABOUT_ITSELF,
    b"\xfe\x8e": stream.Field(3, stream.nothing),
    b"\xff\x8e": stream.Field(3, stream.nothing),
    b"\xf9\x39": stream.Field(2, stream.nothing),
    b"\xf8\x39": stream.Field(3, stream.nothing),
}
