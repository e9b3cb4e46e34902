"""Bringing the state to the tables of this version, with Alembic driven from code."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from storage.errors import MigrationError
from storage.state.engines import other_engine, sqlite_engine, state_error

_SCRIPTS = Path(__file__).parent / "migrations"

#: "kenh" in ASCII: the advisory lock two migrating processes meet at on PostgreSQL.
_LOCK = 0x6B656E68


def config() -> Config:
    """Alembic's configuration; there is no alembic.ini."""
    alembic = Config()
    alembic.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return alembic


def migrate(url: URL) -> None:
    """Run the missing migrations in one transaction, which is also the lock.

    Raises:
        MigrationError: the database is newer than this code, or a migration failed.
    """
    engine = _engine(url)
    try:
        with engine.connect() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            _upgrade(connection)
    finally:
        engine.dispose()


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return other_engine(url)
    # Foreign keys off: a later migration that rebuilds a table must not delete what refers to it. A minute
    # of patience: whoever comes second waits for a migration, not for a transaction.
    return sqlite_engine(url, "BEGIN IMMEDIATE", "foreign_keys=OFF", "busy_timeout=60000")


def _upgrade(connection: Connection) -> None:
    alembic = config()
    script = ScriptDirectory.from_config(alembic)
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {known.revision for known in script.walk_revisions()}:
        raise MigrationError(
            f"the state is at revision {current}, which this version of Kênh does not know: "
            "install the newer version again, or restore a backup made before it"
        )
    alembic.attributes["connection"] = connection
    try:
        command.upgrade(alembic, "head")
    except CommandError as error:
        raise MigrationError(f"cannot migrate the state: {error}") from error
    except SQLAlchemyError as error:
        found = state_error(error, "cannot migrate the state")
        raise (found if found.retryable else MigrationError(str(found))) from error
