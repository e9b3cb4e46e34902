"""From publishing to being able to ask for it: the age of readings while uplinks come at a steady rate."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

from bench.brokers import Address, own_mosquitto
from bench.commune import own_json
from bench.flood import Flood
from bench.kept import ROOT
from bench.measure import Figures, Say, scaled
from kenh.app import wall_clock_ms

#: Half of the goal for draining.
RATE_PER_S = 4_000
SECONDS = 15
_STEP_S = 0.05
_HEAD_START_S = 4.0


def measure(scale: float, say: Say) -> Figures:
    """The 99th percentile of the age at which readings are stored, at 4,000 uplinks a second."""
    count = scaled(RATE_PER_S * SECONDS, scale, least=RATE_PER_S)
    with tempfile.TemporaryDirectory() as name, own_mosquitto(Path(name) / "broker") as broker:
        folder = Path(name) / "data"
        folder.mkdir()
        # Subscribed before anything is published: nobody keeps what is sent to nobody.
        _receiver(broker.address, folder, "--subscribe").communicate(timeout=60)
        process = _receiver(broker.address, folder, "--count", str(count))
        time.sleep(_HEAD_START_S)
        say(f"publishing {count} uplinks, {RATE_PER_S} a second")
        late_s = _publish(broker.address, count)
        told: Figures = orjson.loads(process.communicate(timeout=120)[0])
    return {
        "uplinks": count,
        "asked_uplinks_per_s": RATE_PER_S,
        "published_uplinks_per_s": count / (count / RATE_PER_S + late_s),
        "age_p50_ms": told["age_p50_ms"],
        "age_p99_ms": told["age_p99_ms"],
        "memory_mb": told["memory_mb"],
    }


def _receiver(address: Address, folder: Path, *more: str) -> "subprocess.Popen[bytes]":
    users = address.users
    where = ("--port", str(address.port), "--folder", str(folder))
    command = [sys.executable, "-m", "bench.draining", "own", *where, *more]
    environment = os.environ | {"BENCH_PASSWORD": users["local"], "BENCH_PASSWORD_KENH": users["kenh"]}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)


def _publish(address: Address, count: int) -> float:
    """Publish at the rate; seconds by which the last came too late."""
    began = time.perf_counter()
    with Flood(address) as flood:
        for start in range(0, count, step := int(RATE_PER_S * _STEP_S)):
            due_s = start / RATE_PER_S
            time.sleep(max(0.0, due_s - (time.perf_counter() - began)))
            now_ms = wall_clock_ms()
            # Two uplinks of a device never share a millisecond: their key would be one.
            flood.send([own_json(n, now_ms - (n - start) // 500) for n in range(start, start + step)])
    return max(0.0, time.perf_counter() - began - count / RATE_PER_S)
