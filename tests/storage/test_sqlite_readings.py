"""The conformance suite on SQLite, and what is SQLite's own."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from storage.errors import MigrationError, StorageError, StoreUnavailableError
from storage.protocols import ReadingsStore
from storage.sqlite import connect
from storage.sqlite.readings import SqliteReadings
from tests.storage.conformance import Conformance, Opener, contents, key, level


class TestSqliteReadings(Conformance):
    @pytest.fixture
    def opener(self, tmp_path: Path) -> Opener:
        return partial(SqliteReadings, tmp_path / "kho" / "readings.sqlite")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "readings.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteReadings]:
    store = SqliteReadings(path)
    yield store
    store.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "BUSY_TIMEOUT_MS", 30)


def test_it_is_a_readings_store(store: SqliteReadings) -> None:
    protocol: ReadingsStore = store
    protocol.check()


def test_a_commit_is_on_disk_and_readers_do_not_wait(store: SqliteReadings) -> None:
    with store._database.write() as connection:
        found = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("synchronous", "journal_mode", "page_size", "busy_timeout")
        }
    assert found == {
        "synchronous": 2,
        "journal_mode": "wal",
        "page_size": 8192,
        "busy_timeout": connect.BUSY_TIMEOUT_MS,
    }


@pytest.mark.usefixtures("impatient")
def test_a_lock_held_by_somebody_else_is_worth_trying_again(path: Path) -> None:
    store = SqliteReadings(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError, match="locked") as caught:
        store.write([level(1)])
    assert caught.value.retryable
    other.close()
    assert store.write([level(1)]).accepted == 1
    store.close()


def test_a_full_disk_leaves_nothing_behind_and_can_be_got_over(store: SqliteReadings) -> None:
    store.write([level(1)])
    with store._database.write() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")
    batch = [level(time, site=f"site-{time}") for time in range(5000)]
    with pytest.raises(StoreUnavailableError, match="full"):
        store.write(batch)
    assert store.series() == [key()]
    with store._database.write() as connection:
        connection.execute("PRAGMA max_page_count=1000000")
    assert store.write(batch).accepted == 5000
    assert list(contents(store, "site-4999")) == [4999]


def test_a_file_that_is_no_database_is_not_worth_trying_again(path: Path) -> None:
    path.write_bytes(b"site_id,channel,time\n" * 1000)
    with pytest.raises(StorageError, match="not a database") as caught:
        SqliteReadings(path)
    assert not caught.value.retryable


def test_a_folder_in_the_way_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="unable to open"):
        SqliteReadings(tmp_path)


def test_a_file_of_a_newer_version_is_refused(path: Path) -> None:
    store = SqliteReadings(path)
    with store._database.write() as connection:
        connection.execute("UPDATE versions SET version = 99")
    store.close()
    with pytest.raises(MigrationError, match="version 99"):
        SqliteReadings(path)


def test_a_closed_store_says_so_and_closing_twice_is_fine(path: Path) -> None:
    store = SqliteReadings(path)
    store.check()
    store.close()
    store.close()
    with pytest.raises(StorageError, match="closed"):
        store.latest()
    with pytest.raises(StorageError, match="closed"):
        store.write([level(1)])


def test_threads_share_one_store(store: SqliteReadings) -> None:
    def work(thread: int) -> int:
        for step in range(10):
            store.write([level(step, site=f"site-{thread}"), level(thread * 100 + step, site="shared")])
            assert len(contents(store, f"site-{thread}")) == step + 1
        return len(store.latest())

    with ThreadPoolExecutor(6) as pool:
        assert max(pool.map(work, range(6))) <= 7
    assert len(contents(store, "shared")) == 60
    assert len(store._database._idle) <= 6


def test_a_series_number_given_by_another_process_is_found(path: Path, store: SqliteReadings) -> None:
    other = SqliteReadings(path)
    other.write([level(1, site="theirs")])
    store.write([level(2, site="ours"), level(2, site="theirs")])
    other.write([level(3, site="ours")])
    assert [len(column.time_ms) for column in store.range([key("ours"), key("theirs")], 0, 9)] == [2, 2]
    other.close()


def test_an_undone_batch_leaves_no_false_series_numbers(
    store: SqliteReadings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("storage.sqlite.readings._REFRESH_LATEST", "INSERT INTO nowhere VALUES (?, ?)")
        with pytest.raises(StorageError, match="nowhere"):
            store.write([level(1, site="undone")])
    store.write([level(1, site="other")])
    store.write([level(1, site="undone")])
    assert list(contents(store, "undone")) == [1]
    assert store.series() == [key("other"), key("undone")]
