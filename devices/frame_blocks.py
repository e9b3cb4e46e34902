"""Which of a device's numbered uplinks arrived, kept as bits.

A bit is set for a number, so marking it twice or in any order changes nothing. 32 numbers make a block, of
one session (the LoRaWAN devAddr; empty where there is none), one gateway, and one stretch of six hours: a
device that begins to count again says numbers it has said before, and the stretches keep the two apart.
`devices.completeness` reads from the blocks what is missing.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

BLOCK = 32
STRETCH_MS = 6 * 3_600_000
#: LoRaWAN counters have 32 bits; a longer number is a serial number or a clock.
_NUMBERS = 1 << 32
#: A block's place: the stretch, counted from 1970, above these bits, and number // 32 in them.
_PLACE_BITS = 32


class Frame(NamedTuple):
    """One numbered uplink, and who heard it.

    `time_ms` is the moment the uplink is filed under, so that it is the same whenever it reaches us.
    """

    device_id: str
    session: str
    number: int
    gateway_ids: tuple[str, ...]
    time_ms: int


class FrameBlock(NamedTuple):
    """Which of 32 frames of a stretch of time arrived: bit 0 of `seen` is the number `start`.

    An empty `gateway_id` stands for any gateway. `first_ms` and `last_ms` bound when they were sent.
    """

    device_id: str
    session: str
    block: int
    gateway_id: str
    seen: int
    first_ms: int
    last_ms: int

    @property
    def start(self) -> int:
        """The number of the first of the 32."""
        return (self.block & ((1 << _PLACE_BITS) - 1)) * BLOCK

    @property
    def stretch(self) -> int:
        """Which six hours, counted from 1970 (UTC)."""
        return self.block >> _PLACE_BITS

    def numbers(self) -> Iterator[int]:
        """The numbers that arrived, increasing."""
        return (self.start + bit for bit in range(BLOCK) if self.seen >> bit & 1)


def in_blocks(frames: Iterable[Frame]) -> list[FrameBlock]:
    """The same frames as blocks, each key once, in order of key; for any gateway and for each.

    Numbers that are no frame counter (negative, beyond 32 bits) are left out.
    """
    bits: dict[tuple[str, str, int, str], tuple[int, int, int]] = {}
    for device_id, session, number, gateway_ids, time_ms in frames:
        if not 0 <= number < _NUMBERS:
            continue
        block = time_ms // STRETCH_MS << _PLACE_BITS | number // BLOCK
        bit = 1 << number % BLOCK
        for gateway_id in ("", *gateway_ids):
            key = (device_id, session, block, gateway_id)
            seen, first_ms, last_ms = bits.get(key, (0, time_ms, time_ms))
            bits[key] = seen | bit, min(first_ms, time_ms), max(last_ms, time_ms)
    return [FrameBlock(*key, *bits[key]) for key in sorted(bits)]
