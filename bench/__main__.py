"""`python -m bench [--only NAME] [--scale 0.1]`: measure, print beside the last kept run, and keep."""

import argparse
import sys

from rich.console import Console
from rich.table import Table

from bench import ingest, kept, promptness, runaway, store, watch
from bench.measure import Figures, Measure, SkippedError

MEASURES: dict[str, Measure] = {
    "ingest": ingest.measure,
    "promptness": promptness.measure,
    "runaway": runaway.measure,
    "store": store.measure,
    "watch": watch.measure,
}


def main() -> int:
    """Run the measures asked for; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", choices=sorted(MEASURES), help="run one measure")
    parser.add_argument("--scale", type=float, default=1.0, help="a part of the full size, to try it out")
    arguments = parser.parse_args()
    names = [arguments.only] if arguments.only else list(MEASURES)
    figures = _run(names, arguments.scale)
    Console().print(_table(figures, arguments.scale))
    if figures:
        kept.keep(arguments.scale, figures)
    return 0


def _run(names: list[str], scale: float) -> dict[str, Figures]:
    progress = Console(stderr=True)
    figures: dict[str, Figures] = {}
    for name in names:
        with progress.status(name) as status:

            def say(text: str, name: str = name) -> None:
                status.update(f"{name}: {text}")

            try:
                figures[name] = MEASURES[name](scale, say)
            except SkippedError as skipped:
                progress.print(f"{name}: {skipped}")
            else:
                progress.print(f"{name}: done")
    return figures


def _table(figures: dict[str, Figures], scale: float) -> Table:
    table = Table(title="Kênh, measured" + ("" if scale == 1 else f" at scale {scale:g}"))
    table.add_column("measure")
    table.add_column("figure")
    table.add_column("now", justify="right")
    table.add_column("last kept", justify="right")
    for name, values in figures.items():
        before = kept.last(name, scale)
        for row, (figure, value) in enumerate(values.items()):
            table.add_row("" if row else name, figure, _shown(value), _shown(before.get(figure)))
        table.add_section()
    return table


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 1000 else f"{value:,.3g}"


if __name__ == "__main__":
    sys.exit(main())
