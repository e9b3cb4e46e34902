"""WSC1-L: bytes to measurements."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from devices.dragino import frame
from devices.readings import Qc
from devices.uplinks import Decoded, Measured

_STATUS_PORT = 5
_BATTERY_IN_STATUS = slice(5, 7)
#: What begins so answers a command and holds no measurements.
_ANSWER_FROM = 0xE0


class _Probe(NamedTuple):
    """One type of value: its quantity, how many of it make one, and the words that are no measurement."""

    quantity: str
    divisor: int
    signed: bool = False
    missing: int | None = None

    def is_nonsense(self, word: int) -> bool:
        """Does the word say that the probe answers nonsense? It is the one after "no sensor"."""
        return self.missing is not None and word == self.missing + 1


_PROBES: Final[Mapping[int, _Probe]] = {
    0x06: _Probe("temperature_c", 10, signed=True, missing=0x02FE),
    0x07: _Probe("humidity_pct", 10, missing=0x03FE),
    0x08: _Probe("pressure_hpa", 10, missing=0x0000),
    0x09: _Probe("rain_total_mm", 10, missing=0x03FE),
    0x0A: _Probe("pm2_5_ug_m3", 1, missing=0x03FE),
    0x0B: _Probe("pm10_ug_m3", 1, missing=0x03FE),
    0x0E: _Probe("temperature_c", 100, signed=True),
    0x0F: _Probe("humidity_pct", 100),
}


def decode(payload: bytes, f_port: int) -> Decoded:
    """Measurements of one payload. Of two probes for one quantity the first counts."""
    if f_port == _STATUS_PORT:
        battery_mv = int.from_bytes(payload[_BATTERY_IN_STATUS])
        return Decoded((frame.measured("battery_v", battery_mv / 1000),) if battery_mv else ())
    if f_port != frame.DATA_PORT:
        return frame.refused(f_port)
    if not payload:
        return Decoded(errors=("the payload is empty",))
    if payload[0] >= _ANSWER_FROM:
        return Decoded()
    return _values(payload)


def _values(payload: bytes) -> Decoded:
    readings: dict[str, Measured] = {}
    at = 0
    while at < len(payload):
        value = payload[at + 2 : at + 2 + payload[at + 1]] if at + 1 < len(payload) else b""
        if at + 2 > len(payload) or len(value) < payload[at + 1]:
            return Decoded(errors=(f"cut short: the value at byte {at} is not whole",))
        probe = _PROBES.get(payload[at])
        if probe is not None and len(value) != 2:
            return Decoded(errors=(f"type {payload[at]:02x} at byte {at} has {len(value)} bytes, not 2",))
        measured = None if probe is None else _measure(probe, value)
        if measured is not None:
            readings.setdefault(measured.quantity, measured)
        at += 2 + len(value)
    nonsense = tuple(
        f"the probe for {name} answers nonsense" for name, one in readings.items() if one.qc > Qc.GOOD
    )
    return Decoded(tuple(readings.values()), nonsense)


def _measure(probe: _Probe, value: bytes) -> Measured | None:
    word = int.from_bytes(value)
    if word == probe.missing:
        return None
    number = int.from_bytes(value, signed=probe.signed)
    qc = Qc.FAIL if probe.is_nonsense(word) else Qc.GOOD
    return frame.measured(probe.quantity, number / probe.divisor, qc)
