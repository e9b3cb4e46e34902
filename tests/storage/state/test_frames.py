"""Frames and radio in the state: added to, never undone; the newest word stands."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.frames import Frame, completeness, in_blocks
from storage.state import State, sqlite_url

NOW = 1_795_421_702_000


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State(sqlite_url(tmp_path / "state.db"))
    opened.migrate()
    yield opened
    opened.close()


def mark(state: State, *numbers: int, device: str = "d1", at_ms: int = NOW) -> None:
    with state.transaction() as tx:
        tx.frames.mark(in_blocks([Frame(device, "aa", number, ("g1",), at_ms) for number in numbers]))


def test_frames_marked_in_pieces_and_twice_are_the_same_as_at_once(state: State) -> None:
    mark(state, 1, 2, 40)
    mark(state, 40, 3, 31, 63)
    mark(state, 1, 2, 40)
    with state.snapshot() as tx:
        told = completeness(tx.frames.of_device("d1"))
    assert told.missing == ((4, 30), (32, 39), (41, 62))
    assert told.by_gateway == (("g1", 1.0),)


def test_only_blocks_heard_since_then_are_given(state: State) -> None:
    mark(state, 1, at_ms=NOW)
    mark(state, 1, device="d2", at_ms=NOW + 1000)
    with state.snapshot() as tx:
        assert set(tx.frames.since(NOW + 1)) == {"d2"}
    with state.transaction() as tx:
        tx.frames.trim(NOW + 1)
    with state.snapshot() as tx:
        assert tx.frames.of_device("d1") == []


def test_the_newest_word_on_how_a_device_is_reached_stands(state: State) -> None:
    with state.transaction() as tx:
        tx.radio.heard([("d1", "app", 9, NOW)])
        tx.radio.heard([("d1", "old", 12, NOW - 5)])
        tx.radio.asked("d1", 300, NOW, "rain")
        tx.radio.heard([("d1", "app", 10, NOW + 5)])
    with state.snapshot() as tx:
        row = tx.radio.get("d1")
    assert row is not None
    assert (row.application, row.spreading_factor, row.wanted_interval_s) == ("app", 10, 300)
