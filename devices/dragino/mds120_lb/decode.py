"""MDS120-LB: bytes to measurements."""

from devices.dragino import distance, frame
from devices.uplinks import Decoded, Measured

SENTINELS = distance.Sentinels(no_sensor=0, invalid=0x3FFF)


def decode(payload: bytes, f_port: int) -> Decoded:
    """Measurements of one payload; stored ones carry their own time."""
    if f_port == frame.HISTORY_PORT:
        return frame.stored(payload, _history)
    return distance.decode(payload, f_port, SENTINELS)


def _history(record: bytes) -> list[Measured]:
    mm = int.from_bytes(record[2:4])
    return [frame.distance(mm, distance.judge(mm, SENTINELS)[0])]
