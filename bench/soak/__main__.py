"""`python -m bench.soak`: kill -9 again and again while uplinks are published; is every one stored, and once?

A real Mosquitto with the configuration Kênh writes, the real program in a process of its own. Exits 0 if what
is stored is what was published, 1 if anything is lost or differs or it took too long, 2 without Mosquitto.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
from paho.mqtt.client import Client
from rich.console import Console

from bench.brokers import Address, own_mosquitto, publisher, wait_until
from bench.kept import ROOT
from bench.measure import SkippedError
from desk.importing import import_devices, import_sites
from devices.readings import SeriesKey
from kenh.app import open_state, wall_clock_ms
from kenh.settings import load
from storage.sqlite.readings import SqliteReadings

DEVICES = 20
SECOND_MS = 1_000
#: A life of the program, in seconds: some end while it starts, most while it works.
LIFE_S = (0.5, 6.0)

#: Value by site and time.
Values = dict[tuple[str, int], float]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much, how often, how long at most."""

    uplinks: int
    kills: int
    max_s: float
    seed: int


def main() -> int:
    """Run the soak and print its report line; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--uplinks", type=int, default=50_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--max-s", type=float, default=900.0, help="give up after so many seconds")
    parser.add_argument("--seed", type=int, default=None, help="the moments of the kills, to repeat them")
    asked = parser.parse_args()
    if asked.uplinks < 1 or asked.kills < 1:
        parser.error("at least one uplink and one kill")
    # Settings of whoever runs this are not those of the installation under test.
    for name in [name for name in os.environ if name.startswith("KENH_")]:
        del os.environ[name]
    seed = random.randrange(2**31) if asked.seed is None else asked.seed
    try:
        return _soak(Plan(asked.uplinks, asked.kills, asked.max_s, seed))
    except SkippedError as skipped:
        print(skipped, file=sys.stderr)
        return 2


def _soak(plan: Plan) -> int:
    began = time.monotonic()
    deadline = began + plan.max_s
    first_ms = wall_clock_ms() - (plan.uplinks + 3600) * SECOND_MS
    trouble, kills = "", Kills(plan, deadline)
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        _take_in(data)
        with own_mosquitto(Path(name) / "broker") as address, publisher(address) as client:
            sender = Sender(client, plan, first_ms, deadline)
            try:
                _lives(data, address, sender, kills)
            except (TimeoutError, RuntimeError) as error:
                trouble = f"; {error}"
            finally:
                sender.stop()
        stored = _stored(data)
    lost = sender.taken.keys() - stored.keys()
    extra = stored.keys() - sender.sent.keys()
    differ = sum(stored[key] != value for key, value in sender.sent.items() if key in stored)
    passed = not (lost or extra or differ or trouble) and len(sender.taken) == plan.uplinks
    print(
        f"soak: {'passed' if passed else 'FAILED'}: {len(sender.taken)} uplinks published, "
        f"{len(stored)} stored, {len(lost)} lost, {differ} differ, {len(extra)} that nobody sent; "
        f"{kills.done} kills (seed {plan.seed}), "
        f"{time.monotonic() - began:.0f} s{trouble}"
    )
    return 0 if passed else 1


class Kills:
    """kill -9 at random moments; `done` counts them."""

    def __init__(self, plan: Plan, deadline: float) -> None:
        self.done = 0
        self.plan = plan
        self.deadline = deadline
        self._moments = random.Random(plan.seed)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Let it live a while, then kill it. Raises TimeoutError; RuntimeError if it ended by itself."""
        time.sleep(min(self._moments.uniform(*LIFE_S), _left(self.deadline)))
        if process.poll() is not None:
            message = f"kenh up ended by itself with code {process.returncode}"
            raise RuntimeError(message)
        process.kill()
        process.wait(10)
        self.done += 1


def _lives(data: Path, address: Address, sender: "Sender", kills: Kills) -> None:
    """One life after the other while uplinks come, and a last one that deals with the rest."""
    plan = kills.plan
    with _kenh_up(data, address) as process:
        # The session must exist before the first uplink counts: nobody keeps what is sent to nobody.
        _await_first(sender, data, kills.deadline)
        sender.start()
        kills.kill(process)
    with Console(stderr=True).status("") as status:
        while kills.done < plan.kills:
            status.update(
                f"kill {kills.done} of {plan.kills}, {len(sender.taken)} of {plan.uplinks} published"
            )
            with _kenh_up(data, address) as process:
                kills.kill(process)
        with _kenh_up(data, address):
            status.update("waiting for the rest")
            wait_until(sender.finished, "the publisher", _left(kills.deadline))
            _await_all(data, plan.uplinks, kills.deadline)


