"""Migrations: the tables they make are the tables the code means, whoever runs them and how often."""

import multiprocessing
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from storage.errors import MigrationError
from storage.state import State, sqlite_url
from storage.state.tables import metadata


def migrate(path: Path) -> None:
    state = State(sqlite_url(path))
    try:
        state.migrate()
    finally:
        state.close()


def test_the_migrated_tables_are_those_in_the_code(state_path: Path) -> None:
    engine = create_engine(sqlite_url(state_path))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_parts_alembic_does_not_compare_are_the_same_too(state_path: Path, tmp_path: Path) -> None:
    # Partial indexes, counters and deferred keys: compared as SQLite keeps them.
    meant = create_engine(f"sqlite:///{tmp_path / 'meant.sqlite'}")
    metadata.create_all(meant)
    migrated = create_engine(sqlite_url(state_path))
    found = []
    for engine in (meant, migrated):
        with engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name <> 'alembic_version'"
            )
            found.append({name: normal(sql) for name, sql in rows})
        engine.dispose()
    assert found[0] == found[1]


def normal(sql: str) -> list[str]:
    return sorted(sql.replace("(", " ").replace(")", " ").replace(",", " ").split())


def test_migrating_twice_changes_nothing(state_path: Path) -> None:
    before = schema(state_path)
    migrate(state_path)
    assert schema(state_path) == before


def test_processes_that_start_together_migrate_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "state.sqlite"
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        list(pool.map(migrate, [path, path]))
    assert "orders" in schema(path)


def test_a_state_of_a_newer_version_is_refused_untouched(state_path: Path) -> None:
    connection = sqlite3.connect(state_path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = schema(state_path)
    with pytest.raises(MigrationError, match="9999") as caught:
        migrate(state_path)
    assert not caught.value.retryable
    assert schema(state_path) == before


def test_a_migration_that_fails_leaves_the_state_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE orders (mine TEXT)")
    connection.close()
    with pytest.raises(MigrationError, match="already exists"):
        migrate(path)
    assert set(schema(path)) == {"orders"}


def test_the_migrations_travel_with_the_package() -> None:
    folder = files("storage.state") / "migrations"
    assert (folder / "env.py").is_file()
    assert [one.name for one in (folder / "versions").iterdir() if one.name.startswith("v0001")]


def schema(path: Path) -> dict[str, list[str]]:
    engine = create_engine(sqlite_url(path))
    found = inspect(engine)
    columns = {
        table: [column["name"] for column in found.get_columns(table)] for table in found.get_table_names()
    }
    engine.dispose()
    return columns
