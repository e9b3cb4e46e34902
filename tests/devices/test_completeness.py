"""Counters that roll over, begin again, or are heard late: what is missing is told exactly."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.frames import STRETCH_MS, Frame, FrameBlock, completeness, in_blocks

#: The beginning of a stretch of six hours.
NOW = 1_795_421_702_000 // STRETCH_MS * STRETCH_MS
EVERY_MS = 600_000


def sent(numbers: list[int], *, first_at: int = 0, session: str = "") -> list[Frame]:
    """One frame every ten minutes; -1 is a frame that is lost."""
    return [
        Frame("d1", session, number, ("g1",), NOW + (first_at + index) * EVERY_MS)
        for index, number in enumerate(numbers)
        if number >= 0
    ]


def without(numbers: range, *lost: int) -> list[int]:
    return [-1 if number in lost else number for number in numbers]


def test_a_device_that_reboots_is_missing_nothing() -> None:
    told = completeness(in_blocks(sent([*range(1000, 1101), *range(21)])))
    assert (told.expected, told.received, told.missing) == (122, 122, ())


def test_a_reboot_is_known_in_the_window_of_a_day_however_long_the_device_lived() -> None:
    numbers = [*range(1101), *without(range(21), 7)]
    since_ms = NOW + (len(numbers) - 144) * EVERY_MS
    blocks = [one for one in in_blocks(sent(numbers)) if one.last_ms >= since_ms]
    assert completeness(blocks, since_ms).missing == ((7, 7),)


def test_a_reboot_soon_after_the_first_number_heard_is_no_gap_before_it() -> None:
    assert completeness(in_blocks(sent([*range(29, 109), *range(80)]))).missing == ()


def test_before_and_after_a_reboot_gaps_are_told_of_each() -> None:
    numbers = [*without(range(200, 260), 220, 221), *without(range(60), 30)]
    assert completeness(in_blocks(sent(numbers))).missing == ((220, 221), (30, 30))


def test_a_join_that_draws_the_same_address_begins_anew() -> None:
    joined = sent([*range(500, 600)], session="00e5e007")
    again = sent([*without(range(50), 3)], first_at=100, session="00e5e007")
    assert completeness(in_blocks([*again, *joined])).missing == ((3, 3),)


@pytest.mark.parametrize("size", [1 << 16, 1 << 32])
def test_a_counter_that_rolls_over_goes_on(size: int) -> None:
    numbers = [*range(size - 100, size), *range(100)]
    told = completeness(in_blocks(sent(numbers)))
    assert (told.received, told.missing) == (200, ())


def test_frames_lost_around_a_roll_over_are_told_by_the_numbers_they_had() -> None:
    numbers = [*range(65_400, 65_530), *[-1] * 9, *range(3, 90)]
    assert completeness(in_blocks(sent(numbers))).missing == ((0, 2), (65_530, 65_535))


def test_a_32_bit_counter_passes_16_bits_as_if_nothing_were_there() -> None:
    told = completeness(in_blocks(sent([*without(range(65_500, 65_600), 65_536)])))
    assert told.missing == ((65_536, 65_536),)


def test_a_number_that_is_no_frame_counter_gives_no_frame() -> None:
    assert in_blocks(sent([1 << 32, 1 << 62])) == []


def test_a_gap_before_the_window_does_not_count_and_one_that_ends_in_it_does() -> None:
    numbers = without(range(400), 100, *range(250, 260))
    since_ms = NOW + 255 * EVERY_MS
    told = completeness(in_blocks(sent(numbers)), since_ms)
    assert told.missing == ((250, 259),)
    assert 140 <= told.received <= 140 + 36


def test_a_frame_heard_late_by_a_device_without_a_clock_fills_its_gap() -> None:
    frames = sent(without(range(200, 320), 230))
    late = Frame("d1", "", 230, (), NOW + 110 * EVERY_MS)
    assert completeness(in_blocks([*frames, late])).missing == ()


#: Lives of a device: how many frames each life has, longer than a stretch, and which of them are lost.
lives = st.lists(
    st.tuples(st.integers(80, 200), st.sets(st.integers(2, 198), max_size=20)), min_size=1, max_size=4
)


@given(lives, st.integers(0, 2**31), st.integers(0, 500))
def test_lives_of_a_device_in_any_order_come_to_what_a_list_of_them_says(
    lived: list[tuple[int, set[int]]], seed: int, first: int
) -> None:
    chance, at, frames = Random(seed), 0, []
    lost: set[tuple[int, int]] = set()
    for life, (length, holes) in enumerate(lived):
        start = first if life == 0 else 0
        heard = [n for n in range(length) if n not in holes]
        frames += sent([n + start if n in heard else -1 for n in range(length)], first_at=at)
        for before, after in pairwise(heard):
            lost |= {(life, n + start) for n in range(before + 1, after)}
        at += length
    blocks = in_blocks(frames)
    told = completeness(blocks)
    missing = [n for begin, end in told.missing for n in range(begin, end + 1)]
    assert sorted(missing) == sorted(n for _, n in lost)
    assert told.received == len(frames)
    repeated = [*frames, *chance.sample(frames, len(frames) // 10)]
    chance.shuffle(repeated)
    assert merged(in_blocks(repeated[::2]), in_blocks(repeated[1::2])) == blocks
    assert completeness(chance.sample(blocks, len(blocks))) == told


def merged(*pieces: list[FrameBlock]) -> list[FrameBlock]:
    """As the store merges them."""
    kept: dict[tuple[str, str, int, str], FrameBlock] = {}
    for block in (one for piece in pieces for one in piece):
        old = kept.get(block[:4], block)
        kept[block[:4]] = block._replace(
            seen=old.seen | block.seen,
            first_ms=min(old.first_ms, block.first_ms),
            last_ms=max(old.last_ms, block.last_ms),
        )
    return [kept[key] for key in sorted(kept)]