def _await_first(sender: "Sender", data: Path, deadline: float) -> None:
    while not _stored(data):
        if time.monotonic() > deadline:
            raise TimeoutError("Kênh stored nothing at all")
        sender.send(0)
        time.sleep(0.5)


def _await_all(data: Path, count: int, deadline: float) -> None:
    """Until so many are stored, or nothing more has come for half a minute."""
    seen, moved_at = -1, time.monotonic()
    while seen < count and time.monotonic() - moved_at < 30:
        if time.monotonic() > deadline:
            raise TimeoutError("out of time")
        now = len(_stored(data))
        if now != seen:
            seen, moved_at = now, time.monotonic()
        time.sleep(0.5)


def _left(deadline: float) -> float:
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise TimeoutError("out of time")
    return left_s


class Sender:
    """Publishes in a thread of its own, spread over the lives to come; knows what the broker has taken."""

    def __init__(self, client: Client, plan: Plan, first_ms: int, deadline: float) -> None:
        self._client = client
        self._plan = plan
        self._first_ms = first_ms
        self._deadline = deadline
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)
        #: What was handed to the client, and of that what the broker acknowledged.
        self.sent: Values = {}
        self.taken: Values = {}

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, finished or not."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(30)

    def finished(self) -> bool:
        """Has the broker taken every one?"""
        return len(self.taken) == self._plan.uplinks

    def send(self, number: int) -> None:
        """Publish one and wait until the broker has it."""
        self._send([number])

    def _run(self) -> None:
        each_s = sum(LIFE_S) / 2 * self._plan.kills / self._plan.uplinks
        batch = max(1, round(0.05 / each_s)) if each_s else 500
        for start in range(0, self._plan.uplinks, batch):
            if self._stopping.wait(batch * each_s) or time.monotonic() > self._deadline:
                return
            self._send(range(start, min(start + batch, self._plan.uplinks)))

    def _send(self, numbers: "range | list[int]") -> None:
        waiting = []
        for number in numbers:
            device, level_m = number % DEVICES, round(0.1 + number % 700 / 1000, 3)
            time_ms = self._first_ms + number * SECOND_MS
            body = orjson.dumps({"ts": time_ms, "seq": number, "readings": {"water_level_m": level_m}})
            key = f"G{device:02d}", time_ms
            self.sent[key] = level_m
            waiting.append((key, self._client.publish(f"kenh/v1/g{device:02d}/up", body, 1)))
        for key, info in waiting:
            info.wait_for_publish(30)
            if info.is_published():
                self.taken[key] = self.sent[key]


@contextmanager
def _kenh_up(data: Path, address: Address) -> Iterator[subprocess.Popen[bytes]]:
    """The real program; ended politely if nobody has killed it."""
    environment = os.environ | {
        "KENH_MQTT__URL": address.url,
        "KENH_MQTT__USERNAME": "kenh",
        "KENH_MQTT__PASSWORD": address.users["kenh"],
    }
    command = [sys.executable, "-m", "kenh", "up", "--no-demo", "--data", str(data), "--port", "0"]
    with (data / "up.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _take_in(data: Path) -> None:
    numbers = range(DEVICES)
    sites = "site_id,kind,name\n" + "".join(f"G{n:02d},drain,Ga G{n:02d}\n" for n in numbers)
    devices = "device_id,model,site_id,mounted_from\n" + "".join(
        f"g{n:02d},,G{n:02d},2020-01-01T00:00:00Z\n" for n in numbers
    )
    data.mkdir(parents=True)
    state = open_state(load(data=data))
    try:
        import_sites(state, sites, "csv")
        import_devices(state, devices)
    finally:
        state.close()


def _stored(data: Path) -> Values:
    """What is stored now."""
    if not (data / "readings.db").exists():
        return {}
    store = SqliteReadings(data / "readings.db")
    try:
        keys = [SeriesKey(f"G{number:02d}", "1", "water_level_m") for number in range(DEVICES)]
        return {
            (column.key.site_id, time_ms): value
            for column in store.range(keys, 0, 2**62)
            for time_ms, value in zip(column.time_ms.tolist(), column.value.tolist(), strict=True)
        }
    finally:
        store.close()


if __name__ == "__main__":
    sys.exit(main())
