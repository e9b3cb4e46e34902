"""Unknown publishers cannot grow the state, nor hold it up."""

from collections.abc import Iterator
from pathlib import Path
from time import process_time

import pytest

from desk.uplinks import Unknown, UplinkBook
from storage.state import RejectRow, State, sqlite_url

NOW = 1_795_421_702_000
BATCH = 2_000


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State(sqlite_url(tmp_path / "state.db"))
    opened.migrate()
    yield opened
    opened.close()


def flood(state: State, first: int, count: int) -> None:
    """Each id once, as somebody would who draws a new one for every message."""
    book = UplinkBook(state)
    for start in range(first, first + count, BATCH):
        book.quarantined(
            [
                Unknown(f"x{n}", NOW + n, f"kenh/v1/x{n}/up", b"y" * 16_000, "n" * 5_000)
                for n in range(start, start + BATCH)
            ]
        )


def test_a_hundred_thousand_unknown_devices_leave_a_small_store_in_bounded_time(
    state: State, tmp_path: Path
) -> None:
    began = process_time()
    flood(state, 0, 20_000)
    size = sum(path.stat().st_size for path in tmp_path.iterdir())
    flood(state, 20_000, 80_000)
    # CPU, not the clock on the wall: generous, yet far from a cost that grows with what came before.
    assert process_time() - began < 30
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < size + 8_000_000
    with state.snapshot() as tx:
        rows = tx.quarantine.all()
    assert len(rows) == tx.quarantine.CAP
    assert rows[0].device_id == "x99999"
    assert sum(len(row.payload) + len(row.name) + len(row.topic) for row in rows) < 5_000_000


def test_long_refusals_are_bounded_by_their_bytes_and_the_newest_stay(state: State) -> None:
    book = UplinkBook(state)
    for start in range(0, 3_000, 500):
        rows = [
            RejectRow(NOW, "t", "d", "not_json", str(n), b"y" * 65_536) for n in range(start, start + 500)
        ]
        book.rejected([*rows, RejectRow(NOW, "t", "d", "not_json", "short", b"y")])
    with state.snapshot() as tx:
        rows, _ = tx.rejects.page(tx.rejects.CAP)
        assert sum(len(row.payload) for row in rows) <= tx.rejects.CAP_BYTES + 6
    assert [row.detail for row in rows[:2]] == ["short", "2999"]
    assert sum(row.detail == "short" for row in rows) == 6
