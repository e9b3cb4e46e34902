"""SQLAlchemy engines as the state needs them: who writes says so at once, who reads cannot write."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from storage.errors import StorageError, StoreUnavailableError
from storage.sqlite.connect import apply_pragmas, as_storage_error

#: More than the web server has threads, so that nobody waits for a connection rather than for the disk.
_POOL, _OVERFLOW = 8, 64


def sqlite_url(path: Path) -> str:
    """The URL of a state kept in that file."""
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def sqlite_engine(url: URL, begin: str, *pragmas: str) -> Engine:
    """An engine whose transactions start with `begin`; `pragmas` come on top of Kênh's own."""
    engine = create_engine(
        url, pool_size=_POOL, max_overflow=_OVERFLOW, connect_args={"isolation_level": None}
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        apply_pragmas(connection)
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    # The driver's own way of beginning is lazy, and begins nothing for a SELECT; with isolation_level None
    # it keeps out of it, and this is the only BEGIN.
    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def other_engine(url: URL) -> Engine:
    """An engine on a database server."""
    return create_engine(url, pool_size=_POOL, max_overflow=_OVERFLOW, pool_pre_ping=True)


def state_error(error: SQLAlchemyError, where: str) -> StorageError:
    """Our error for one of SQLAlchemy's: passing (locked, disk full, gone) or final."""
    if isinstance(error, PoolTimeoutError):
        return StoreUnavailableError(f"{where}: {error}")
    if isinstance(error, DBAPIError):
        if isinstance(error.orig, sqlite3.Error):
            return as_storage_error(error.orig, where)
        # A database server that refuses or drops connections, or has no room.
        if error.connection_invalidated or isinstance(error, OperationalError | InterfaceError):
            return StoreUnavailableError(f"{where}: {error.orig}")
        return StorageError(f"{where}: {error.orig}")
    return StorageError(f"{where}: {error}")
