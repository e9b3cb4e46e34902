"""Completeness: how many of the frames a device sent arrived, and which did not.

The blocks of a session are laid end to end in order of time, as runs of one counter. A run goes on while its
numbers rise, and over the end of a 16- or 32-bit counter; a device that begins to count again (a join, a
reboot, ABP) begins a new one. Nothing is missing between two runs, nor where a number leaps by more than
`LEAP`. All of it follows from the blocks alone, so from no order of arrival.

It is exact while messages carry a time of their own and no number is said twice within a stretch of six
hours. Where one is (a device that reboots every hour) the two count as one frame, and a gap may go unnoticed.
A counter set back from one of the last 1,024 numbers before its end is taken for one that rolled over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import NamedTuple

from devices.frame_blocks import FrameBlock

#: More than this between two numbers is a counter that was set, not frames that were lost.
LEAP = 10_000
#: So many frames at most may be lost around the end of a counter that rolls over.
_ROLL = 1_024
_SIZES = (1 << 16, 1 << 32)
#: A frame below the first of its run is late if it is this near, and numbers this low are a new beginning.
_NEAR = 32
#: So many numbers said once more are a new beginning, wherever it begins.
_AGAIN = 3

Range = tuple[int, int]


class Completeness(NamedTuple):
    """How many frames arrived of those that were sent.

    `missing` are ranges of numbers, both ends included, oldest first. `by_gateway` is the share of the frames
    that each gateway heard, 0 to 1.
    """

    expected: int
    received: int
    missing: tuple[Range, ...]
    by_gateway: tuple[tuple[str, float], ...] = ()

    @property
    def pct(self) -> float | None:
        """Per cent received; None where nothing was expected."""
        return 100.0 * self.received / self.expected if self.expected else None


def completeness(blocks: Sequence[FrameBlock], since_ms: int = 0) -> Completeness:
    """What arrived of one device's frames.

    Counted are the blocks with a frame sent at or after `since_ms`, and the gaps that end in one of them;
    blocks of a day before say where the counter stood. So the window reaches back by up to six hours.
    """
    received = 0
    gaps: list[tuple[int, Range]] = []
    rows = sorted((block for block in blocks if not block.gateway_id), key=_session)
    for _, session in groupby(rows, key=_session):
        for run in _runs(list(session)):
            received += sum(sent_ms >= since_ms for sent_ms in run.sent_ms.values())
            gaps += run.gaps(since_ms)
    missing = tuple(gap for _, gap in sorted(gaps))
    expected = received + sum(last - first + 1 for first, last in missing)
    return Completeness(expected, received, missing, _by_gateway(blocks, received, since_ms))


@dataclass(slots=True)
class _Run:
    """One counter going up: the unrolled numbers that arrived, each with the end of its block's time."""

    sent_ms: dict[int, int] = field(default_factory=dict)
    first: int = 0
    top: int = -1
    base: int = 0
    size: int = _SIZES[-1]

    def add(self, numbers: Sequence[tuple[int, int]]) -> None:
        """Take in (unrolled number, time) pairs."""
        for number, sent_ms in numbers:
            self.first = min(self.first, number) if self.sent_ms else number
            self.top = max(self.top, number)
            self.sent_ms.setdefault(number, sent_ms)

    def unrolled(self, numbers: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """The same with the numbers a counter without an end would show; notes where it rolled over."""
        if not self.sent_ms:
            return list(numbers)
        for size in _SIZES:
            # As far as the counter came in this very group, before it rolled over.
            upper = max(
                (n for n, _ in numbers if self.top - self.base < n < size), default=self.top - self.base
            )
            lowest = numbers[0][0]
            if size - _ROLL <= upper < size and lowest + size - upper <= _ROLL:
                low = [(n + self.base + size, at) for n, at in numbers if n < size - _ROLL]
                high = [(n + self.base, at) for n, at in numbers if n >= size - _ROLL]
                self.base, self.size = self.base + size, size
                return high + low
        below = self.base - self.size
        return [
            (n + (below if n + below > self.top - _ROLL and self.base else self.base), at)
            for n, at in numbers
        ]

    def begins_again(self, numbers: Sequence[tuple[int, int]]) -> bool:
        """Can these only come from a device that began to count again?"""
        again = [n for n, _ in numbers if n in self.sent_ms or n < self.first - _NEAR]
        # A frame or two just below the first may be late; more of them, or a counter at its start, are not.
        below = [n for n, _ in numbers if n < self.first]
        return max(len(again), len(below)) >= _AGAIN or any(n - self.base < _NEAR for n in again + below)

    def gaps(self, since_ms: int) -> Iterator[tuple[int, Range]]:
        """What is missing and ended since then: (time of the end, numbers as they were sent)."""
        for before, after in pairwise(sorted(self.sent_ms)):
            sent_ms = self.sent_ms[after]
            if not 1 < after - before <= LEAP or sent_ms < since_ms:
                continue
            first, last = (before + 1) % self.size, (after - 1) % self.size
            if first <= last:
                yield sent_ms, (first, last)
            else:
                yield sent_ms, (first, self.size - 1)
                yield sent_ms, (0, last)


def _runs(blocks: Sequence[FrameBlock]) -> list[_Run]:
    """One session's blocks as runs."""
    groups = list(_in_time(blocks))
    runs = [_Run()]
    for index, group in enumerate(groups):
        run = runs[-1]
        placed = run.unrolled(sorted((n, block.last_ms) for block in group for n in block.numbers()))
        if not run.begins_again(placed):
            run.add(placed)
            continue
        low = [one for one in placed if one[0] <= run.top]
        high = [one for one in placed if one[0] > run.top]
        fresh = _Run()
        if high and not _goes_on(low, high, run, groups[index + 1 : index + 2]):
            run.add(high)
            high = []
        fresh.add([(n - run.base, at) for n, at in low + high])
        runs.append(fresh)
    return runs


def _goes_on(
    low: Sequence[tuple[int, int]],
    high: Sequence[tuple[int, int]],
    before: _Run,
    following: Sequence[Sequence[FrameBlock]],
) -> bool:
    """Did the counter get from `low` to `high` after it began again, or stand at `high` before?

    What comes next tells; as long as nothing does, the nearer is taken.
    """
    if low[-1][0] + 1 >= high[0][0]:
        return True
    for group in following:
        return before.base + min(n for block in group for n in block.numbers()) > high[-1][0]
    return before.top <= low[-1][0]


def _in_time(blocks: Sequence[FrameBlock]) -> Iterator[list[FrameBlock]]:
    """Blocks in order of time, cut at the stretches and where a lower block begins after higher ones end."""
    for _, stretch in groupby(sorted(blocks, key=_by_stretch), key=lambda block: block.stretch):
        group: list[FrameBlock] = []
        for block in stretch:
            if group and block.start < group[-1].start and block.first_ms >= max(b.last_ms for b in group):
                yield group
                group = []
            group.append(block)
        yield group


def _session(block: FrameBlock) -> str:
    return block.session


def _by_stretch(block: FrameBlock) -> tuple[int, int, int]:
    return block.stretch, block.first_ms, block.block


def _by_gateway(blocks: Sequence[FrameBlock], received: int, since_ms: int) -> tuple[tuple[str, float], ...]:
    counted = {(one.session, one.block) for one in blocks if not one.gateway_id and one.last_ms >= since_ms}
    heard: dict[str, int] = {}
    for one in blocks:
        if one.gateway_id and (one.session, one.block) in counted:
            heard[one.gateway_id] = heard.get(one.gateway_id, 0) + one.seen.bit_count()
    return tuple((gateway, heard[gateway] / received) for gateway in sorted(heard) if received)
