"""Frames: which of a device's numbered uplinks arrived, and which are missing.

Numbers are kept as bits, 32 to a block, so that marking one twice or in any order changes nothing. Numbers
belong to a session: the LoRaWAN devAddr, which a join draws anew. A device that starts counting again without
a join (a reboot, ABP) says the same numbers once more, and those count as heard already: then a gap may go
unnoticed, but none is ever reported that was not there.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

BLOCK = 32
#: More than this between two numbers of a session is a counter that was set, not frames that were lost.
_LEAP = 10_000


class Frame(NamedTuple):
    """One numbered uplink, and who heard it. `time_ms` is when it was heard."""

    device_id: str
    session: str
    number: int
    gateway_ids: tuple[str, ...]
    time_ms: int


class FrameBlock(NamedTuple):
    """Which of the frames from `32 * block` on arrived: bit 0 of `seen` is the first.

    An empty `gateway_id` stands for any gateway.
    """

    device_id: str
    session: str
    block: int
    gateway_id: str
    seen: int
    first_ms: int
    last_ms: int


class Completeness(NamedTuple):
    """How many frames arrived of those that were sent.

    `missing` are ranges of numbers, both ends included, of the session heard last. `by_gateway` is the share
    of the frames that each gateway heard, 0 to 1.
    """

    expected: int
    received: int
    missing: tuple[tuple[int, int], ...]
    by_gateway: tuple[tuple[str, float], ...] = ()

    @property
    def pct(self) -> float | None:
        """Per cent received; None where nothing was expected."""
        return 100.0 * self.received / self.expected if self.expected else None


def in_blocks(frames: Iterable[Frame]) -> list[FrameBlock]:
    """The same frames as blocks, each key once, in order of key; for any gateway and for each."""
    bits: dict[tuple[str, str, int, str], tuple[int, int, int]] = {}
    for device_id, session, number, gateway_ids, time_ms in frames:
        block, bit = divmod(number, BLOCK)
        for gateway_id in ("", *gateway_ids):
            key = (device_id, session, block, gateway_id)
            seen, first_ms, last_ms = bits.get(key, (0, time_ms, time_ms))
            bits[key] = seen | 1 << bit, min(first_ms, time_ms), max(last_ms, time_ms)
    return [FrameBlock(*key, *bits[key]) for key in sorted(bits)]


def completeness(blocks: Sequence[FrameBlock]) -> Completeness:
    """What arrived of one device's frames, from the first to the last there is in these blocks."""
    sessions: dict[str, list[FrameBlock]] = {}
    for block in blocks:
        if not block.gateway_id:
            sessions.setdefault(block.session, []).append(block)
    ordered = sorted(sessions.values(), key=lambda session: max(block.last_ms for block in session))
    expected = received = 0
    missing: tuple[tuple[int, int], ...] = ()
    for session in ordered:
        numbers = list(_numbers(session))
        missing = tuple(_gaps(numbers))
        received += len(numbers)
        expected += len(numbers) + sum(last - first + 1 for first, last in missing)
    return Completeness(expected, received, missing, _by_gateway(blocks, received))


def _numbers(blocks: Iterable[FrameBlock]) -> Iterator[int]:
    for block in sorted(blocks, key=lambda one: one.block):
        for bit in range(BLOCK):
            if block.seen >> bit & 1:
                yield block.block * BLOCK + bit


def _gaps(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    for before, after in pairwise(numbers):
        if 1 < after - before <= _LEAP:
            yield before + 1, after - 1


def _by_gateway(blocks: Iterable[FrameBlock], received: int) -> tuple[tuple[str, float], ...]:
    heard: dict[str, int] = {}
    for block in blocks:
        if block.gateway_id:
            heard[block.gateway_id] = heard.get(block.gateway_id, 0) + block.seen.bit_count()
    return tuple((gateway, heard[gateway] / received) for gateway in sorted(heard) if received)
