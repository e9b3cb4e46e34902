"""`python -m bench.soak`: is everything stored, and once, whatever goes wrong while uplinks come?

A real Mosquitto with the configuration Kênh writes, the real program in a process of its own, and three
trials: kill -9 at random moments, a store that is away, a broker that restarts. Exits 0 if what is stored is
what was published, 1 if anything is lost or differs or it took too long, 2 without Mosquitto.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bench.brokers import own_mosquitto, publisher
from bench.measure import SkippedError
from bench.soak import trials
from bench.soak.sending import SECOND_MS, Sender
from bench.soak.service import stored, take_in
from kenh.app import wall_clock_ms


@dataclass(frozen=True, slots=True)
class Plan:
    """One trial: how much is published, over about how long, and when to give up."""

    name: str
    trial: trials.Trial
    uplinks: int
    seconds: float
    max_s: float


def main() -> int:
    """Run the trials and print a report line of each; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--uplinks", type=int, default=50_000, help="published in each trial")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--store-away-s", type=float, default=600.0)
    parser.add_argument("--broker-restarts", type=int, default=5)
    parser.add_argument("--max-s", type=float, default=900.0, help="a trial gives up after so many seconds")
    parser.add_argument("--seed", type=int, default=None, help="the moments of the kills, to repeat them")
    asked = parser.parse_args()
    if asked.uplinks < 1:
        parser.error("at least one uplink")
    # Settings of whoever runs this are not those of the installation under test.
    for name in [name for name in os.environ if name.startswith("KENH_")]:
        del os.environ[name]
    try:
        # Every one is run, whatever became of the one before.
        results = [_run(plan) for plan in _plans(asked)]
    except SkippedError as skipped:
        print(skipped, file=sys.stderr)
        return 2
    return 0 if all(results) else 1


def _plans(asked: argparse.Namespace) -> list[Plan]:
    seed = random.randrange(2**31) if asked.seed is None else asked.seed
    lives_s = sum(trials.LIFE_S) / 2 * asked.kills
    plans = []
    if asked.kills > 0:
        plans.append(("killed", trials.killed(asked.kills, seed), lives_s))
    if asked.store_away_s > 0:
        plans.append(("store away", trials.store_away(asked.store_away_s), asked.store_away_s))
    if asked.broker_restarts > 0:
        trial = trials.broker_restarted(asked.broker_restarts)
        plans.append(("broker restarted", trial, 7.0 * asked.broker_restarts))
    return [Plan(name, trial, asked.uplinks, s, max(asked.max_s, 3 * s)) for name, trial, s in plans]


def _run(plan: Plan) -> bool:
    began = time.monotonic()
    deadline = began + plan.max_s
    first_ms = wall_clock_ms() - (plan.uplinks + 3600) * SECOND_MS
    trouble, notes = "", []
    with (
        tempfile.TemporaryDirectory() as name,
        Console(stderr=True).status(plan.name) as status,
        own_mosquitto(Path(name) / "broker") as broker,
        publisher(broker.address) as client,
    ):

        def say(text: str) -> None:
            status.update(f"{plan.name}: {text}")

        data = Path(name) / "data"
        take_in(data)
        sender = Sender(client, plan.uplinks, plan.seconds, first_ms, deadline)
        try:
            notes = _tried(plan, trials.Ground(data, broker, sender, deadline, say))
        except (TimeoutError, RuntimeError) as error:
            trouble = str(error)
        finally:
            sender.stop()
        kept = stored(data)
    lost = sender.taken.keys() - kept.keys()
    extra = kept.keys() - sender.sent.keys()
    differ = sum(kept[key] != value for key, value in sender.sent.items() if key in kept)
    passed = not (lost or extra or differ or trouble) and len(sender.taken) == plan.uplinks
    told = [f"{len(sender.taken)} uplinks published, {len(kept)} stored, {len(lost)} lost, {differ} differ, "]
    told += [f"{len(extra)} that nobody sent; ", "; ".join([*notes, *([trouble] if trouble else [])])]
    print(f"soak, {plan.name}: {'passed' if passed else 'FAILED'}: {''.join(told)}; {_since(began)}")
    return passed


def _tried(plan: Plan, ground: trials.Ground) -> list[str]:
    plan.trial(ground)
    return ground.notes


def _since(began: float) -> str:
    return f"{time.monotonic() - began:.0f} s"


if __name__ == "__main__":
    sys.exit(main())
