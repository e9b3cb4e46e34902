"""The state database: open, migrate, and hand out transactions."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from storage.errors import StoreUnavailableError
from storage.sqlite.connect import BUSY_TIMEOUT_MS
from storage.state.engines import other_engine, sqlite_engine, sqlite_url, state_error
from storage.state.migrating import migrate
from storage.state.registry import LastRegistry
from storage.state.transaction import Tx

__all__ = ["State", "sqlite_url"]


class State:
    """The state behind a database URL. Safe to use from several threads; the file from several processes.

    Opening touches nothing; call `migrate` before the first transaction.

    Every method may raise `StoreUnavailableError` (locked for too long, disk full, server gone: try again)
    or `StorageError` (a rule of the database broken, or no such table: the state was not migrated).
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._where = self._url.render_as_string(hide_password=True)
        self._last_registry = LastRegistry()
        self._turns: threading.Lock | None = None
        if self._url.get_backend_name() == "sqlite":
            self._turns = threading.Lock()
            self._writer = sqlite_engine(self._url, "BEGIN IMMEDIATE")
            self._reader = sqlite_engine(self._url, "BEGIN", "query_only=ON")
        else:
            self._writer = other_engine(self._url)
            self._reader = self._writer.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    def migrate(self) -> None:
        """Create the tables or bring them to this version; one process does it, the others wait.

        Raises:
            MigrationError: the state was written by a newer version of Kênh, or a migration failed.
        """
        with self._translated():
            if self._url.get_backend_name() == "sqlite" and self._url.database:
                Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
            migrate(self._url)

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Read and change: committed and on disk at exit, nothing of it remains after an exception.

        Transactions take turns, so keep them short, and never open one inside another.
        """
        with self._turn(), self._begun(self._writer, committed=False) as tx:
            yield tx

    @contextmanager
    def snapshot(self) -> Iterator[Tx]:
        """Read only: one consistent view, which neither waits for writers nor holds them up."""
        with self._begun(self._reader, committed=True) as tx:
            yield tx

    @contextmanager
    def _begun(self, engine: Engine, *, committed: bool) -> Iterator[Tx]:
        with self._translated(), engine.connect() as connection, connection.begin():
            yield Tx(connection, self._last_registry, committed=committed)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        # SQLite's busy timeout asks again and again with growing pauses; threads of one process can queue.
        if self._turns is None:
            yield
            return
        if not self._turns.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise StoreUnavailableError(f"{self._where}: another transaction of this process did not end")
        try:
            yield
        finally:
            self._turns.release()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise state_error(error, self._where) from error

    def close(self) -> None:
        """Let go of every connection."""
        self._reader.dispose()
        self._writer.dispose()
