"""The documents keep up: every command, setting, metric, reason and promise has its line."""

import re
from pathlib import Path

import pytest

from devices.models import MODELS
from devices.uplinks import RejectReason
from ingest.counters import IngestCounters
from kenh.commands.pending import PENDING
from kenh.settings import leaves, load
from tests.contract.test_commands import COMMANDS

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_line_and_says_whether_it_is_here(command: str) -> None:
    (line,) = re.findall(rf"^\| `kenh {command}` \|.*$", REFERENCE, re.MULTILINE)
    assert ("not here yet" in line) is (command in PENDING)


@pytest.mark.parametrize("setting", [name for name, _, _ in leaves(load())])
def test_every_setting_has_its_line(setting: str) -> None:
    assert f"`KENH_{setting.upper().replace('.', '__')}`" in REFERENCE


@pytest.mark.parametrize("counter", list(IngestCounters().snapshot()))
def test_every_count_has_its_line(counter: str) -> None:
    assert f"`kenh_ingest_{counter}" in REFERENCE


@pytest.mark.parametrize("reason", list(RejectReason))
def test_every_reason_says_what_would_do(reason: RejectReason) -> None:
    assert f"| `{reason}` |" in REFERENCE


def test_every_link_of_the_readme_leads_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / "README.md").read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target


def test_every_folder_of_the_ladder_stands_on_the_architecture_page() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for package in ROOT.glob("*/__init__.py"):
        if package.parent.name != "bench":
            assert f"`{package.parent.name}/`" in page


@pytest.mark.parametrize("model", sorted(MODELS))
def test_every_model_stands_on_the_page_of_devices(model: str) -> None:
    (line,) = re.findall(
        rf"^\| `{model}` \|.*$", (ROOT / "docs" / "devices.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert all(quantity in line for quantity in MODELS[model].quantities)
