"""Draining a queue of uplinks: bare MQTT receivers beside Kênh's whole path, in one run on one broker.

Every session is subscribed before anything is published and away while it is, so that all find the same queue
with the publishers finished. Each drains it in a process of its own, so that CPU and memory are its own.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

import orjson

from bench.brokers import Address, own_mosquitto
from bench.commune import chirpstack, own_json
from bench.flood import flood
from bench.kept import ROOT
from bench.measure import Figures, Say, scaled
from kenh.app import wall_clock_ms

UPLINKS = 50_000
ROUNDS = 3
SECOND_MS = 1_000
_PATIENCE_S = 400.0

#: Told of each receiver, and how the figure is called.
_TOLD = ("messages_per_s", "cpu_us_per_message", "memory_mb")
_OWN = ("shipped", "buffered", "own")
_CHIRPSTACK = ("chirpstack", "javascript")

Make = Callable[[int, int], tuple[str, bytes]]


def measure(scale: float, say: Say) -> Figures:
    """Messages per second, CPU and memory of each receiver; medians of some rounds, and ratios of each round.

    One round says little on a machine that others use too, so the spread of the ratio is told beside it.
    """
    count = scaled(UPLINKS, scale, least=1000)
    rounds: list[dict[str, Figures]] = []
    with tempfile.TemporaryDirectory() as name, own_mosquitto(Path(name) / "broker") as broker:
        for number in range(ROUNDS):
            drains = _Drains(
                broker.address, Path(name) / f"round{number}", count, say, f"{number + 1} of {ROUNDS}"
            )
            # Who goes first changes from round to round.
            turn = -1 if number % 2 else 1
            rounds.append(drains.run(_OWN[::turn], own_json) | drains.run(_CHIRPSTACK[::turn], chirpstack))
    figures: Figures = {"uplinks": count, "rounds": ROUNDS}
    for kind in (*_OWN, *_CHIRPSTACK):
        for told in _TOLD:
            figures[f"{kind}_{told}"] = median(one[kind][told] for one in rounds)
    for bare in ("shipped", "buffered"):
        ratios = [one["own"]["messages_per_s"] / one[bare]["messages_per_s"] for one in rounds]
        figures[f"own_to_{bare}_ratio"] = median(ratios)
        figures[f"own_to_{bare}_least"] = min(ratios)
        figures[f"own_to_{bare}_greatest"] = max(ratios)
    return figures


class _Drains:
    """One round: publish once, drain with each receiver in turn."""

    def __init__(self, address: Address, folder: Path, count: int, say: Say, which: str) -> None:
        self._address = address
        self._folder = folder
        self._count = count
        self._say = say
        self._which = which

    def run(self, kinds: Sequence[str], make: Make) -> dict[str, Figures]:
        """Figures of each receiver of the same queue."""
        for kind in kinds:
            self._child(kind, "--subscribe")
        self._say(f"round {self._which}: publishing {self._count} uplinks for {', '.join(kinds)}")
        flood(self._address, self._messages(make))
        return {kind: self._drain(kind) for kind in kinds}

    def _messages(self, make: Make) -> Iterator[tuple[str, bytes]]:
        first_ms = wall_clock_ms() - self._count * SECOND_MS
        return (make(number, first_ms + number * SECOND_MS) for number in range(self._count))

    def _drain(self, kind: str) -> Figures:
        self._say(f"round {self._which}: draining ({kind})")
        figures: Figures = orjson.loads(self._child(kind, "--count", str(self._count)))
        return figures

    def _child(self, kind: str, *more: str) -> bytes:
        folder = self._folder / kind
        folder.mkdir(parents=True, exist_ok=True)
        users = self._address.users
        where = ("--port", str(self._address.port), "--folder", str(folder))
        return subprocess.run(
            [sys.executable, "-m", "bench.draining", kind, *where, *more],
            env=os.environ | {"BENCH_PASSWORD": users["local"], "BENCH_PASSWORD_KENH": users["kenh"]},
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            timeout=_PATIENCE_S,
        ).stdout
