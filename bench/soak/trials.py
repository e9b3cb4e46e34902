"""What goes wrong while uplinks come: the program is killed, the store is away, the broker restarts."""

import random
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.brokers import Address, Running, wait_until
from bench.measure import Say
from bench.soak.sending import Sender
from bench.soak.service import kenh_up, memory_mb, stored

#: A life of the program, in seconds: some end while it starts, most while it works.
LIFE_S = (0.5, 6.0)
BROKER_AWAY_S = 2.0
_SETTLED_S = 30.0


@dataclass(slots=True)
class Ground:
    """Where a trial takes place, and what it has seen."""

    data: Path
    broker: Running
    sender: Sender
    deadline: float
    say: Say
    notes: list[str] = field(default_factory=list)

    @property
    def address(self) -> Address:
        """The broker's."""
        return self.broker.address

    @property
    def left_s(self) -> float:
        """Time that is left. Raises TimeoutError if none is."""
        left_s = self.deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("out of time")
        return left_s


Trial = Callable[[Ground], None]


def killed(kills: int, seed: int) -> Trial:
    """kill -9 at random moments, one life after the other, and a last life that deals with the rest."""

    def run(ground: Ground) -> None:
        moments = random.Random(seed)
        for number in range(kills):
            with kenh_up(ground.data, ground.address) as process:
                if number == 0:
                    _first(ground)
                ground.say(f"kill {number + 1} of {kills}, {len(ground.sender.taken)} published")
                time.sleep(min(moments.uniform(*LIFE_S), ground.left_s))
                if process.poll() is not None:
                    message = f"kenh up ended by itself with code {process.returncode}"
                    raise RuntimeError(message)
                process.kill()
                process.wait(10)
        ground.notes.append(f"{kills} kills at random (seed {seed})")
        with kenh_up(ground.data, ground.address):
            _rest(ground)

    return run


def store_away(seconds: float) -> Trial:
    """The store refuses every write for so long, while the program runs and uplinks come."""

    def run(ground: Ground) -> None:
        with kenh_up(ground.data, ground.address) as process:
            _first(ground)
            held = _Memory(process)
            with _locked(ground.data / "readings.db"):
                until = time.monotonic() + seconds
                while time.monotonic() < until:
                    held.look()
                    ground.say(f"the store is away for {until - time.monotonic():.0f} s more")
                    time.sleep(min(1.0, ground.left_s))
            waiting = len(ground.sender.taken) - len(stored(ground.data))
            _rest(ground, held.look)
            ground.notes.append(
                f"store away for {seconds:.0f} s, {waiting} uplinks waiting then, "
                f"memory {held.first_mb:.0f} MB before and at most {held.most_mb:.0f} MB"
            )

    return run


def broker_restarted(times: int) -> Trial:
    """The broker is stopped and started again, politely, while the program runs and uplinks come."""

    def run(ground: Ground) -> None:
        with kenh_up(ground.data, ground.address):
            _first(ground)
            for number in range(times):
                ground.say(f"broker restart {number + 1} of {times}")
                time.sleep(min(5.0, ground.left_s))
                ground.broker.restart(BROKER_AWAY_S)
            ground.notes.append(f"{times} restarts of the broker, {BROKER_AWAY_S:.0f} s each")
            _rest(ground)

    return run


class _Memory:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.first_mb = self.most_mb = memory_mb(process)

    def look(self) -> None:
        self.most_mb = max(self.most_mb, memory_mb(self._process))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Nobody else writes into this database meanwhile."""
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")


def _first(ground: Ground) -> None:
    """The session must exist before the first uplink counts: nobody keeps what is sent to nobody."""
    while not stored(ground.data):
        if ground.left_s < 1:
            raise TimeoutError("Kênh stored nothing at all")
        ground.sender.send(0)
        time.sleep(0.5)
    ground.sender.start()


def _rest(ground: Ground, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Until all that was published is stored, or nothing more has come for half a minute."""
    ground.say("waiting for the rest")
    wait_until(ground.sender.finished, "the publisher", ground.left_s)
    count, seen, moved_at = len(ground.sender.taken), -1, time.monotonic()
    while seen < count and time.monotonic() - moved_at < _SETTLED_S and ground.left_s:
        now = len(stored(ground.data))
        meanwhile()
        if now != seen:
            seen, moved_at = now, time.monotonic()
        time.sleep(0.5)
