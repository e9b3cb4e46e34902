"""WTS506: bytes to measurements."""

from devices.milesight import stream
from devices.uplinks import Decoded, Measured

_BEFORE_RAIN = 9


def decode(payload: bytes, _f_port: int) -> Decoded:
    """Measurements of one payload; stored ones carry their own time. The port is not looked at."""
    return stream.decode(payload, _FIELDS)


def _total(hundredths: bytes) -> tuple[Measured, ...]:
    return stream.measured("rain_total_mm", int.from_bytes(hundredths, "little") / 100)


def _rain_v1(value: bytes) -> tuple[Measured, ...]:
    return _total(value[:2])


def _rain_v2(value: bytes) -> tuple[Measured, ...]:
    return _total(value[:4])


def _stored(value: bytes) -> tuple[Measured, ...]:
    """Temperature 2, humidity 1, pressure 2, wind 4, and rain the rest."""
    return (
        *stream.temperature(value),
        *stream.humidity(value[2:]),
        *stream.pressure(value[3:]),
        *_total(value[_BEFORE_RAIN:]),
    )


_FIELDS: stream.Fields = {
    b"\x01\x75": stream.Field(1, stream.battery),
    b"\x03\x67": stream.Field(2, stream.temperature),
    b"\x83\x67": stream.Field(3, stream.temperature),
    b"\x04\x68": stream.Field(1, stream.humidity),
    b"\x05\x84": stream.Field(2, stream.nothing),
    b"\x06\x73": stream.Field(2, stream.pressure),
    b"\x86\x73": stream.Field(3, stream.pressure),
    b"\x07\x92": stream.Field(2, stream.nothing),
    b"\x87\x92": stream.Field(3, stream.nothing),
    b"\x08\x77": stream.Field(3, _rain_v1),
    b"\x08\xec": stream.Field(5, _rain_v2),
    b"\x88\xec": stream.Field(6, _rain_v2),
    b"\x20\xce": stream.Field(15, stream.stored(_stored)),
    b"\x21\xce": stream.Field(17, stream.stored(_stored)),
    **stream.ABOUT_ITSELF,
}
