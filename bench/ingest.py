"""Draining a queue of uplinks: a bare MQTT receiver beside Kênh's whole path, in the same run.

Both sessions are subscribed before anything is published and away while it is, so that both find the same
queue at the same broker, with the publishers finished.
"""

import contextlib
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import orjson
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from bench.brokers import HOST, Address, own_mosquitto, publisher, wait_until
from bench.measure import Figures, Say, scaled
from desk.uplinks import UplinkBook
from devices.formats import TOPIC_FILTERS
from devices.readings import SeriesKey
from devices.sites import Device, Mounting, Registry, Site, SiteKind
from ingest.counters import IngestCounters
from ingest.journal import Journal
from ingest.pipeline import Pipeline
from ingest.receiver import Receiver, ReceiverSettings
from kenh.app import wall_clock_ms
from kenh.ingest_sink import StateSink
from storage.sqlite.feed import SqliteFeed
from storage.sqlite.readings import SqliteReadings
from storage.state import State, sqlite_url

UPLINKS = 10_000
DEVICES = 500
ROUNDS = 3
SECOND_MS = 1_000
_PATIENCE_S = 120.0


def measure(scale: float, say: Say) -> Figures:
    """Messages per second of both, and Kênh's as a share of the bare receiver's: medians of some rounds.

    One round says little on a machine that others use too, so the spread of the ratio is told beside it.
    """
    count = scaled(UPLINKS, scale, least=100)
    with tempfile.TemporaryDirectory() as name, own_mosquitto(Path(name) / "broker") as address:
        rounds = [_round(address, Path(name), number, count, say) for number in range(ROUNDS)]
    ratios = [bare_s / kenh_s for bare_s, kenh_s in rounds]
    return {
        "uplinks": count,
        "rounds": ROUNDS,
        "bare_messages_per_s": count / median(bare_s for bare_s, _ in rounds),
        "kenh_messages_per_s": count / median(kenh_s for _, kenh_s in rounds),
        "kenh_to_bare_ratio": median(ratios),
        "least_ratio": min(ratios),
        "greatest_ratio": max(ratios),
    }


def _round(address: Address, folder: Path, number: int, count: int, say: Say) -> tuple[float, float]:
    """Seconds to drain the same queue: (bare, Kênh). Who goes first changes from round to round."""
    bare = _Bare(address)
    bare.subscribe()
    _subscribe_kenh(address)
    say(f"round {number + 1} of {ROUNDS}: publishing {count} uplinks")
    _publish(address, count)
    say(f"round {number + 1} of {ROUNDS}: draining")
    if number % 2:
        kenh_s = _drain_with_kenh(address, folder / f"data{number}", count)
        return bare.drain(count), kenh_s
    return bare.drain(count), _drain_with_kenh(address, folder / f"data{number}", count)


def _publish(address: Address, count: int) -> None:
    first_ms = wall_clock_ms() - count * SECOND_MS
    with publisher(address) as client:
        sent = [client.publish(*_uplink(number, first_ms), qos=1) for number in range(count)]
        for info in sent:
            info.wait_for_publish(_PATIENCE_S)


def _uplink(number: int, first_ms: int) -> tuple[str, bytes]:
    level_m = round(0.1 + number % 700 / 1000, 3)
    body = {"ts": first_ms + number * SECOND_MS, "seq": number, "readings": {"water_level_m": level_m}}
    return f"kenh/v1/d{number % DEVICES:03d}/up", orjson.dumps(body)


class _Bare:
    """paho as most people use it: MQTT 3.1.1, QoS 1, a session that is kept, acknowledged by paho itself."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._heard = 0
        self._subscribed = False

    def subscribe(self) -> None:
        """Have the broker queue for us, and go away."""
        with self._connected() as client:
            client.on_subscribe = self._on_subscribe
            for topic in TOPIC_FILTERS:
                client.subscribe(topic, 1)
            wait_until(lambda: self._subscribed, "the bare receiver's subscription", 10.0)

    def drain(self, count: int) -> float:
        """Seconds from connecting until `count` messages were heard."""
        start = time.perf_counter()
        with self._connected():
            wait_until(lambda: self._heard >= count, "the bare receiver's queue", _PATIENCE_S)
            return time.perf_counter() - start

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Client]:
        client = Client(
            CallbackAPIVersion.VERSION2, "bare", clean_session=False, protocol=MQTTProtocolVersion.MQTTv311
        )
        client.username_pw_set("local", self._address.users["local"])
        client.on_message = self._on_message
        client.connect(HOST, self._address.port)
        client.loop_start()
        try:
            wait_until(client.is_connected, "the bare receiver's connection", 10.0)
            yield client
        finally:
            client.disconnect()
            client.loop_stop()

    def _on_message(self, *_: object) -> None:
        self._heard += 1

    def _on_subscribe(self, *_: object) -> None:
        self._subscribed = True


def _subscribe_kenh(address: Address) -> None:
    receiver = _receiver(address, lambda _: None, IngestCounters())
    receiver.start()
    try:
        wait_until(receiver.healthy, "Kênh's subscription", 10.0)
    finally:
        receiver.stop()


def _drain_with_kenh(address: Address, folder: Path, count: int) -> float:
    """Seconds from connecting until all of it is stored and the checkpoint is past it."""
    counters, registry, stop = IngestCounters(), _registry(), threading.Event()
    with contextlib.ExitStack() as down:
        journal = Journal(folder / "journal")
        down.callback(journal.close)
        readings = SqliteReadings(folder / "readings.db")
        down.callback(readings.close)
        feed = SqliteFeed(folder / "readings.db")
        down.callback(feed.close)
        state = State(sqlite_url(folder / "state.db"))
        down.callback(state.close)
        state.migrate()
        sink = StateSink(UplinkBook(state))
        pipeline = Pipeline(journal, readings, feed, lambda: registry, sink, wall_clock_ms, counters=counters)
        thread = threading.Thread(target=pipeline.run, args=(stop,), daemon=True)
        receiver = _receiver(address, journal.append, counters)
        down.callback(thread.join, 15)
        down.callback(stop.set)
        start = time.perf_counter()
        thread.start()
        receiver.start()
        down.callback(receiver.stop)
        wait_until(lambda: counters.processed >= count, "Kênh's queue", _PATIENCE_S)
        seconds = time.perf_counter() - start
        _check(readings, count)
    return seconds


def _check(readings: SqliteReadings, count: int) -> None:
    """A rate of uplinks that were not stored would be no rate."""
    keys = [SeriesKey(site_id, "1", "water_level_m") for site_id in _registry().sites]
    stored = sum(len(column.time_ms) for column in readings.range(keys, 0, 2**62))
    if stored != count:
        message = f"{count} uplinks were published and {stored} are stored"
        raise RuntimeError(message)


def _receiver(address: Address, on_batch: Callable[..., object], counters: IngestCounters) -> Receiver:
    settings = ReceiverSettings(HOST, TOPIC_FILTERS, address.port, "kenh", address.users["kenh"])
    return Receiver(settings, on_batch=on_batch, clock=wall_clock_ms, counters=counters)


def _registry() -> Registry:
    names = [f"d{number:03d}" for number in range(DEVICES)]
    return Registry(
        version=1,
        sites={f"s-{name}": Site(f"s-{name}", SiteKind.DRAIN) for name in names},
        devices={name: Device(name) for name in names},
        mountings={name: (Mounting(name, f"s-{name}"),) for name in names},
    )
