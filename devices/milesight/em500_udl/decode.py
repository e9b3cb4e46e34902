"""EM500-UDL: bytes to measurements."""

from devices.milesight import stream
from devices.readings import Qc
from devices.uplinks import Decoded, Measured


def _alarm(value: bytes) -> tuple[Measured, ...]:
    """The distance of an alarm whose scale is not confirmed (see the model's own page)."""
    return stream.measured("distance_mm", float(stream.u16(value)), Qc.SUSPECT)


_FIELDS: stream.Fields = {
    b"\x01\x75": stream.Field(1, stream.battery),
    b"\x03\x82": stream.Field(2, stream.distance),
    b"\x83\x82": stream.Field(3, stream.distance),
    b"\x83\xe9": stream.Field(5, _alarm),
    b"\x20\xce": stream.Field(6, stream.stored(stream.distance)),
    **stream.ABOUT_ITSELF,
}


def decode(payload: bytes, _f_port: int) -> Decoded:
    """Measurements of one payload; stored ones carry their own time. The port is not looked at."""
    return stream.decode(payload, _FIELDS)
