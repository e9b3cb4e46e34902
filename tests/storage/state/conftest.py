"""A migrated state for every test, and short ways to make what stands in it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.state import State, sqlite_url


@pytest.fixture(scope="session")
def migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "state.sqlite"
    state = State(sqlite_url(path))
    state.migrate()
    state.close()
    return path


@pytest.fixture
def state_path(migrated_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(migrated_once, tmp_path / "state.sqlite"))


@pytest.fixture
def state(state_path: Path) -> Iterator[State]:
    state = State(sqlite_url(state_path))
    yield state
    state.close()
