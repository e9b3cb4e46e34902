"""`kenh codecs check`: does a JavaScript codec do what its vectors say?"""

from pathlib import Path
from typing import Annotated

import typer

from ingest.codecs import CodecPool
from ingest.codecs.checking import Checked, check, name_of
from kenh.commands.common import fail

codecs = typer.Typer(no_args_is_help=True, help="JavaScript codecs of device makers.")


def register(cli: typer.Typer) -> None:
    """Hang it on the command line."""
    cli.add_typer(codecs, name="codecs")


@codecs.callback()
def group() -> None:
    """JavaScript codecs of device makers."""


@codecs.command("check")
def check_files(
    path: Annotated[
        Path, typer.Argument(metavar="FILE.yaml|DIR", help="a codec's YAML, or a folder of them")
    ],
) -> None:
    """Run codecs (uplinkDecoder.fileName) on their vectors (uplinkDecoder.examples); exit 1 on a mismatch."""
    files = _files(path)
    if not files:
        fail(f"{path}: there is no codec YAML", 2)
    pool = CodecPool(dict, workers=1)
    try:
        checked = [_told(check(file, name_of(file), pool.run), path) for file in files]
    finally:
        pool.close()
    vectors = sum(len(one.results) for one in checked)
    wrong = sum(bool(found) for one in checked for _, found in one.results)
    broken = sum(bool(one.problems) for one in checked)
    typer.echo(f"{len(files)} files, {vectors} vectors: {wrong} mismatches, {broken} files with problems")
    if not all(one.fine for one in checked):
        raise SystemExit(1)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.suffix in (".yaml", ".yml"))
    if not path.is_file():
        fail(f"{path}: there is no such file or folder", 2)
    return [path]


def _told(checked: Checked, base: Path) -> Checked:
    file = checked.path.relative_to(base) if base.is_dir() else checked.path
    for problem in checked.problems:
        typer.echo(f"PROBLEM  {file}: {problem}")
    for about, found in checked.results:
        if not found:
            typer.echo(f"ok       {file}: {about}")
        for difference in found[:5]:
            typer.echo(f"MISMATCH {file}: {about}: {difference}")
    return checked
