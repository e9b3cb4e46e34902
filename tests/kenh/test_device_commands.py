"""`kenh devices ...`: what an installer does at the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from devices.sites import Site, SiteKind
from kenh.cli import cli
from storage.state import State, sqlite_url

EUI = "24e124713b494221"
ADOPT = f"adopt {EUI.upper()} --site G07 --model milesight/em310-udl --mount-height-mm 1500"
Run = Callable[[str], Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `kenh devices` over a data folder with one drain."""
    state = State(sqlite_url(tmp_path / "state.db"))
    state.migrate()
    with state.transaction() as tx:
        tx.registry.save_sites([Site("G07", SiteKind.DRAIN)])
    state.close()
    return lambda line: CliRunner().invoke(cli, ["devices", *line.split(), "--data", str(tmp_path)])


def shown(run: Run, device_id: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run(f"show {device_id}").stdout)
    return told


def test_a_device_goes_through_its_life(run: Run) -> None:
    adopted = run(f"{ADOPT} --interval-s 600 --lat 20.98 --lon 105.91 --from 2026-01-01T00:00:00Z")
    assert adopted.exit_code == 0, adopted.output
    assert f"{EUI} is mounted at G07, channel 1" in adopted.stdout
    told = run(f"calibrate {EUI} --quantity water_level_m --offset -0.03 --from 2026-02-01T00:00:00Z")
    assert told.exit_code == 0, told.output
    (mounting,) = shown(run, EUI)["mountings"]
    assert mounting["geometry"]["mount_height_mm"] == 1500
    assert mounting["calibrations"][0]["offset"] == -0.03
    replaced = run(f"replace {EUI} NEW-1 --at 2026-03-01T00:00:00Z")
    assert "NEW-1 is mounted at G07, channel 1, since 2026-03-01T00:00:00Z" in replaced.stdout
    assert run("retire NEW-1 --at 2026-04-01T00:00:00Z --reason stolen").exit_code == 0
    (last,) = shown(run, "NEW-1")["mountings"]
    assert last["to"] == "2026-04-01T00:00:00Z"


@pytest.mark.parametrize(
    ("line", "code", "why"),
    [
        ("show nobody", 1, "no device 'nobody'"),
        ("adopt x --site G99", 1, "no site 'G99'"),
        ("adopt x --site G07 --lat 1", 2, "together"),
        ("adopt x --site G07 --from yesterday", 2, "RFC 3339"),
        ("adopt x --site G07 --model EM310", 1, "vendor/model"),
        ("replace nobody x", 1, "no device 'nobody'"),
        ("retire nobody", 1, "no device 'nobody'"),
        ("calibrate nobody --quantity mood", 1, "not stored"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(run: Run, line: str, code: int, why: str) -> None:
    result = run(line)
    assert result.exit_code == code
    assert why in result.stderr


def test_a_model_without_a_native_codec_is_adopted_with_a_warning(run: Run) -> None:
    result = run("adopt x --site G07 --model acme/x100")
    assert result.exit_code == 0
    assert "DATA/codecs" in result.stderr
