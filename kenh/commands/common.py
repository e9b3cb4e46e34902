"""What every command shares: where the data is, how errors and progress look, and the opened state."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from kenh.app import open_state
from kenh.settings import Settings, load
from storage.errors import StorageError
from storage.state import State

DataOption = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="the data folder (KENH_DATA; default ./data)")
]


def say(text: str) -> None:
    """Progress and notices: to stderr, at once."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201  this is where the command line speaks


def fail(text: str, code: int = 1) -> NoReturn:
    """End with one plain sentence."""
    say(text)
    raise SystemExit(code)


def settings_for(data: Path | None) -> Settings:
    """The settings, or a plain sentence about what is wrong with them."""
    try:
        return load(data=data)
    except ValueError as error:
        fail(f"The settings cannot be read: {error}")


@contextmanager
def opened_state(data: Path | None) -> Iterator[State]:
    """The state of a data folder, migrated; closed at the end."""
    settings = settings_for(data)
    try:
        state = open_state(settings)
    except (StorageError, OSError) as error:
        fail(f"The state in {settings.data} cannot be opened: {error}")
    try:
        yield state
    finally:
        state.close()
