"""DL-PM: bytes to measurements. PM1, PM4, particle sizes and counts are read over: nobody asks for them."""

import struct

from devices.quantities import QUANTITIES
from devices.uplinks import Decoded, Measured

_HEADER = struct.Struct(">BHH")
_PROTOCOL = 2
#: How many words follow for each flag, from bit 0 on.
_WORDS = (1, 10, 2, 1)


def decode(payload: bytes, _f_port: int) -> Decoded:
    """Measurements of one payload."""
    if len(payload) < _HEADER.size:
        return Decoded(errors=(f"{len(payload)} bytes; the header alone has {_HEADER.size}",))
    protocol, _device_number, flags = _HEADER.unpack_from(payload)
    if protocol != _PROTOCOL:
        return Decoded(errors=(f"protocol {protocol} is not read, only {_PROTOCOL}",))
    if flags >> len(_WORDS):
        return Decoded(errors=(f"flags {flags:#06x} name parts that are not known",))
    present = [count if flags >> bit & 1 else 0 for bit, count in enumerate(_WORDS)]
    expected = _HEADER.size + 2 * sum(present)
    if len(payload) != expected:
        return Decoded(errors=(f"{len(payload)} bytes; flags {flags:#06x} promise {expected}",))
    words = list(struct.unpack_from(f">{sum(present)}H", payload, _HEADER.size))
    parts = [[words.pop(0) for _ in range(count)] for count in present]
    return Decoded((*_battery(parts[0]), *_matter(parts[1]), *_air(parts[2]), *_pressure(parts[3])))


def _measured(quantity: str, value: float) -> Measured:
    return Measured(quantity, value, QUANTITIES[quantity].unit)


def _battery(words: list[int]) -> list[Measured]:
    return [_measured("battery_v", word / 1000) for word in words]


def _matter(words: list[int]) -> list[Measured]:
    if not words:
        return []
    return [_measured("pm2_5_ug_m3", words[1] / 10), _measured("pm10_ug_m3", words[3] / 10)]


def _air(words: list[int]) -> list[Measured]:
    if not words:
        return []
    return [
        _measured("temperature_c", 175.72 * words[0] / 65536 - 46.85),
        _measured("humidity_pct", 125 * words[1] / 65536 - 6),
    ]


def _pressure(words: list[int]) -> list[Measured]:
    return [_measured("pressure_hpa", word * 2 / 100) for word in words]
