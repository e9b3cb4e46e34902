"""LDDS75: bytes to measurements, of both generations of its firmware."""

import struct

from devices.dragino import distance, frame
from devices.readings import Qc
from devices.uplinks import Decoded

_SENTINELS = distance.Sentinels(no_sensor=0, too_near=20, nearest_mm=280)
_OLD = struct.Struct(">HHB")
_OLD_WITHOUT_SENSOR = struct.Struct(">HB")
_INVALID_BELOW = 20


def decode(payload: bytes, f_port: int) -> Decoded:
    """Measurements of one payload; which firmware it comes from is told by its length."""
    if f_port == frame.HISTORY_PORT:
        return Decoded(errors=("port 3 is not read: this model stores nothing",))
    if f_port == frame.DATA_PORT and len(payload) == _OLD.size:
        battery, mm, _interrupt = _OLD.unpack(payload)
        qc, warning = distance.judge(mm, _SENTINELS)
        if 0 < mm < _INVALID_BELOW:
            qc, warning = Qc.FAIL, "no echo: the reading is invalid"
        return Decoded((frame.battery(battery), frame.distance(mm, qc)), (warning,) if warning else ())
    if f_port == frame.DATA_PORT and len(payload) == _OLD_WITHOUT_SENSOR.size:
        battery, _interrupt = _OLD_WITHOUT_SENSOR.unpack(payload)
        failed = frame.distance(0, Qc.FAIL)
        return Decoded((frame.battery(battery), failed), ("no sensor found: check its cable",))
    return distance.decode(payload, f_port, _SENTINELS)
