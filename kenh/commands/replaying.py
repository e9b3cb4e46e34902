"""`kenh replay`: deal with uplinks again, after something was mended."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated

import orjson
import typer
from rich.console import Console

from ingest.counters import IngestCounters
from ingest.records import Raw
from ingest.replaying import SecondTime, replay
from ingest.segments import Position, read_folder
from kenh.app import wall_clock_ms
from kenh.commands.common import DataOption, fail, opened_state, settings_for
from kenh.opening import opened_dealing
from kenh.settings import Settings
from kenh.times import since_ms
from storage.errors import StorageError
from storage.state import State

Records = Iterable[tuple[Position, Raw]]

#: A broker may deliver again what it delivered so long before.
_REDELIVERED_MS = 86_400_000


def register(cli: typer.Typer) -> None:
    """Hang it on the command line."""
    cli.command("replay")(replay_journal)


def replay_journal(
    since: Annotated[
        str, typer.Option("--since", metavar="T", help="RFC 3339, or how long ago: 2h, 3d; empty: all kept")
    ] = "",
    rejected: Annotated[bool, typer.Option("--rejected", help="only what was refused")] = False,
    data: DataOption = None,
) -> None:
    """Decode the journal again; whatever is stored already stays as it is. The service may run meanwhile."""
    settings = settings_for(data)
    try:
        from_ms = since_ms(since, wall_clock_ms()) if since else 0
    except ValueError as error:
        fail(f"--since: {error}", 2)
    with opened_state(data) as state, _progress() as progress:
        try:
            told = (
                _refused(settings, state, from_ms, progress)
                if rejected
                else _all(settings, state, from_ms, progress)
            )
        except (StorageError, ValueError, OSError) as error:
            fail(f"The replay stopped: {error}. What was done stays done; start it again.")
    typer.echo(orjson.dumps(told).decode())


def _all(settings: Settings, state: State, from_ms: int, progress: Callable[[int], None]) -> dict[str, int]:
    records = read_folder(settings.data / "journal", since_ms=from_ms - _REDELIVERED_MS)
    return _replayed(settings, state, records, SecondTime(), progress, from_ms)


def _refused(
    settings: Settings, state: State, from_ms: int, progress: Callable[[int], None]
) -> dict[str, int]:
    """What is kept of refusals, from there: those understood now leave the list."""
    with state.snapshot() as tx:
        rows, _ = tx.rejects.page(tx.rejects.CAP)
    wanted = {row.id: row for row in reversed(rows) if row.received_ms >= from_ms}
    records = (
        (Position(0, 0, row.id), Raw(row.received_ms, row.topic, row.payload)) for row in wanted.values()
    )
    sink = SecondTime()
    told = _replayed(settings, state, records, sink, progress)
    still = {place.number for place in sink.refused}
    mended = [number for number in wanted if number not in still]
    with state.transaction() as tx:
        tx.rejects.remove(mended)
    return told | {"no_longer_rejected": len(mended)}


def _replayed(
    settings: Settings,
    state: State,
    records: Records,
    sink: SecondTime,
    progress: Callable[[int], None],
    since_ms: int = 0,
) -> dict[str, int]:
    counters = IngestCounters()
    with opened_dealing(settings, state, sink, counters) as dealing:
        total = replay(records, dealing, progress, since_ms)
    return {
        "records": total,
        "readings": counters.stored,
        "rejected": sum(counters.rejected.values()),
        "of_unknown_devices": counters.quarantined,
    }


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    with Console(stderr=True).status("replaying") as status:
        yield lambda count: status.update(f"replaying: {count:,} uplinks")
