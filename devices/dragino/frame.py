"""What payloads of Dragino share: one layout a port, battery word, DS18B20 probe, stored values, downlink.

All numbers stand big end first. Port 2 measurements, 3 stored values (seven bytes and four of epoch seconds
each, oldest first), 4 settings, 5 device status. The layouts are from the makers' manuals and from what the
maker's own codecs read; the flag bytes of stored values are not explained well enough to be used.
"""

from collections.abc import Callable, Iterable, Iterator

from devices.readings import Qc
from devices.uplinks import Decoded, Measured
from devices.vendor_units import unit_of

DATA_PORT = 2
HISTORY_PORT = 3
#: Settings and device status: nothing measured, nothing wrong.
SILENT_PORTS = frozenset((4, 5))
STORED_SIZE = 11

_MAX_INTERVAL_S = 0xFFFFFF


def measured(quantity: str, value: float, qc: Qc = Qc.GOOD) -> Measured:
    """A value in the quantity's own unit."""
    return Measured(quantity, value, unit_of(quantity), qc)


def battery(word: int) -> Measured:
    """Millivolts in the low 14 bits; the high two are flags."""
    return measured("battery_v", (word & 0x3FFF) / 1000)


def distance(mm: int, qc: Qc = Qc.GOOD) -> Measured:
    """Millimetres, as the device wrote them."""
    return measured("distance_mm", float(mm), qc)


def probe(tenths: int) -> list[Measured]:
    """Temperature of an optional DS18B20, in tenths of a degree.

    Without a probe the field is 0, or far outside what a DS18B20 can say. A true 0.0 degrees goes with it.
    """
    if tenths == 0 or not -550 <= tenths <= 1250:
        return []
    return [measured("temperature_c", tenths / 10)]


def refused(f_port: int) -> Decoded:
    """What is made of a port that holds no measurements."""
    if f_port in SILENT_PORTS:
        return Decoded()
    return Decoded(errors=(f"port {f_port} is not read; measurements come on port {DATA_PORT}",))


def wrong_size(payload: bytes, expected: int) -> Decoded:
    """What is made of a report that is too short or too long."""
    return Decoded(errors=(f"{len(payload)} bytes; a report has {expected}",))


def stored(payload: bytes, read: Callable[[bytes], Iterable[Measured]]) -> Decoded:
    """Stored values, each at its own time. `read` takes the seven bytes before the time."""
    if not payload or len(payload) % STORED_SIZE:
        return Decoded(errors=(f"{len(payload)} bytes; stored values have {STORED_SIZE} each",))
    return Decoded(tuple(_timed(payload, read)))


def _timed(payload: bytes, read: Callable[[bytes], Iterable[Measured]]) -> Iterator[Measured]:
    for start in range(0, len(payload), STORED_SIZE):
        time_s = int.from_bytes(payload[start + 7 : start + STORED_SIZE])
        for one in read(payload[start : start + 7]):
            yield one._replace(time_ms=time_s * 1000)


def encode_interval(interval_s: int) -> tuple[int, bytes]:
    """Port and payload that make a device report every `interval_s` seconds: 01 and three bytes of seconds.

    The device takes it on any port. ValueError outside 1..16777215.
    """
    if not 1 <= interval_s <= _MAX_INTERVAL_S:
        message = f"{interval_s} s is no interval: 1 to {_MAX_INTERVAL_S}"
        raise ValueError(message)
    return DATA_PORT, b"\x01" + interval_s.to_bytes(3)
