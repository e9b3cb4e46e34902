"""DDS75-LB: bytes to measurements."""

from devices.dragino import distance
from devices.uplinks import Decoded

SENTINELS = distance.Sentinels(no_sensor=0, too_near=20, nearest_mm=280)


def decode(payload: bytes, f_port: int) -> Decoded:
    """Measurements of one payload; status reports (port 5) hold none, stored values carry their own time."""
    return distance.decode(payload, f_port, SENTINELS)
