"""AQS02-L: bytes to measurements."""

import struct

from devices.dragino import frame
from devices.uplinks import Decoded, Measured

#: A mole of CO weighs 28.010 g, and a mole of gas fills 24.45 litres at 25 °C and 1013.25 hPa.
CO_UG_M3_A_PPM = 1000 * 28.010 / 24.45

_REPORT = struct.Struct(">HhHHHB")
_STORED = struct.Struct(">HHhB")
_HUNDREDTHS = 0x10
_STORED_HUNDREDTHS = 0x01


def decode(payload: bytes, f_port: int) -> Decoded:
    """Measurements of one payload; stored ones carry their own time."""
    if f_port == frame.HISTORY_PORT:
        return frame.stored(payload, _history)
    if f_port != frame.DATA_PORT:
        return frame.refused(f_port)
    if len(payload) != _REPORT.size:
        return frame.wrong_size(payload, _REPORT.size)
    battery, temperature, humidity, pressure, ppm, flags = _REPORT.unpack(payload)
    return Decoded(
        (
            frame.battery(battery),
            frame.measured("co_ug_m3", ppm * CO_UG_M3_A_PPM),
            _temperature(temperature, bool(flags & _HUNDREDTHS)),
            frame.measured("humidity_pct", humidity / 10),
            frame.measured("pressure_hpa", pressure / 10),
        )
    )


def _temperature(word: int, hundredths: bool) -> Measured:
    return frame.measured("temperature_c", word / (100 if hundredths else 10))


def _history(record: bytes) -> list[Measured]:
    ppm, humidity, temperature, flags = _STORED.unpack(record)
    return [
        frame.measured("co_ug_m3", ppm * CO_UG_M3_A_PPM),
        _temperature(temperature, bool(flags & _STORED_HUNDREDTHS)),
        frame.measured("humidity_pct", humidity / 10),
    ]
