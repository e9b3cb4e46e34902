"""WILSEN.sonic.level: bytes to measurements."""

import math
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from devices.readings import Qc
from devices.uplinks import Decoded, Measured
from devices.vendor_units import unit_of

_NAME_SIZE = 2
_CM, _MM, _FILL = b"\x0b\x01", b"\x0b\x02", b"\x0b\x06"


class _Value(NamedTuple):
    """What a package of known name measures: so many bytes, and how they are read."""

    size: int
    quantity: str
    read: Callable[[bytes], float]


_VALUES: Mapping[bytes, _Value] = {
    _CM: _Value(2, "distance_mm", lambda value: 10.0 * int.from_bytes(value)),
    _MM: _Value(2, "distance_mm", lambda value: float(int.from_bytes(value))),
    _FILL: _Value(1, "fill_pct", lambda value: float(value[0])),
    b"\x02\x01": _Value(4, "temperature_c", lambda value: float(struct.unpack(">f", value)[0])),
    b"\x51\x01": _Value(1, "battery_v", lambda value: value[0] / 10),
}


def decode(payload: bytes, _f_port: int) -> Decoded:
    """Measurements of one payload; what is cut short or of another length than its name says is an error."""
    if not payload:
        return Decoded(errors=("the payload is empty",))
    found: dict[bytes, Measured] = {}
    for package in _packages(payload):
        if isinstance(package, str):
            return Decoded(errors=(package,))
        name, value = package[:_NAME_SIZE], package[_NAME_SIZE:]
        known = _VALUES.get(name)
        if known is None:
            continue
        if len(value) != known.size:
            return Decoded(errors=(f"{name.hex()} has {len(value)} bytes; {known.size} expected",))
        number = known.read(value)
        if math.isfinite(number):
            found[name] = Measured(known.quantity, number, unit_of(known.quantity), Qc.GOOD)
    if _MM in found:
        found.pop(_CM, None)
    if _MM in found or _CM in found:
        found.pop(_FILL, None)
    return Decoded(tuple(found.values()))


def _packages(payload: bytes) -> Iterator[bytes | str]:
    """Name and value of each package, and at last what is wrong, if anything is."""
    at = 0
    while at < len(payload):
        size = payload[at]
        package = payload[at + 1 : at + 1 + size]
        if size < _NAME_SIZE or len(package) < size:
            yield f"cut short: {size} bytes expected from byte {at + 1}, {len(package)} there"
            return
        yield package
        at += 1 + size
