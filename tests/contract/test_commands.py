"""The commands of the design page: each is here with its help, or says which issue brings it."""

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from kenh.cli import cli
from kenh.commands.pending import PENDING

COMMANDS = [
    "up",
    "ingest",
    "watch",
    "alert",
    "serve",
    "healthcheck",
    "simulate",
    "sites import",
    "sites export",
    "devices import",
    "devices export",
    "devices adopt",
    "devices show",
    "devices replace",
    "devices retire",
    "devices calibrate",
    "crews import",
    "crews export",
    "schedule import",
    "schedule export",
    "rejects list",
    "decode",
    "codecs check",
    "replay",
    "backtest",
    "score",
    "aqi",
    "tune",
    "export",
    "influx bootstrap",
    "migrate readings",
    "grafana build",
    "grafana push",
    "broker config",
    "broker acl",
    "keys create",
    "keys list",
    "keys revoke",
    "backup",
    "restore",
    "doctor",
    "config",
    "version",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(cli, [*command.split(), "--help"])
    assert result.exit_code == 0, result.output
    assert command.split()[-1] in result.output


@pytest.mark.parametrize("command", sorted(PENDING))
def test_a_pending_command_says_which_issue_brings_it_and_exits_1(command: str) -> None:
    result = CliRunner().invoke(cli, [*command.split(), "some", "--words"])
    assert result.exit_code == 1
    assert f"issue {PENDING[command]}" in result.stderr


def test_only_promised_commands_are_pending() -> None:
    assert set(PENDING) <= set(COMMANDS)


def test_wrong_usage_exits_2_and_says_so_on_stderr() -> None:
    result = CliRunner().invoke(cli, ["decode", "--no-such-option"])
    assert result.exit_code == 2
    assert "no-such-option" in result.stderr
    assert not result.stdout


def test_the_program_starts_without_development_tools() -> None:
    code = (
        "import runpy, sys; sys.modules.update(dict.fromkeys(['pytest', 'hypothesis', 'httpx', 'mypy']));"
        "sys.argv = ['kenh', 'version']; runpy.run_module('kenh', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ), check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
