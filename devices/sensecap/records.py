"""The older layout of SenseCAP sensors: seven-byte records and a checksum at the end.

    channel u8, what it is u16 LE, value 4 bytes; ... ; CRC-16/KERMIT u16 LE

What it is: 1001..10FF a measurement (i32 LE, thousandths), 0007 battery (u16 LE, %) and interval; everything
else (versions, parts of the serial number, a probe that was taken off) is read over. That it is this layout
is known by the checksum only; which one it is was found out from three published payloads.
"""

from binascii import crc_hqx
from collections.abc import Iterator, Mapping

from devices.uplinks import Measured
from devices.vendor_units import unit_of

_SIZE = 7
_BATTERY = 0x0007
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))

#: Measurement -> quantity, and what a thousandth of it is there. Rain per hour (1011) is no rain that fell.
_QUANTITIES: Mapping[int, tuple[str, float]] = {
    0x1001: ("temperature_c", 0.001),
    0x1002: ("humidity_pct", 0.001),
    0x1005: ("pressure_hpa", 0.00001),
}


def are_records(payload: bytes) -> bool:
    """Is this the older layout?"""
    return len(payload) > 2 and len(payload) % _SIZE == 2 and checksum(payload[:-2]) == payload[-2:]


def checksum(records: bytes) -> bytes:
    """CRC-16/KERMIT: that of XMODEM with the bits of all bytes, and of the result, the other way round."""
    mirrored = crc_hqx(records.translate(_REVERSED), 0)
    return int(f"{mirrored:016b}"[::-1], 2).to_bytes(2, "little")


def read(payload: bytes) -> Iterator[Measured]:
    """Measurements of records whose checksum was right."""
    for at in range(0, len(payload) - 2, _SIZE):
        what = int.from_bytes(payload[at + 1 : at + 3], "little")
        value = payload[at + 3 : at + _SIZE]
        if what == _BATTERY:
            yield Measured("battery_pct", float(int.from_bytes(value[:2], "little")), unit_of("battery_pct"))
        elif what in _QUANTITIES:
            quantity, scale = _QUANTITIES[what]
            number = int.from_bytes(value, "little", signed=True)
            yield Measured(quantity, number * scale, unit_of(quantity))
