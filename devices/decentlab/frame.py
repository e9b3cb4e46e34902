"""What payloads of Decentlab share: protocol 2, a device number, flags, then the words of each part flagged.

Words have 16 bits, big end first; one that can be negative is offset by 32768. The port can be changed on the
device and is not looked at.
"""

import struct
from collections.abc import Sequence
from typing import Final

from devices.readings import Qc
from devices.uplinks import Measured
from devices.vendor_units import unit_of

_HEADER: Final = struct.Struct(">BHH")
_PROTOCOL: Final = 2
_SET_PERIOD: Final = 1
_DOWNLINK_PORT: Final = 1
_MAX_PERIOD_S: Final = 0xFFFF


def parts_of(payload: bytes, sizes: Sequence[int]) -> list[tuple[int, ...]] | str:
    """The words of every part, empty where its flag is not set; or what is wrong with the payload.

    `sizes` says how many words follow for each flag, from bit 0 on.
    """
    if len(payload) < _HEADER.size:
        return f"{len(payload)} bytes; the header alone has {_HEADER.size}"
    protocol, _device_number, flags = _HEADER.unpack_from(payload)
    if protocol != _PROTOCOL:
        return f"protocol {protocol} is not read, only {_PROTOCOL}"
    if flags >> len(sizes):
        return f"flags {flags:#06x} name parts that are not known"
    present = [count if flags >> bit & 1 else 0 for bit, count in enumerate(sizes)]
    expected = _HEADER.size + 2 * sum(present)
    if len(payload) != expected:
        return f"{len(payload)} bytes; flags {flags:#06x} promise {expected}"
    words = struct.unpack_from(f">{sum(present)}H", payload, _HEADER.size)
    ends = [sum(present[: bit + 1]) for bit in range(len(present))]
    return [words[end - count : end] for end, count in zip(ends, present, strict=True)]


def join(parts: Sequence[Sequence[int] | None], device_number: int) -> tuple[int, bytes]:
    """Port and payload with these parts, None for one that is not there; struct.error beyond a word."""
    flags = sum(1 << bit for bit, part in enumerate(parts) if part is not None)
    words = [word for part in parts if part is not None for word in part]
    return 1, _HEADER.pack(_PROTOCOL, device_number, flags) + struct.pack(f">{len(words)}H", *words)


def signed(word: int) -> int:
    """The number a word that can be negative stands for."""
    return word - 0x8000


def measured(quantity: str, value: float, qc: Qc = Qc.GOOD) -> Measured:
    """A value in the quantity's own unit."""
    return Measured(quantity, value, unit_of(quantity), qc)


def battery(words: Sequence[int]) -> list[Measured]:
    """The battery's part: one word of millivolts, or nothing."""
    return [measured("battery_v", word / 1000) for word in words]


def encode_interval(interval_s: int) -> tuple[int, bytes]:
    """Port and payload that make a device sample and report every `interval_s` seconds, until it restarts.

    Command 0001, the seconds and a CRC-16 (Modbus) of the four bytes before it, big end first. ValueError
    outside 1..65535.
    """
    if not 1 <= interval_s <= _MAX_PERIOD_S:
        message = f"{interval_s} s is no interval: 1 to {_MAX_PERIOD_S}"
        raise ValueError(message)
    command = struct.pack(">HH", _SET_PERIOD, interval_s)
    return _DOWNLINK_PORT, command + _crc16(command).to_bytes(2)


def _crc16(octets: bytes) -> int:
    crc = 0xFFFF
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
