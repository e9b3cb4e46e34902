"""Nothing that reached the broker is lost and nothing is stored twice, whatever is killed on the way."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.brokers import Broker, needs_mosquitto, publish, start_mosquitto
from tests.ingest.fakes import own_uplink
from tests.polling import wait_until

TOTAL = 5000
ROOT = Path(__file__).parents[2]


class Service:
    """The ingesting process and what it has stored so far."""

    def __init__(self, folder: Path, broker: Broker) -> None:
        self.folder = folder
        self._arguments = [str(folder), str(broker.port), broker.username, broker.password]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.ingest.service", *self._arguments]
        self._process = subprocess.Popen(command, cwd=ROOT)

    def kill(self) -> None:
        """`kill -9`."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(15)

    def wait_for(self, count: int) -> None:
        """Wait until that many readings are stored."""
        wait_until(lambda: self.stored() >= count, f"{count} stored", timeout_s=20)

    def stored(self) -> int:
        """Readings in the store, each key once."""
        path = self.folder / "readings.sqlite"
        if not path.exists():
            return 0
        try:
            with closing(sqlite3.connect(path, timeout=5)) as connection:
                return int(connection.execute("SELECT count(*) FROM readings").fetchone()[0])
        except sqlite3.OperationalError:
            return 0  # the service is just creating it


@contextmanager
def running(folder: Path, broker: Broker) -> Iterator[Service]:
    service = Service(folder, broker)
    service.start()
    try:
        yield service
    finally:
        service.kill()


@contextmanager
def publishing(broker: Broker, total: int) -> Iterator[None]:
    """Publish in the background; every fifth uplink says nothing of its time."""
    messages = [own_uplink(number, timed=number % 5 > 0) for number in range(total)]
    publisher = threading.Thread(target=publish, args=(broker, messages))
    publisher.start()
    try:
        yield
    finally:
        publisher.join(30)


@needs_mosquitto
def test_killed_again_and_again_every_uplink_is_stored_exactly_once(tmp_path: Path) -> None:
    # The broker must be able to keep what comes while nobody listens: its default is 1,000 messages.
    queue = "max_queued_messages 10000\n"
    with (
        start_mosquitto(tmp_path, users={"kenh": "secret"}, extra=queue) as broker,
        running(tmp_path, broker) as service,
    ):
        wait_until(lambda: broker.subscriptions("kenh-ingest"), "the service subscribes")
        with publishing(broker, TOTAL):
            for threshold in (300, 1200, 2500):
                service.wait_for(threshold)
                service.kill()
                service.start()
        service.wait_for(TOTAL)
        assert service.stop() == 0
        assert service.stored() == TOTAL
        assert not (tmp_path / "rejects.jsonl").exists()
