"""Publishing in the background, and knowing what the broker has taken."""

import threading
import time
from collections.abc import Sequence

import orjson
from paho.mqtt.client import Client

from bench.soak.service import DEVICES, Values

SECOND_MS = 1_000
_PATIENCE_S = 60.0


class Sender:
    """Publishes `uplinks` messages over about `seconds`, in a thread of its own."""

    def __init__(self, client: Client, uplinks: int, seconds: float, first_ms: int, deadline: float) -> None:
        self._client = client
        self._uplinks = uplinks
        self._each_s = seconds / uplinks
        self._first_ms = first_ms
        self._deadline = deadline
        self._stopping = threading.Event()
        self._answered: set[int] = set()
        client.on_publish = self._published
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
        return len(self.taken) == self._uplinks

    def send(self, number: int) -> None:
        """Publish one and wait until the broker has it."""
        self._send([number])

    def _run(self) -> None:
        batch = max(1, round(0.05 / self._each_s)) if self._each_s else 500
        for start in range(0, self._uplinks, batch):
            if self._stopping.wait(batch * self._each_s) or time.monotonic() > self._deadline:
                return
            self._send(range(start, min(start + batch, self._uplinks)))

    def _send(self, numbers: Sequence[int]) -> None:
        waiting: dict[int, tuple[str, int]] = {}
        for number in numbers:
            device, level_m = number % DEVICES, round(0.1 + number % 700 / 1000, 3)
            time_ms = self._first_ms + number * SECOND_MS
            body = orjson.dumps({"ts": time_ms, "seq": number, "readings": {"water_level_m": level_m}})
            key = f"G{device:02d}", time_ms
            self.sent[key] = level_m
            waiting[self._client.publish(f"kenh/v1/g{device:02d}/up", body, 1).mid] = key
        # Away or not: the client keeps what it could not send and sends it when the broker is back.
        until = time.monotonic() + _PATIENCE_S
        while waiting and time.monotonic() < until and not self._stopping.is_set():
            for mid in waiting.keys() & self._answered.copy():
                self._answered.discard(mid)
                key = waiting.pop(mid)
                self.taken[key] = self.sent[key]
            time.sleep(0.002)

    def _published(self, _client: Client, _user: object, mid: int, *_: object) -> None:
        # No lock here: `publish` holds the client's own while it is called.
        self._answered.add(mid)
