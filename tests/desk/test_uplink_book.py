"""What ingest tells besides readings is kept, and strangers cannot make it grow."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.uplinks import Unknown, UplinkBook
from devices.frames import Frame, completeness
from storage.state import RejectRow, State, sqlite_url

NOW = 1_795_421_702_000


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State(sqlite_url(tmp_path / "state.db"))
    opened.migrate()
    yield opened
    opened.close()


def test_a_flood_of_unknown_devices_leaves_a_bounded_quarantine(state: State) -> None:
    book = UplinkBook(state)
    for start in range(0, 6_000, 2_000):
        book.quarantined(
            [Unknown(f"x{n}", NOW + n, "kenh/v1/x/up", b"y" * 60_000) for n in range(start, start + 2_000)]
        )
    with state.snapshot() as tx:
        rows = tx.quarantine.all()
        assert len(rows) == tx.quarantine.CAP
    assert rows[0].device_id == "x5999"
    assert max(len(row.payload) for row in rows) <= 4096


def test_one_stranger_that_shouts_is_counted_and_costs_one_row(state: State) -> None:
    book = UplinkBook(state)
    for _ in range(3):
        book.quarantined([Unknown("x", NOW + n, "kenh/v1/x/up", b"{}") for n in range(2_000)])
    with state.snapshot() as tx:
        (row,) = tx.quarantine.all()
    assert (row.count, row.first_ms, row.last_ms) == (6_000, NOW + 1_999, NOW + 1_999)


def test_of_a_flood_of_refusals_the_newest_are_kept(state: State) -> None:
    book = UplinkBook(state)
    for start in range(0, 15_000, 5_000):
        book.rejected(
            [RejectRow(NOW, "t", "d", "not_json", f"number {n}", b"x") for n in range(start, start + 5_000)]
        )
    with state.snapshot() as tx:
        newest, _ = tx.rejects.page(1)
        assert newest[0].detail == "number 14999"
        assert tx.rejects.count_by_reason() == {"not_json": tx.rejects.CAP}
        assert tx.rejects.page(5, reason="clock")[0] == []
        assert len(tx.rejects.page(5, device_id="d")[0]) == 5


def test_frames_and_how_a_device_is_reached_are_noted(state: State) -> None:
    book = UplinkBook(state)
    book.framed([Frame("d", "aa", n, ("g",), NOW) for n in (1, 2, 4)])
    book.reached([("d", "app", 9, NOW)])
    with state.snapshot() as tx:
        assert completeness(tx.frames.of_device("d")).missing == ((3, 3),)
        row = tx.radio.get("d")
    assert row is not None
    assert row.application == "app"
