"""EM310-UDL: bytes to measurements."""

from devices.milesight import stream
from devices.uplinks import Decoded

_FIELDS: stream.Fields = {
    b"\x01\x75": stream.Field(1, stream.battery),
    b"\x03\x82": stream.Field(2, stream.distance),
    b"\x83\x82": stream.Field(3, stream.distance),
    b"\x04\x00": stream.Field(1, stream.position),
    **stream.ABOUT_ITSELF,
}


def decode(payload: bytes, _f_port: int) -> Decoded:
    """Measurements of one payload; the port can be changed on the device and is not looked at."""
    return stream.decode(payload, _FIELDS)
