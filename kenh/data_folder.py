"""The data folder: one service at a time, and either the demo or a real commune, never both."""

import fcntl
import os
from pathlib import Path
from typing import IO

from kenh.errors import StartError
from storage.state import State

#: The meta entry that says what a data folder holds.
MODE = "mode"
DEMO = "demo"
REAL = "real"


def lock(data: Path, parts: frozenset[str]) -> list[IO[bytes]]:
    """Hold a lock for each part until the files are closed; the kernel lets go of it whatever happens.

    Raises:
        StartError: another process runs one of these parts on this folder.
    """
    held: list[IO[bytes]] = []
    for part in sorted(parts - {"serve"}):
        file = (data / f".{part}.lock").open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            for earlier in (*held, file):
                earlier.close()
            raise StartError(
                f"another Kênh runs here (its {part} on {data.resolve()}); stop it or give another --data"
            ) from error
        held.append(file)
    return held


def create(data: Path) -> None:
    """Make the folder and see that it can be written to.

    Raises:
        StartError: it cannot.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe = data / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise StartError(f"the data folder {data} cannot be written to: {error}") from error
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        raise StartError(f"the data folder {data} cannot be used")


def settle_mode(state: State, wanted_demo: bool | None) -> str:
    """Demo or real: what the folder already is, else what is asked for, else the demo.

    Raises:
        StartError: the folder is the other kind.
    """
    with state.transaction() as tx:
        known = tx.meta.get(MODE)
        if known is None:
            has_sites = bool(tx.registry.load().sites)
            known = REAL if wanted_demo is False or has_sites else DEMO
            tx.meta.set(MODE, known)
    if wanted_demo is True and known == REAL:
        raise StartError("this data folder holds a real commune; give another --data for the demo")
    if wanted_demo is False and known == DEMO:
        raise StartError("this data folder holds the demo; give another --data for real sites")
    return known


def refuse_demo(state: State) -> str | None:
    """Why real things may not be imported here, or None; an unsettled folder becomes a real one."""
    with state.transaction() as tx:
        known = tx.meta.get(MODE)
        if known is None:
            tx.meta.set(MODE, REAL)
    if known == DEMO:
        return "this data folder holds the demo; real sites go into another --data"
    return None
