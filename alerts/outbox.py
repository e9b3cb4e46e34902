"""The outbox worker: everything that leaves leaves from here, at least once, each target on its own."""

import logging
import random
import threading
from collections.abc import Callable, Mapping

from alerts.backoff import TRIES, next_try_ms
from alerts.channels.port import Channel
from alerts.errors import DeliveryError
from storage.state import OutboxRow, State

log = logging.getLogger(__name__)
BATCH = 100


class OutboxWorker:
    """Sends what is due. A target that does not answer holds up nobody else."""

    def __init__(self, state: State, channels: Mapping[str, Channel], clock: Callable[[], int]) -> None:
        self._state = state
        self._channels = channels
        self._clock = clock

    def step(self) -> int:
        """Send one batch of what is due; returns how many messages left."""
        with self._state.snapshot() as tx:
            rows = tx.outbox.due(self._clock(), BATCH)
        return sum(self._deliver(row) for row in rows)

    def run(self, stop: threading.Event, wake: threading.Event) -> None:
        """Keep sending until told to stop; `wake` is a hint that there may be something to send."""
        while not stop.is_set():
            try:
                sent = self.step()
            except Exception:
                log.exception("the outbox could not be read; trying again")
                sent = 0
            if not sent:
                wake.wait(0.5)
                wake.clear()

    def _deliver(self, row: OutboxRow) -> int:
        channel = self._channels.get(row.outgoing.channel)
        try:
            if channel is None:
                raise DeliveryError(f"no channel {row.outgoing.channel!r} is set up here")
            channel.send(row.outgoing)
        except DeliveryError as error:
            self._put_off(row, error)
            return 0
        with self._state.transaction() as tx:
            tx.outbox.sent(row.id, self._clock())
        return 1

    def _put_off(self, row: OutboxRow, error: DeliveryError) -> None:
        with self._state.transaction() as tx:
            if not error.retryable or row.attempts + 1 >= TRIES:
                log.error("message %s to %s is given up: %s", row.id, row.outgoing.target, error)
                tx.outbox.dead(row.id, str(error))
            else:
                later = next_try_ms(self._clock(), row.attempts, random.random())
                tx.outbox.failed(row.id, later, str(error))
