"""Commands that are promised and not here yet. Each says so and exits 1; the list only gets shorter."""

from collections.abc import Callable

import typer

from kenh.commands.common import fail

#: Command to the issue that brings it.
PENDING = {
    "influx bootstrap": 4,
    "migrate readings": 4,
    "export": 4,
    "backup": 4,
    "restore": 4,
    "doctor": 4,
    "schedule import": 5,
    "schedule export": 5,
    "score": 5,
    "aqi": 5,
    "tune": 5,
    "grafana build": 7,
    "grafana push": 7,
}

_ANY_ARGUMENTS = {"allow_extra_args": True, "ignore_unknown_options": True}


def register(cli: typer.Typer) -> None:
    """Hang a command that says 'not yet' on every pending name."""
    groups: dict[str, typer.Typer] = {}
    for command, issue in PENDING.items():
        *group, name = command.split()
        parent = cli
        if group:
            if group[0] not in groups:
                groups[group[0]] = typer.Typer(no_args_is_help=True, help=f"(not here yet: issue {issue})")
                cli.add_typer(groups[group[0]], name=group[0])
            parent = groups[group[0]]
        parent.command(name, context_settings=_ANY_ARGUMENTS, help=f"(not here yet: issue {issue})")(
            _not_yet(command, issue)
        )


def _not_yet(command: str, issue: int) -> Callable[[], None]:
    def run() -> None:
        fail(f"kenh {command} is not here yet: it comes with issue {issue}.")

    return run
