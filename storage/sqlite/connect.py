"""How Kênh opens SQLite: the pragmas in one place, one writer, a few readers, and errors as ours.

Several processes may open the same file: WAL lets readers read while one writes, writers take turns by
`BEGIN IMMEDIATE` and the busy timeout.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from storage.errors import MigrationError, StorageError, StoreUnavailableError

BUSY_TIMEOUT_MS = 10_000

#: Larger than the default 4 kB: half as deep a tree for rows that arrive scattered over thousands of series.
PAGE_SIZE = 8192

_MIB = 1024 * 1024

#: Primary result codes after which trying again may help.
_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
    }
)


def apply_pragmas(connection: sqlite3.Connection, *, cache_mib: int = 16) -> None:
    """Set a fresh connection up; every SQLite connection of Kênh goes through here.

    `synchronous=FULL`, not NORMAL: the journal's checkpoint moves on once a batch is committed, and the
    checkpoint itself is on disk. With NORMAL a power cut could take back the last commits but not the
    checkpoint, and those uplinks would be read from nowhere again. A batch is one commit, so the price is
    one fsync a batch. Gateways and servers lose power exactly when it floods.
    """
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    connection.execute(f"PRAGMA page_size={PAGE_SIZE}")  # only a new file takes it, and only before WAL
    _enter_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA cache_size=-{cache_mib * 1024}")
    connection.execute(f"PRAGMA mmap_size={256 * _MIB}")
    # Scattered pages are written back once per 64 MiB of log instead of once per 8 (default 1,000 pages).
    connection.execute(f"PRAGMA wal_autocheckpoint={64 * _MIB // PAGE_SIZE}")
    connection.execute(f"PRAGMA journal_size_limit={64 * _MIB}")
    connection.execute("PRAGMA foreign_keys=ON")


def _enter_wal(connection: sqlite3.Connection) -> None:
    # Two processes that create the file at once: SQLite says "locked" here without asking the timeout.
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchone()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def as_storage_error(error: sqlite3.Error, what: str) -> StorageError:
    """Our error for one of SQLite's: passing (locked, disk full, input/output) or final."""
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, sqlite3.OperationalError) and (code is None or code & 0xFF in _PASSING):
        return StoreUnavailableError(f"{what}: {error}")
    return StorageError(f"{what}: {error}")


class Database:
    """One SQLite file: a writing connection behind a lock, and reading connections handed out in turn.

    Readers are pooled rather than tied to threads, because the web server's threads come and go.

    Raises:
        StoreUnavailableError: locked for too long, disk full, input/output error, cannot open.
        StorageError: not a database, damaged, or used after `close`.
        MigrationError: written by a newer version of Kênh.
    """

    def __init__(self, path: Path, schema: str, *, version: int, application: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._idle_lock = threading.Lock()
        self._closed = False
        with self._translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self._connect(cache_mib=64)
            try:
                self._create(schema, version, application)
            except BaseException:
                self._writer.close()
                raise

    def _connect(self, *pragmas: str, cache_mib: int) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        try:
            apply_pragmas(connection, cache_mib=cache_mib)
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _create(self, schema: str, version: int, application: str) -> None:
        with _immediate(self._writer):
            # A table of names, not `user_version`: readings and feed share a file and change separately.
            self._writer.execute(
                "CREATE TABLE IF NOT EXISTS versions (part TEXT PRIMARY KEY, version INTEGER NOT NULL)"
            )
            row = self._writer.execute(
                "SELECT version FROM versions WHERE part = ?", (application,)
            ).fetchone()
            if row is not None and row[0] > version:
                text = f"{self._path}: {application} is at version {row[0]}, this Kênh knows up to {version}"
                raise MigrationError(text)
            for statement in schema.split(";"):
                self._writer.execute(statement)
            self._writer.execute("INSERT OR REPLACE INTO versions VALUES (?, ?)", (application, version))

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction on the writing connection: committed and on disk at exit, undone on an exception."""
        with self._lock, self._translated():
            self._check_open()
            with _immediate(self._writer):
                yield self._writer

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A reading connection with one consistent view for as long as it is held."""
        with self._translated():
            connection = self._take()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                self._give_back(connection)

    def _take(self) -> sqlite3.Connection:
        with self._idle_lock:
            self._check_open()
            if self._idle:
                return self._idle.pop()
        return self._connect("query_only=ON", cache_mib=8)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            with self._idle_lock:
                if not self._closed:
                    self._idle.append(connection)
                    return
        connection.close()

    def _check_open(self) -> None:
        if self._closed:
            raise StorageError(f"{self._path} is closed")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise as_storage_error(error, str(self._path)) from error
        except OSError as error:
            raise StoreUnavailableError(f"{self._path}: {error}") from error

    def close(self) -> None:
        """Close every connection; one still in use is closed when it is given back. May be called twice."""
        with self._lock, self._idle_lock:
            self._closed = True
            for connection in (*self._idle, self._writer):
                connection.close()
            self._idle.clear()


@contextmanager
def _immediate(connection: sqlite3.Connection) -> Iterator[None]:
    # IMMEDIATE takes the write lock at once, where the busy timeout applies; a transaction that starts by
    # reading and then wants to write would be refused without waiting.
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has already rolled back by itself
            connection.execute("ROLLBACK")
        raise
