"""DDS75-LB: bytes to measurements."""

import struct

from devices.quantities import DEVICE_QUANTITIES, QUANTITIES
from devices.readings import Qc
from devices.uplinks import Decoded, Measured

_LAYOUT = struct.Struct(">HHBhB")
_DATA_PORT = 2
_STATUS_PORT = 5
_NO_SENSOR = 0
_TOO_NEAR = 20

_MM = DEVICE_QUANTITIES["distance_mm"].unit
_VOLT = QUANTITIES["battery_v"].unit
_CELSIUS = QUANTITIES["temperature_c"].unit


def decode(payload: bytes, f_port: int) -> Decoded:
    """Measurements of one payload; status reports (port 5) hold none, stored values (port 3) are refused."""
    if f_port == _STATUS_PORT:
        return Decoded()
    if f_port != _DATA_PORT:
        return Decoded(errors=(f"port {f_port} is not read; measurements come on port {_DATA_PORT}",))
    if len(payload) != _LAYOUT.size:
        return Decoded(errors=(f"{len(payload)} bytes; a report has {_LAYOUT.size}",))
    battery, distance, _interrupt, temperature, flag = _LAYOUT.unpack(payload)
    qc, warnings = _judge(distance, flag)
    readings = [
        Measured("battery_v", (battery & 0x3FFF) / 1000, _VOLT),
        Measured("distance_mm", float(distance), _MM, qc),
    ]
    # Without a probe the field is 0, or far outside what a DS18B20 can say. A true 0.0 degrees goes with it.
    if temperature != 0 and -550 <= temperature <= 1250:
        readings.append(Measured("temperature_c", temperature / 10, _CELSIUS))
    return Decoded(tuple(readings), warnings)


def _judge(distance: int, flag: int) -> tuple[Qc, tuple[str, ...]]:
    if distance == _NO_SENSOR:
        return Qc.FAIL, ("no ultrasonic sensor found: check its cable",)
    if distance == _TOO_NEAR:
        return Qc.SUSPECT, ("nearer than 280 mm",)
    if flag == 0:
        return Qc.SUSPECT, ("a distance, but the sensor flag says there is no sensor",)
    return Qc.GOOD, ()
