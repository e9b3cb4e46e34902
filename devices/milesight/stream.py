"""The payload layout Milesight sensors share: channel byte, type byte, value; again until the end.

Numbers stand little end first. A channel above 0x80 repeats one below it with alarm bytes behind the value.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from devices.quantities import DEVICE_QUANTITIES, QUANTITIES
from devices.readings import Qc
from devices.uplinks import Decoded, Measured
from devices.vendor_units import unit_of

_PERCENT = QUANTITIES["battery_pct"].unit
_FLAG = QUANTITIES["tilt"].unit
_MM = DEVICE_QUANTITIES["distance_mm"].unit

#: The bytes of one value, and what they measure.
Read = Callable[[bytes], Iterable[Measured]]


class Field(NamedTuple):
    """What follows one channel and type: so many bytes, what they measure, and what to warn of."""

    size: int
    read: Read
    warn: Callable[[bytes], str] | None = None


#: By channel and type byte.
Fields = Mapping[bytes, Field]


def u16(value: bytes) -> int:
    """The first two bytes as a number."""
    return value[0] | value[1] << 8


def i16(value: bytes) -> int:
    """The first two bytes as a number that may be negative."""
    return int.from_bytes(value[:2], "little", signed=True)


def measured(quantity: str, value: float, qc: Qc = Qc.GOOD) -> tuple[Measured, ...]:
    """One value in the quantity's own unit."""
    return (Measured(quantity, value, unit_of(quantity), qc),)


def battery(value: bytes) -> tuple[Measured, ...]:
    """One byte of per cent."""
    return (Measured("battery_pct", float(value[0]), _PERCENT, Qc.GOOD if value[0] <= 100 else Qc.FAIL),)


def distance(value: bytes) -> tuple[Measured, ...]:
    """Two bytes of millimetres; an alarm byte that may follow says nothing new."""
    return (Measured("distance_mm", float(value[0] | value[1] << 8), _MM),)


def position(value: bytes) -> tuple[Measured, ...]:
    """One byte: 0 upright, 1 tilted."""
    return (Measured("tilt", float(value[0] != 0), _FLAG),)


def temperature(value: bytes) -> tuple[Measured, ...]:
    """Two bytes of tenths of a degree, signed; an alarm byte that may follow says nothing new."""
    return measured("temperature_c", i16(value) / 10)


def humidity(value: bytes) -> tuple[Measured, ...]:
    """One byte of half per cents."""
    return measured("humidity_pct", value[0] / 2, Qc.GOOD if value[0] <= 200 else Qc.FAIL)


def pressure(value: bytes) -> tuple[Measured, ...]:
    """Two bytes of tenths of a hectopascal; an alarm byte that may follow says nothing new."""
    return measured("pressure_hpa", u16(value) / 10)


def nothing(_value: bytes) -> tuple[Measured, ...]:
    """What is known, and measures nothing anybody asks for."""
    return ()


def stored(read: Read) -> Read:
    """Four bytes of epoch seconds before the value: one measurement kept while the radio was deaf."""

    def timed(value: bytes) -> Iterable[Measured]:
        time_ms = int.from_bytes(value[:4], "little") * 1000
        return [one._replace(time_ms=time_ms) for one in read(value[4:])]

    return timed


#: Sent once after joining: power on, protocol, serial number, hardware, firmware, class, reset, version of
#: the model. And how a device answers a downlink: the command once more, behind FE or FF.
ABOUT_ITSELF: Fields = {
    b"\xff\x0b": Field(1, nothing),
    b"\xff\x01": Field(1, nothing),
    b"\xff\x16": Field(8, nothing),
    b"\xff\x09": Field(2, nothing),
    b"\xff\x0a": Field(2, nothing),
    b"\xff\x0f": Field(1, nothing),
    b"\xff\xfe": Field(1, nothing),
    b"\xff\xff": Field(2, nothing),
    **{
        bytes((channel, kind)): Field(size, nothing)
        for channel in (0xFE, 0xFF)
        for kind, size in ((0x02, 2), (0x03, 2), (0x10, 1), (0x28, 1))
    },
}


def decode(payload: bytes, fields: Fields) -> Decoded:
    """Read the stream as far as it is known.

    An unknown channel ends it: what stood before is kept, with a warning, because its length is not known.
    A value that is cut short is an error and nothing is kept: then the layout is not what we think it is.
    """
    readings: list[Measured] = []
    warnings: list[str] = []
    at = 0
    end = len(payload)
    while at < end:
        field = fields.get(payload[at : at + 2])
        if field is None:
            return _unknown(payload, at, readings, warnings)
        size, read, warn = field
        start = at + 2
        at = start + size
        if at > end:
            return Decoded(
                errors=(f"cut short: {size} bytes expected from byte {start}, {end - start} there",)
            )
        value = payload[start:at]
        readings += read(value)
        if warn is not None and (problem := warn(value)):
            warnings.append(problem)
    return Decoded(tuple(readings), tuple(warnings)) if end else Decoded(errors=("the payload is empty",))


def _unknown(payload: bytes, at: int, readings: list[Measured], warnings: list[str]) -> Decoded:
    problem = f"channel {payload[at : at + 2].hex()} at byte {at} is unknown"
    if at == 0:
        return Decoded(errors=(problem,))
    return Decoded(tuple(readings), (*warnings, f"{problem}; the rest was not read"))
