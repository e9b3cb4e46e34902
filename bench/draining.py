"""`python -m bench.draining KIND ...`: one receiver in a process of its own, to know its CPU and memory.

With `--subscribe` it has the broker queue for it and goes away; without, it drains the queue and prints what
that took, as JSON.
"""

import argparse
import contextlib
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import orjson
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from bench.bare import BufferedClient, turning
from bench.brokers import HOST, wait_until
from bench.commune import CODEC, filters_of, registry
from desk.uplinks import UplinkBook
from devices.milesight.em310_udl import MODEL
from devices.readings import Reading
from ingest.codecs import Codec, CodecPool
from ingest.counters import IngestCounters
from ingest.journal import Journal
from ingest.pipeline import Pipeline
from ingest.receiver import Receiver, ReceiverSettings
from ingest.records import Raw
from kenh.app import wall_clock_ms
from kenh.ingest_sink import StateSink
from storage.protocols import WriteResult
from storage.sqlite.feed import SqliteFeed
from storage.sqlite.readings import SqliteReadings
from storage.state import State, sqlite_url

BARE: dict[str, type[Client]] = {"shipped": Client, "buffered": BufferedClient}
KINDS = (*BARE, "own", "chirpstack", "javascript")
_PATIENCE_S = 300.0


def main() -> int:
    """Do one of the two; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.draining", description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--subscribe", action="store_true")
    asked = parser.parse_args()
    draining = _Bare if asked.kind in BARE else _Kenh
    one = draining(asked.kind, asked.port, asked.folder)
    if asked.subscribe:
        one.subscribe()
        return 0
    sys.stdout.buffer.write(orjson.dumps(one.drain(asked.count)) + b"\n")
    return 0


def _used() -> float:
    """CPU seconds of this process and of children that have ended."""
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def _figures(began: float, cpu: float, count: int) -> dict[str, float]:
    seconds = time.perf_counter() - began
    return {
        "seconds": seconds,
        "messages_per_s": count / seconds,
        "cpu_us_per_message": 1e6 * (_used() - cpu) / count,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


class _Bare:
    """A session that is kept, MQTT 3.1.1, QoS 1, acknowledged by paho itself."""

    def __init__(self, kind: str, port: int, _folder: Path) -> None:
        self._kind = kind
        self._port = port
        self._heard = 0
        self._subscribed = threading.Event()

    def subscribe(self) -> None:
        """Have the broker queue for us, and go away."""
        with self._connected() as client:
            client.on_subscribe = lambda *_: self._subscribed.set()
            client.subscribe([(name, 1) for name in filters_of(self._kind)])
            if not self._subscribed.wait(10):
                raise TimeoutError("the broker does not answer a subscription")

    def drain(self, count: int) -> dict[str, float]:
        """Until `count` messages were heard."""
        began, cpu = time.perf_counter(), _used()
        with self._connected():
            wait_until(lambda: self._heard >= count, f"{self._kind}: the queue", _PATIENCE_S)
            return _figures(began, cpu, count)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Client]:
        client: Client = BARE[self._kind](
            CallbackAPIVersion.VERSION2,
            self._kind,
            clean_session=False,
            protocol=MQTTProtocolVersion.MQTTv311,
        )
        client.username_pw_set("local", os.environ["BENCH_PASSWORD"])
        client.on_message = self._on_message
        client.connect(HOST, self._port)
        with turning(client):
            wait_until(client.is_connected, f"{self._kind}: the connection", 10.0)
            yield client

    def _on_message(self, *_: object) -> None:
        self._heard += 1


class _Timed(SqliteReadings):
    """The store, noting for each reading how long after its own time it can be asked for."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.ages_ms: list[int] = []

    def write(self, readings: Sequence[Reading]) -> WriteResult:
        """As the store's own."""
        result = super().write(readings)
        now_ms = wall_clock_ms()
        self.ages_ms += [now_ms - reading.time_ms for reading in readings]
        return result


class _Kenh:
    """Kênh's whole path: receive, journal, understand, store, feed, checkpoint."""

    def __init__(self, kind: str, port: int, folder: Path) -> None:
        self._kind = kind
        self._port = port
        self._folder = folder

    def subscribe(self) -> None:
        """Have the broker queue for us, and go away."""
        receiver = self._receiver(lambda _: None, IngestCounters())
        receiver.start()
        try:
            wait_until(receiver.healthy, "Kênh's subscription", 10.0)
        finally:
            receiver.stop()

    def drain(self, count: int) -> dict[str, float]:
        """Until all of it is stored and the checkpoint is past it."""
        counters, stop = IngestCounters(), threading.Event()
        commune = registry()
        codec = Codec(MODEL.name, CODEC, MODEL.fields)
        codecs = {MODEL.name: codec} if self._kind == "javascript" else {}
        with contextlib.ExitStack() as down:
            journal = Journal(self._folder / "journal")
            down.callback(journal.close)
            readings = _Timed(self._folder / "readings.db")
            down.callback(readings.close)
            feed = SqliteFeed(self._folder / "readings.db")
            down.callback(feed.close)
            state = State(sqlite_url(self._folder / "state.db"))
            down.callback(state.close)
            state.migrate()
            pool = CodecPool(lambda: codecs)
            down.callback(pool.close)
            pipeline = Pipeline(
                journal,
                readings,
                feed,
                lambda: commune,
                StateSink(UplinkBook(state)),
                wall_clock_ms,
                counters=counters,
                codecs=pool,
            )
            thread = threading.Thread(target=pipeline.run, args=(stop,), daemon=True)
            receiver = self._receiver(journal.append, counters)
            down.callback(thread.join, 15)
            down.callback(stop.set)
            began, cpu = time.perf_counter(), _used()
            thread.start()
            receiver.start()
            down.callback(receiver.stop)
            wait_until(lambda: counters.processed >= count, "Kênh's queue", _PATIENCE_S)
            figures = _figures(began, cpu, count)
            if counters.rejected or counters.quarantined:
                raise RuntimeError(f"refused: {counters.rejected}, unknown: {counters.quarantined}")
            ages = sorted(readings.ages_ms)
        figures["stored_readings"] = len(ages)
        figures["age_p50_ms"] = ages[len(ages) // 2] if ages else 0
        figures["age_p99_ms"] = ages[len(ages) * 99 // 100] if ages else 0
        return figures

    def _receiver(self, on_batch: Callable[[list[Raw]], object], counters: IngestCounters) -> Receiver:
        settings = ReceiverSettings(
            HOST,
            filters_of(self._kind),
            self._port,
            "kenh",
            os.environ["BENCH_PASSWORD_KENH"],
            client_id=f"kenh-{self._kind}",
            receive_maximum=2000,
        )
        return Receiver(settings, on_batch=on_batch, clock=wall_clock_ms, counters=counters)


if __name__ == "__main__":
    sys.exit(main())
