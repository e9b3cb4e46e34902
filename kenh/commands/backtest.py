"""`kenh backtest`: what Kênh would have found in a history folder."""

import csv
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from analytics import backtest as past
from analytics.findings import Finding
from analytics.history import History, HistoryError, read_history
from analytics.settings import AnalyticsSettings
from dispatch.sentences import sentence
from kenh.commands.common import fail, say


def register(cli: typer.Typer) -> None:
    """Hang it on the command line."""
    cli.command("backtest")(backtest)


def backtest(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a history folder (docs/history-folder.md)")],
    out: Annotated[Path, typer.Option("--out", metavar="FINDINGS.csv", help="the file to write")],
    emptyings: Annotated[str, typer.Option(help="(not here yet: issue 5)")] = "",
    forecasts: Annotated[str, typer.Option(help="(not here yet: issue 5)")] = "",
    air: Annotated[str, typer.Option(help="(not here yet: issue 5)")] = "",
) -> None:
    """Run the detectors over a history folder and write what they found."""
    for option, given in (("--emptyings", emptyings), ("--forecasts", forecasts), ("--air", air)):
        if given:
            fail(f"kenh backtest {option} is not here yet: it comes with issue 5.")
    with Progress(console=Console(stderr=True), transient=True) as bars:
        history = _read(folder, bars)
        judging = bars.add_task("Judging", total=len(history.block))
        findings = past.backtest(
            history,
            AnalyticsSettings(),
            lambda done, total: bars.update(judging, completed=done, total=total),
        )
    for notice in history.notices:
        say(f"{notice.file}: {notice.what} ({notice.count} rows, the first is row {notice.first_row})")
    told = partial(_told, history)
    try:
        out.write_text(past.findings_csv(findings, told), encoding="utf-8")
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}")
    say(f"{len(findings)} findings from {len(history.block)} readings at {len(history.registry.sites)} sites")


def _read(folder: Path, bars: Progress) -> History:
    reading = bars.add_task("Reading", total=None)
    try:
        with (
            (folder / "sites.csv").open(encoding="utf-8", newline="") as sites,
            (folder / "readings.csv").open(encoding="utf-8", newline="") as readings,
        ):
            return read_history(sites, readings, lambda rows: _advance(bars, reading, rows))
    except FileNotFoundError as error:
        fail(f"{error.filename} is missing; a history folder holds sites.csv and readings.csv")
    except (HistoryError, UnicodeDecodeError, csv.Error, OSError) as error:
        fail(f"{folder} cannot be read: {error}")


def _advance(bars: Progress, task: TaskID, rows: int) -> None:
    bars.update(task, completed=rows, description=f"Reading ({rows:,} rows)")


def _told(history: History, finding: Finding, lang: Literal["vi", "en"]) -> str:
    return sentence(finding, history.registry, lang)
