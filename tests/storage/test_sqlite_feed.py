"""The feed: batches in order of arrival, numbered once and for all."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.readings import Block, Qc, Reading, block_of
from storage.blocks import pack, unpack
from storage.errors import StorageError
from storage.protocols import Feed
from storage.sqlite.feed import SqliteFeed
from storage.sqlite.readings import SqliteReadings
from tests.storage.conformance import level


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "readings.sqlite"


@pytest.fixture
def feed(path: Path) -> Iterator[SqliteFeed]:
    feed = SqliteFeed(path)
    yield feed
    feed.close()


def same(one: Block, other: Block) -> bool:
    names = ("series", "time_ms", "value", "qc", "received_ms")
    pairs = [(getattr(one, name), getattr(other, name)) for name in names]
    return one.keys == other.keys and all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)


def test_an_empty_feed_has_head_zero_and_nothing_to_read(feed: SqliteFeed) -> None:
    protocol: Feed = feed
    assert protocol.head() == 0
    assert list(protocol.read(0, 10)) == []


def test_batches_come_back_in_order_of_arrival(feed: SqliteFeed) -> None:
    batches = [[level(30), level(10, site="g08")], [level(20)]]
    assert [feed.append(batch) for batch in batches] == [1, 2]
    found = list(feed.read(0, 10))
    assert [number for number, _ in found] == [1, 2]
    assert all(same(block, block_of(batch)) for (_, block), batch in zip(found, batches, strict=True))
    assert found[0][1].time_ms.tolist() == [30, 10]


def test_reading_goes_on_after_a_checkpoint_and_keeps_to_the_limit(feed: SqliteFeed) -> None:
    for time in range(5):
        feed.append([level(time)])
    assert [number for number, _ in feed.read(2, 2)] == [3, 4]
    assert list(feed.read(5, 2)) == []


def test_the_same_batch_twice_is_two_batches(feed: SqliteFeed) -> None:
    assert [feed.append([level(1)]), feed.append([level(1)])] == [1, 2]


def test_values_that_are_no_number_stay_out(feed: SqliteFeed) -> None:
    feed.append([level(1, float("nan")), level(2)])
    assert [block.time_ms.tolist() for _, block in feed.read(0, 9)] == [[2]]


def test_nothing_to_append_takes_no_number(feed: SqliteFeed) -> None:
    feed.append([level(1)])
    assert feed.append([]) == 1
    assert feed.append([level(1, float("nan"))]) == 1


def test_a_number_is_never_given_twice_even_when_all_was_trimmed(path: Path, feed: SqliteFeed) -> None:
    feed.append([level(1)])
    feed.append([level(2)])
    feed.trim(2)
    assert (feed.head(), list(feed.read(0, 9))) == (2, [])
    again = SqliteFeed(path)
    assert again.append([level(3)]) == 3
    again.close()


def test_trim_keeps_what_is_newer(feed: SqliteFeed) -> None:
    for time in range(4):
        feed.append([level(time)])
    feed.trim(2)
    feed.trim(1)
    assert [number for number, _ in feed.read(0, 9)] == [3, 4]


def test_readings_and_feed_share_a_file(path: Path, feed: SqliteFeed) -> None:
    store = SqliteReadings(path)
    store.write([level(1)])
    assert feed.append([level(1)]) == 1
    assert len(store.latest()) == 1
    store.close()


def test_two_processes_append_without_losing_or_repeating_a_number(path: Path, feed: SqliteFeed) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        numbers = [number for part in pool.map(append_some, [path, path]) for number in part]
    assert sorted(numbers) == list(range(1, 41))
    assert feed.head() == 40


def append_some(path: Path) -> list[int]:
    """In another process: append twenty batches."""
    feed = SqliteFeed(path)
    numbers = [feed.append([level(time)]) for time in range(20)]
    feed.close()
    return numbers


readings = st.builds(
    Reading,
    site_id=st.sampled_from(["g07", "gốm"]),
    channel=st.text(max_size=3),
    quantity=st.sampled_from(["water_level_m", "fill_pct"]),
    time_ms=st.integers(-(2**62), 2**62),
    value=st.floats(allow_nan=False),
    qc=st.sampled_from(Qc),
    received_ms=st.integers(0, 2**62),
)


@given(st.lists(readings, max_size=20))
def test_unpacking_undoes_packing(batch: list[Reading]) -> None:
    block = block_of(batch)
    assert same(unpack(pack(block)), block)


def test_a_block_of_an_unknown_layout_is_refused() -> None:
    with pytest.raises(StorageError, match="layout 9"):
        unpack(b"\x09" + pack(block_of([level(1)]))[1:])
