"""The payload layout Milesight sensors share: channel byte, type byte, value; again until the end."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from devices.quantities import DEVICE_QUANTITIES, QUANTITIES
from devices.readings import Qc
from devices.uplinks import Decoded, Measured

_PERCENT = QUANTITIES["battery_pct"].unit
_FLAG = QUANTITIES["tilt"].unit
_MM = DEVICE_QUANTITIES["distance_mm"].unit


class Field(NamedTuple):
    """What follows one channel and type: so many bytes, and what they measure."""

    size: int
    read: Callable[[bytes], Measured | None]


#: By channel and type byte.
Fields = Mapping[bytes, Field]


def battery(value: bytes) -> Measured:
    """One byte of per cent."""
    return Measured("battery_pct", float(value[0]), _PERCENT, Qc.GOOD if value[0] <= 100 else Qc.FAIL)


def distance(value: bytes) -> Measured:
    """Two bytes of millimetres, little end first; an alarm byte that may follow says nothing new."""
    return Measured("distance_mm", float(value[0] | value[1] << 8), _MM)


def position(value: bytes) -> Measured:
    """One byte: 0 upright, 1 tilted."""
    return Measured("tilt", float(value[0] != 0), _FLAG)


def stored_distance(value: bytes) -> Measured:
    """Four bytes of epoch seconds and two of millimetres: one measurement kept while the radio was deaf."""
    time_s = int.from_bytes(value[:4], "little")
    return Measured("distance_mm", float(value[4] | value[5] << 8), _MM, time_ms=time_s * 1000)


def _nothing(_value: bytes) -> None:
    return None


#: Sent once after joining: power on, protocol, serial number, hardware, firmware, class.
ABOUT_ITSELF: Fields = {
    b"\xff\x0b": Field(1, _nothing),
    b"\xff\x01": Field(1, _nothing),
    b"\xff\x16": Field(8, _nothing),
    b"\xff\x09": Field(2, _nothing),
    b"\xff\x0a": Field(2, _nothing),
    b"\xff\x0f": Field(1, _nothing),
}


def decode(payload: bytes, fields: Fields) -> Decoded:
    """Read the stream as far as it is known.

    An unknown channel ends it: what stood before is kept, with a warning, because its length is not known.
    A value that is cut short is an error and nothing is kept: then the layout is not what we think it is.
    """
    readings: list[Measured] = []
    at = 0
    end = len(payload)
    while at < end:
        field = fields.get(payload[at : at + 2])
        if field is None:
            return _unknown(payload, at, readings)
        size, read = field
        start = at + 2
        at = start + size
        if at > end:
            return Decoded(
                errors=(f"cut short: {size} bytes expected from byte {start}, {end - start} there",)
            )
        measured = read(payload[start:at])
        if measured is not None:
            readings.append(measured)
    return Decoded(tuple(readings)) if end else Decoded(errors=("the payload is empty",))


def _unknown(payload: bytes, at: int, readings: list[Measured]) -> Decoded:
    problem = f"channel {payload[at : at + 2].hex()} at byte {at} is unknown"
    if at == 0:
        return Decoded(errors=(problem,))
    return Decoded(tuple(readings), warnings=(f"{problem}; the rest was not read",))
