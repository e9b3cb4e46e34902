"""What earlier runs measured: one JSON line a run in bench/results.jsonl."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from bench.measure import Figures

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results.jsonl"


def keep(scale: float, figures: dict[str, Figures], path: Path = RESULTS) -> None:
    """Append one run."""
    line = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "commit": commit(ROOT),
        "scale": scale,
        "figures": figures,
    }
    with path.open("ab") as file:
        file.write(orjson.dumps(line) + b"\n")


def last(measure: str, scale: float, path: Path = RESULTS) -> Figures:
    """What this measure said when it was last kept at this scale on as many cores; empty if it never was."""
    lines = path.read_bytes().splitlines() if path.exists() else []
    for line in reversed(lines):
        run: dict[str, Any] = orjson.loads(line)
        if run["scale"] == scale and run["cores"] == os.cpu_count() and measure in run["figures"]:
            found: Figures = run["figures"][measure]
            return found
    return {}


def commit(root: Path) -> str:
    """The commit checked out, read from git's own files; "unknown" outside a repository."""
    git = root / ".git"
    try:
        if git.is_file():
            git = root / git.read_text().removeprefix("gitdir:").strip()
        head = (git / "HEAD").read_text().strip()
        if not head.startswith("ref: "):
            return head
        ref = head.removeprefix("ref: ")
        shared = git / "commondir"
        common = git / shared.read_text().strip() if shared.exists() else git
        if (common / ref).exists():
            return (common / ref).read_text().strip()
        packed = (line.split(" ") for line in (common / "packed-refs").read_text().splitlines())
        return next((words[0] for words in packed if words[-1] == ref), "unknown")
    except OSError:
        return "unknown"
