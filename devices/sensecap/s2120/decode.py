"""S2120: bytes to measurements."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from devices.readings import Qc
from devices.sensecap import records
from devices.uplinks import Decoded, Measured
from devices.vendor_units import unit_of

_RATE = "a rate of rain only: what fell cannot be told without frame 4c, which newer devices send"
_RATE_FRAMES = frozenset((0x02, 0x4B))
_TOTAL_FRAME = 0x4C
_ERROR_FRAME = 0x06


class _Frame(NamedTuple):
    """How many bytes follow the number of a frame, and what they measure."""

    size: int
    read: Callable[[bytes], Iterable[Measured]]


def decode(payload: bytes, _f_port: int) -> Decoded:
    """Measurements of one payload.

    An unknown frame ends it: what stood before is kept, with a warning. A frame that is cut short is an
    error and nothing is kept.
    """
    if records.are_records(payload):
        return Decoded(tuple(records.read(payload)))
    readings: list[Measured] = []
    warnings: list[str] = []
    seen: set[int] = set()
    at = 0
    while at < len(payload):
        number = payload[at]
        frame = _FRAMES.get(number)
        if frame is None:
            warnings.append(f"frame {number:02x} at byte {at} is unknown; the rest was not read")
            break
        start, at = at + 1, at + 1 + frame.size
        if at > len(payload):
            problem = (
                f"cut short: {frame.size} bytes expected from byte {start}, {len(payload) - start} there"
            )
            return Decoded(errors=(problem,))
        seen.add(number)
        readings += frame.read(payload[start:at])
        if number == _ERROR_FRAME and payload[start]:
            warnings.append(f"sensor error {payload[start]:02x}")
    if not seen:
        return Decoded(errors=(warnings[0] if warnings else "the payload is empty",))
    if seen & _RATE_FRAMES and _TOTAL_FRAME not in seen:
        warnings.append(_RATE)
    return Decoded(tuple(readings), tuple(warnings))


def _measured(quantity: str, value: float) -> Measured:
    return Measured(quantity, value, unit_of(quantity))


def _air(value: bytes) -> Iterable[Measured]:
    yield _measured("temperature_c", int.from_bytes(value[:2], signed=True) / 10)
    humidity = _measured("humidity_pct", float(value[2]))
    yield humidity if value[2] <= 100 else humidity._replace(qc=Qc.FAIL)


def _pressure(value: bytes) -> Iterable[Measured]:
    yield _measured("pressure_hpa", int.from_bytes(value[6:8]) / 10)


def _total(value: bytes) -> Iterable[Measured]:
    yield _measured("rain_total_mm", int.from_bytes(value[2:6]) / 1000)


def _battery(value: bytes) -> Iterable[Measured]:
    battery = _measured("battery_pct", float(value[0]))
    yield battery if value[0] <= 100 else battery._replace(qc=Qc.FAIL)


def _nothing(_value: bytes) -> Iterable[Measured]:
    return ()


_FRAMES: Mapping[int, _Frame] = {
    0x01: _Frame(10, _air),
    0x4A: _Frame(10, _air),
    0x02: _Frame(8, _pressure),
    0x4B: _Frame(8, _pressure),
    _TOTAL_FRAME: _Frame(6, _total),
    0x03: _Frame(1, _battery),
    0x04: _Frame(9, _battery),
    0x05: _Frame(4, _nothing),
    _ERROR_FRAME: _Frame(1, _nothing),
    0x10: _Frame(9, _nothing),
}
