"""The ingesting process of the loss tests: receiver, journal and pipeline on SQLite, to be killed at will.

python -m tests.ingest.service FOLDER PORT USERNAME PASSWORD
"""

import contextlib
import json
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from devices.formats import TOPIC_FILTERS, Discovered
from devices.frames import Frame
from ingest.counters import IngestCounters
from ingest.journal import Journal
from ingest.pipeline import Pipeline
from ingest.receiver import Receiver, ReceiverSettings
from ingest.understood import Reach, Refusal, Seen, Stranger
from storage.sqlite.feed import SqliteFeed
from storage.sqlite.readings import SqliteReadings
from tests.ingest.fakes import commune


class LineSink:
    """Refusals as JSON lines in a file; the rest is let go."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rejected(self, rows: Sequence[Refusal]) -> None:
        with self._path.open("a") as file:
            file.writelines(json.dumps([row.position.number, row.topic, row.reason]) + "\n" for row in rows)

    def quarantined(self, rows: Sequence[Stranger]) -> None:
        del rows

    def seen(self, rows: Sequence[Seen]) -> None:
        del rows

    def framed(self, rows: Sequence[Frame]) -> None:
        del rows

    def reached(self, rows: Sequence[Reach]) -> None:
        del rows

    def discovered(self, rows: Sequence[Discovered]) -> None:
        del rows


def wall_clock() -> int:
    """Epoch milliseconds: this process has no composition root above it."""
    return time.time_ns() // 1_000_000  # noqa: TID251  see above


def main(folder: Path, port: int, username: str, password: str) -> None:
    """Ingest until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    counters, registry = IngestCounters(), commune()
    with contextlib.ExitStack() as down:
        journal = Journal(folder / "journal", segment_bytes=100_000)
        down.callback(journal.close)
        readings = SqliteReadings(folder / "readings.sqlite")
        down.callback(readings.close)
        feed = SqliteFeed(folder / "readings.sqlite")
        down.callback(feed.close)
        sink = LineSink(folder / "rejects.jsonl")
        pipeline = Pipeline(
            journal, readings, feed, lambda: registry, sink, wall_clock, counters=counters, batch_records=100
        )
        settings = ReceiverSettings(
            "127.0.0.1", TOPIC_FILTERS, port, username, password, reconnect_min_s=0.05, reconnect_max_s=0.5
        )
        receiver = Receiver(settings, on_batch=journal.append, clock=wall_clock, counters=counters)
        receiver.start()
        down.callback(receiver.stop)
        pipeline.run(stop)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])
