"""Transactions: all or nothing, taking turns, from several threads and processes."""

import multiprocessing
import sqlite3
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from devices.sites import Crew
from storage.errors import ConflictError, StorageError, StoreUnavailableError
from storage.sqlite import connect
from storage.state import State, WatchCheckpoint, engines, sqlite_url
from tests.storage.state.examples import finding, order


class StoppedError(Exception):
    """Something went wrong in the middle."""


def test_an_exception_leaves_nothing_behind(state: State) -> None:
    with pytest.raises(StoppedError):
        save_much_and_stop(state)
    with state.snapshot() as tx:
        assert tx.findings.page() == ([], None)
        assert tx.orders.live() == []
        assert tx.registry.version() == 0
        assert tx.watch.load() is None


def save_much_and_stop(state: State) -> None:
    with state.transaction() as tx:
        tx.findings.save(finding())
        tx.orders.save(order())
        tx.registry.save_crews([Crew("to-1", "Tổ 1")])
        tx.watch.save(WatchCheckpoint(9, 1, "1", b""))
        raise StoppedError


def test_a_conflict_undoes_what_went_before_it(state: State) -> None:
    with state.transaction() as tx:
        tx.orders.save(order())
    with pytest.raises(ConflictError):
        save_finding_and_old_order(state)
    with state.snapshot() as tx:
        assert tx.findings.page() == ([], None)


def save_finding_and_old_order(state: State) -> None:
    with state.transaction() as tx:
        tx.findings.save(finding())
        tx.orders.save(order(revision=5))


def test_a_snapshot_sees_one_moment_and_waits_for_nobody(state: State) -> None:
    with state.transaction() as tx:
        tx.meta.set("a", "1")
    with state.snapshot() as seen:
        assert seen.meta.get("a") == "1"
        with state.transaction() as tx:
            tx.meta.set("a", "2")
        assert seen.meta.get("a") == "1"
    with state.snapshot() as seen:
        assert seen.meta.get("a") == "2"


def test_a_snapshot_cannot_write(state: State) -> None:
    with pytest.raises(StorageError, match="readonly") as caught, state.snapshot() as tx:
        tx.meta.set("a", "1")
    assert not caught.value.retryable


def test_a_commit_is_on_disk_and_foreign_keys_hold(state: State) -> None:
    with state._writer.connect() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "journal_mode", "foreign_keys", "busy_timeout")
        ]
    assert found == [2, "wal", 1, connect.BUSY_TIMEOUT_MS]
    assert connect.BUSY_TIMEOUT_MS >= 5000


def test_a_lock_held_by_somebody_else_is_worth_trying_again(
    state_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "BUSY_TIMEOUT_MS", 30)
    state = State(sqlite_url(state_path))
    other = sqlite3.connect(state_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError, match="locked"), state.transaction() as tx:
        tx.meta.set("a", "1")
    other.close()
    with state.transaction() as tx:
        tx.meta.set("a", "1")
    state.close()


def test_a_transaction_inside_another_fails_instead_of_waiting_for_ever(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.state.state.BUSY_TIMEOUT_MS", 30)
    with state.transaction(), pytest.raises(StoreUnavailableError, match="did not end"), state.transaction():
        pass


def test_a_state_that_was_not_migrated_says_so(tmp_path: Path) -> None:
    state = State(sqlite_url(tmp_path / "new.sqlite"))
    with pytest.raises(StorageError, match="no such table"), state.snapshot() as tx:
        tx.meta.get("a")
    state.close()


def test_a_file_name_may_hold_anything(tmp_path: Path) -> None:
    path = tmp_path / "dữ liệu? 100% #1 & more" / "state.sqlite"
    state = State(sqlite_url(path))
    state.migrate()
    state.close()
    assert path.is_file()


def test_a_server_that_does_not_answer_is_worth_trying_again() -> None:
    gone = OperationalError("SELECT 1", {}, Exception("connection refused"))
    wrong = DBAPIError("SELECT 1", {}, Exception("no such function"))
    assert engines.state_error(gone, "state").retryable
    assert not engines.state_error(wrong, "state").retryable


def test_threads_take_turns(state: State) -> None:
    def count(_: int) -> None:
        for _ in range(10):
            with state.transaction() as tx:
                tx.meta.set("n", str(int(tx.meta.get("n") or 0) + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(8)))
    with state.snapshot() as tx:
        assert tx.meta.get("n") == "80"


def test_processes_write_at_once_and_nothing_is_lost_or_locked(state: State, state_path: Path) -> None:
    with state.transaction() as tx:
        tx.orders.save(order())
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        conflicts = sum(pool.map(write_from_outside, [state_path, state_path]))
    with state.snapshot() as tx:
        saved = tx.orders.get("WO-1")
        assert saved is not None
        assert tx.meta.get("n") == "80"
        assert len(tx.events.after(0, 1000)) == 0
        assert saved.revision + conflicts == 81


def write_from_outside(path: Path) -> int:
    """In another process: forty changes to one fact and one work order; how many decisions came too late."""
    state = State(sqlite_url(path))
    conflicts = 0
    for _ in range(40):
        with state.snapshot() as tx:
            seen = tx.orders.get("WO-1")
        assert seen is not None
        with state.transaction() as tx:
            tx.meta.set("n", str(int(tx.meta.get("n") or 0) + 1))
            try:
                tx.orders.save(replace(seen, updated_ms=seen.updated_ms + 1))
            except ConflictError:
                conflicts += 1
    state.close()
    return conflicts
