"""The command line: `kenh --help` lists what there is, each command has its own `--help`.

Results go to stdout, progress and errors to stderr. Exit codes: 0 done, 1 failed or mismatch, 2 wrong usage.
"""

import logging
import sys

import typer

from kenh.commands import (
    backtest,
    brokers,
    codecs,
    configuration,
    decoding,
    keys,
    parts,
    pending,
    registry,
    rejects,
    replaying,
    simulating,
    up,
)
from kenh.commands.common import fail
from kenh.names import strangers

cli = typer.Typer(
    name="kenh",
    help="Kênh watches a commune's drains, waste points and air, and sends the right crew.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

for module in (
    up,
    parts,
    registry,
    rejects,
    replaying,
    simulating,
    decoding,
    codecs,
    brokers,
    backtest,
    keys,
    configuration,
    pending,
):
    module.register(cli)


def main() -> None:
    """The `kenh` program."""
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    found = strangers()
    if found:
        fail("Kênh cannot run here: " + "; ".join(found) + ". Install it into an environment of its own.")
    cli()


if __name__ == "__main__":
    main()
