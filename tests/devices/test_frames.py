"""Which frames arrived is told exactly, whatever the order and however often they came."""

from hypothesis import given
from hypothesis import strategies as st

from devices.frames import Completeness, Frame, FrameBlock, completeness, in_blocks

NOW = 1_795_421_702_000


def frame(
    number: int, *, session: str = "00e5e007", gateways: tuple[str, ...] = ("g1",), at: int = 0
) -> Frame:
    return Frame("d1", session, number, gateways, NOW + (at or number) * 600_000)


def merged(blocks: list[FrameBlock]) -> list[FrameBlock]:
    """As the store merges them."""
    kept: dict[tuple[str, str, int, str], FrameBlock] = {}
    for block in blocks:
        old = kept.get(block[:4], block)
        kept[block[:4]] = block._replace(
            seen=old.seen | block.seen,
            first_ms=min(old.first_ms, block.first_ms),
            last_ms=max(old.last_ms, block.last_ms),
        )
    return [kept[key] for key in sorted(kept)]


def test_nothing_missing_is_a_hundred_per_cent() -> None:
    told = completeness(in_blocks([frame(number) for number in range(20, 120)]))
    assert told == Completeness(100, 100, (), (("g1", 1.0),))
    assert told.pct == 100.0


def test_gaps_are_told_as_ranges_across_blocks() -> None:
    numbers = [*range(1800, 1834), *range(1837, 1900), 1901]
    told = completeness(in_blocks([frame(number) for number in numbers]))
    assert told.missing == ((1834, 1836), (1900, 1900))
    assert (told.expected, told.received) == (102, 98)


def test_after_a_join_numbers_begin_again_and_nothing_is_missing() -> None:
    before = [frame(number, session="aa") for number in range(60_000, 60_010)]
    after = [frame(number, session="bb", at=60_020 + number) for number in range(10)]
    told = completeness(in_blocks([*after, *before]))
    assert told.missing == ()
    assert told.expected == told.received == 20


def test_a_counter_that_leaps_is_not_thousands_of_lost_frames() -> None:
    told = completeness(in_blocks([frame(5), frame(2_000_000)]))
    assert told.missing == ()


def test_each_gateways_share_is_of_the_frames_that_arrived() -> None:
    frames = [frame(n, gateways=("g1", "g2") if n % 2 else ("g1",)) for n in range(10)]
    assert completeness(in_blocks(frames)).by_gateway == (("g1", 1.0), ("g2", 0.5))


def test_without_frames_nothing_is_said() -> None:
    assert completeness([]) == Completeness(0, 0, ())
    assert completeness([]).pct is None


numbers = st.lists(st.integers(0, 300), min_size=1, max_size=80)


@given(numbers, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_and_the_report_is_exact(sent: list[int], chance: object) -> None:
    once = in_blocks([frame(number) for number in sorted(set(sent))])
    shuffled = list(sent)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis hands out a Random
    pieces = [in_blocks([frame(number) for number in shuffled[start::3]]) for start in range(3)]
    assert merged([block for piece in pieces for block in piece]) == once
    told = completeness(once)
    lost = set(range(min(sent), max(sent) + 1)) - set(sent)
    assert {n for first, last in told.missing for n in range(first, last + 1)} == lost
    assert told.received == len(set(sent))
    assert told.expected == told.received + len(lost)
