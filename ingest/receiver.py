"""Receive: from the broker into the journal, acknowledged when the journal holds it on disk and not before.

Two threads. The network thread connects, turns the connection's loop, and connects again with growing,
jittered pauses. The writer thread drains the queue, hands a batch to `on_batch`, and acknowledges it all when
that returns. If `on_batch` raises, nothing is acknowledged and the same batch is tried again.
"""

import logging
import queue
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from ingest.connection import Arrived, Connection, ReceiverSettings
from ingest.counters import IngestCounters
from ingest.records import Raw

__all__ = ["Receiver", "ReceiverSettings"]

_log = logging.getLogger(__name__)
#: A loop that has not turned for so long hangs; turns take half a second, connecting at most a few.
_HANGS_S = 20.0
_RETRY_S = (0.2, 5.0)
_STEADY_S = 10.0
#: A window that fills up in less than the time a batch is gathered: then every wait would cost messages/s.
_NARROW = 100


class Receiver:
    """Subscribes, journals, acknowledges. `start` once, `stop` once."""

    def __init__(
        self,
        settings: ReceiverSettings,
        *,
        on_batch: Callable[[list[Raw]], object],
        clock: Callable[[], int],
        counters: IngestCounters | None = None,
    ) -> None:
        """`on_batch` keeps messages durably before it returns (`Journal.append`); `clock` gives epoch ms."""
        self._settings = settings
        self._on_batch = on_batch
        self._clock = clock
        self.counters = IngestCounters() if counters is None else counters
        self._queue: queue.SimpleQueue[Arrived] = queue.SimpleQueue()
        self._queued = self._taken = 0
        self._filters = settings.filters
        self._connection: Connection | None = None
        self._trouble = "not started"
        self._journal_trouble = ""
        self._turned_at = time.monotonic()
        self._stopping = threading.Event()
        self._closing = threading.Event()
        self._network = threading.Thread(target=self._network_loop, name="kenh-mqtt", daemon=True)
        self._writer = threading.Thread(target=self._write_loop, name="kenh-journal", daemon=True)

    def start(self) -> None:
        """Begin; returns at once, and connects as soon as there is a broker."""
        self._trouble = "connecting"
        self._writer.start()
        self._network.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Journal and acknowledge what has arrived, then disconnect. What is left the broker keeps for us."""
        self._stopping.set()
        if self._writer.ident is not None:
            self._writer.join(timeout_s)
        self._closing.set()
        if self._network.ident is not None:
            self._network.join(timeout_s)
        self._trouble = "stopped"

    def listen_to(self, filters: tuple[str, ...]) -> None:
        """Subscribe to these from now on, at this connection and all that follow; from any thread."""
        self._filters = filters

    def healthy(self) -> bool:
        """Are uplinks on their way from the broker to the disk?"""
        return self.problem() is None

    def problem(self) -> str | None:
        """What keeps uplinks from arriving, in words; None if nothing does."""
        if not (self._network.is_alive() and self._writer.is_alive()):
            idle = self._trouble in {"not started", "stopped"}
            return self._trouble if idle else "a receiver thread has died"
        if self._journal_trouble:
            return f"the journal takes nothing: {self._journal_trouble}"
        if time.monotonic() - self._turned_at > _HANGS_S:
            return "the network thread hangs"
        connection = self._connection
        if connection is None or not connection.subscribed:
            return self._trouble or "connecting"
        return connection.trouble or None

    def _network_loop(self) -> None:
        pause_s = self._settings.reconnect_min_s
        version5 = self._settings.version5
        while not self._closing.is_set():
            began = time.monotonic()
            refused_version = self._one_connection(version5=version5)
            if refused_version and version5:
                version5 = False
                continue  # the same broker, at once, in the older protocol
            version5 = self._settings.version5
            if time.monotonic() - began > _STEADY_S:
                pause_s = self._settings.reconnect_min_s
            self._pause(pause_s * random.uniform(0.5, 1.0))
            pause_s = min(2 * pause_s, self._settings.reconnect_max_s)

    def _one_connection(self, *, version5: bool) -> bool:
        """Connect and serve until the end; True if the broker does not speak this version of MQTT."""
        connection: Connection | None = None
        try:
            connection = Connection(
                self._settings,
                version5=version5,
                filters=self._filters,
                deliver=self._deliver,
                counters=self.counters,
                clock=self._clock,
            )
            connection.open()
            self._connection = connection
            while not self._closing.is_set() and connection.turn():
                self._turned_at = time.monotonic()
                connection.listen_to(self._filters)
        except OSError as error:
            self._note(f"no connection to {self._settings.host}:{self._settings.port}: {error}")
        except Exception as error:  # noqa: BLE001  whatever it was, a new connection is the remedy
            self.counters.callback_errors += 1
            self._note(f"the network loop failed: {error}")
            _log.exception("mqtt: the network loop failed; connecting anew")
        else:
            if connection.subscribed:
                self._trouble = ""  # news, even if it is the same trouble as last time
            self._note(connection.trouble)
        finally:
            self._connection = None
            if connection is not None:
                with suppress(Exception):
                    connection.close()
        return connection is not None and connection.wants_version4

    def _note(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            _log.warning("mqtt: %s", trouble)
        self._trouble = trouble or "disconnected"

    def _pause(self, pause_s: float) -> None:
        """Wait before connecting again, and as long as the journal takes nothing: more would pile up here."""
        until = time.monotonic() + pause_s
        while not self._closing.is_set():
            self._turned_at = now = time.monotonic()
            if now >= until and self._queue.empty():
                return
            self._closing.wait(min(0.2, max(0.01, until - now)))

    def _deliver(self, arrived: Arrived) -> bool:
        # Messages of QoS 0 leave room for the others: those the broker can deliver again, but at a price.
        certain = all(raw.mid for raw in arrived.raws)
        reserve = 0 if certain else self._settings.receive_maximum
        if self._waiting() >= max(1, self._settings.queue_limit - reserve):
            return False
        self._queued += len(arrived.raws)
        self._queue.put(arrived)
        return True

    def _waiting(self) -> int:
        """How many messages wait for the writer. Each of the two counts is changed by one thread only."""
        return self._queued - self._taken

    def _write_loop(self) -> None:
        while True:
            batch = self._collect()
            if batch:
                if not self._persist(batch):
                    return
                self._acknowledge(batch)
            elif self._stopping.is_set():
                return

    def _collect(self) -> list[Arrived]:
        """The next batch: what comes within a moment, unless the broker would stand waiting for us."""
        try:
            batch = [self._queue.get(timeout=0.1)]
        except queue.Empty:
            return []
        window = batch[0].connection.window
        if self._waiting() < window // 2 and window > _NARROW:
            # Asleep, not taking one by one: waking up for every message halves the network thread's pace.
            self._stopping.wait(self._settings.linger_s)
        size = len(batch[0].raws)
        with suppress(queue.Empty):
            while size < self._settings.batch_records:
                batch.append(self._queue.get_nowait())
                size += len(batch[-1].raws)
        self._taken += size
        return batch

    def _persist(self, batch: list[Arrived]) -> bool:
        """Put a batch on disk, trying until it works; False if stopped before that."""
        raws = [raw for arrived in batch for raw in arrived.raws]
        pause_s, longest_s = _RETRY_S
        while True:
            try:
                self._on_batch(raws)
            except Exception as error:  # noqa: BLE001  whatever it was, the batch is not on disk
                self.counters.journal_failures += 1
                if not self._journal_trouble:
                    _log.exception("journal: a batch of %d was refused; nothing is acknowledged", len(raws))
                self._journal_trouble = str(error) or type(error).__name__
            else:
                self._journal_trouble = ""
                self.counters.journalled += len(raws)
                return True
            if self._stopping.wait(pause_s):
                return False
            pause_s = min(2 * pause_s, longest_s)

    def _acknowledge(self, batch: list[Arrived]) -> None:
        for connection, raws, acks in batch:
            if connection.ack(acks):
                self.counters.acked += len(raws)
            else:
                self.counters.acks_dropped += len(raws)
