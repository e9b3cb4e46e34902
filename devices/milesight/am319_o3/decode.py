"""AM319-O3: bytes to measurements."""

import struct

from devices.milesight import stream
from devices.readings import Qc
from devices.uplinks import Decoded, Measured

#: A mole of ozone weighs 47.998 g, and a mole of gas fills 24.45 litres at 25 °C and 1013.25 hPa.
O3_UG_M3_A_PPM = 1000 * 47.998 / 24.45

#: Temperature, humidity, movement, light, CO2, vapours, pressure, PM2.5, PM10, ozone.
_STORED = struct.Struct("<hHBB6H")
#: From here on a word is no measurement.
_NO_MASS = 0xFFFE


def decode(payload: bytes, _f_port: int) -> Decoded:
    """Measurements of one payload; stored ones carry their own time. The port is not looked at."""
    return stream.decode(payload, _FIELDS)


def _matter(quantity: str) -> stream.Read:
    return lambda value: _mass(quantity, stream.u16(value), 1.0)


def _mass(quantity: str, word: int, scale: float) -> tuple[Measured, ...]:
    return stream.measured(quantity, word * scale, Qc.FAIL if word >= _NO_MASS else Qc.GOOD)


def _ozone(value: bytes) -> tuple[Measured, ...]:
    return _mass("o3_ug_m3", stream.u16(value), O3_UG_M3_A_PPM / 100)


def _stored(value: bytes) -> tuple[Measured, ...]:
    temperature, humidity, _pir, _light, _co2, _voc, pressure, fine, coarse, ozone = _STORED.unpack(value)
    return (
        *stream.measured("temperature_c", temperature / 10),
        *stream.measured("humidity_pct", humidity / 2, Qc.GOOD if humidity <= 200 else Qc.FAIL),
        *stream.measured("pressure_hpa", pressure / 10),
        *_mass("pm2_5_ug_m3", fine, 1.0),
        *_mass("pm10_ug_m3", coarse, 1.0),
        *_mass("o3_ug_m3", ozone, O3_UG_M3_A_PPM / 100),
    )


_FIELDS: stream.Fields = {
    b"\x01\x75": stream.Field(1, stream.battery),
    b"\x03\x67": stream.Field(2, stream.temperature),
    b"\x04\x68": stream.Field(1, stream.humidity),
    b"\x05\x00": stream.Field(1, stream.nothing),
    b"\x06\xcb": stream.Field(1, stream.nothing),
    b"\x07\x7d": stream.Field(2, stream.nothing),
    b"\x08\x7d": stream.Field(2, stream.nothing),
    b"\x08\xe6": stream.Field(2, stream.nothing),
    b"\x09\x73": stream.Field(2, stream.pressure),
    b"\x0b\x7d": stream.Field(2, _matter("pm2_5_ug_m3")),
    b"\x0c\x7d": stream.Field(2, _matter("pm10_ug_m3")),
    b"\x0d\x7d": stream.Field(2, _ozone),
    b"\x0e\x01": stream.Field(1, stream.nothing),
    b"\x20\xce": stream.Field(22, stream.stored(_stored)),
    b"\x21\xce": stream.Field(22, stream.stored(_stored)),
    **stream.ABOUT_ITSELF,
}
