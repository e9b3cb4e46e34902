"""The pool of workers that run JavaScript codecs, as the rest of Kênh sees it."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from devices.codecs.names import canonical
from devices.uplinks import Decoded
from ingest.codecs.answers import decoded
from ingest.codecs.batch import Batch
from ingest.codecs.breaker import Breaker
from ingest.codecs.child import Child
from ingest.codecs.codec import Answer, Call, Codec, CodecRequest, Limits

_log = logging.getLogger(__name__)
_MOST_FAILED_STARTS: Final = 3


@dataclass(slots=True)
class CodecCounters:
    """What the pool has done since it was made."""

    calls: int = 0
    errors: int = 0
    stopped: int = 0
    restarts: int = 0
    busy_ms: float = 0.0

    def snapshot(self) -> dict[str, float]:
        """By name, for metrics."""
        return asdict(self)


class CodecPool:
    """Runs codecs in processes of their own; whatever a codec does, the caller gets an answer.

    Workers start with the first call and are replaced when one is lost. A call that has to be stopped is an
    error of that call only; a codec that has to be stopped again and again is suspended for a while. May be
    called from several threads, one batch after the other. `close` ends the workers.
    """

    def __init__(
        self,
        codecs: Callable[[], Mapping[str, Codec]],
        *,
        workers: int = 1,
        limits: Limits = Limits(),  # noqa: B008  frozen
    ) -> None:
        """`codecs()` gives what may run now, by name: `CodecLibrary.codecs`."""
        self.counters = CodecCounters()
        self._codecs, self._workers, self._limits = codecs, workers, limits
        self._breaker = Breaker(limits)
        self._children: list[Child] = []
        self._failed_starts = 0
        self._closed = False
        self._lock = threading.Lock()

    def names(self) -> frozenset[str]:
        """The models whose codec may run now."""
        return frozenset(self._codecs())

    def decode(self, requests: Sequence[CodecRequest]) -> list[Decoded]:
        """The readings of every payload, in the order of the requests. Never raises.

        `Decoded.errors` says what a codec had against a payload, or why it could not be run.
        """
        codecs = self._codecs()
        found = [codecs.get(request.codec) or codecs.get(canonical(request.codec)) for request in requests]
        calls = [
            Call(codec, *request[1:])
            for codec, request in zip(found, requests, strict=True)
            if codec is not None
        ]
        answers = iter(self.run(calls))
        return [
            Decoded(errors=(f"there is no codec for {request.codec}",))
            if codec is None
            else self._decoded(next(answers), codec)
            for codec, request in zip(found, requests, strict=True)
        ]

    @staticmethod
    def _decoded(answer: Answer, codec: Codec) -> Decoded:
        try:
            return decoded(answer, codec)
        except Exception as error:  # noqa: BLE001  a table of fields from a user must not stop the stream
            _log.exception("codecs: the output of %s could not be read", codec.name)
            return Decoded(errors=(f"its output cannot be read: {type(error).__name__}: {error}",))

    def run(self, calls: Sequence[Call]) -> list[Answer]:
        """What the codecs themselves say, in the order of the calls. Never raises."""
        if not calls:
            return []
        began_s = time.monotonic()
        with self._lock:
            answers = self._answered(calls)
            self.counters.calls += len(calls)
            self.counters.errors += sum(bool(answer.errors) for answer in answers)
            self.counters.busy_ms += (time.monotonic() - began_s) * 1000
        return answers

    def close(self) -> None:
        """End the workers; later calls are answered with an error."""
        with self._lock:
            self._closed = True
            while self._children:
                self._children.pop().end()

    @property
    def children(self) -> Sequence[Child]:
        """The workers that run."""
        return self._children

    def replace(self, child: Child) -> None:
        """Kill a worker and start another.

        Raises:
            OSError: none can be started, or none gets as far as saying so.
        """
        self.counters.restarts += 1
        self._failed_starts = 0 if child.ready else self._failed_starts + 1
        self._children.remove(child)
        child.end()
        if self._failed_starts >= _MOST_FAILED_STARTS:
            message = "workers end as soon as they are started"
            raise OSError(message)
        self._children.append(Child(self._limits, time.monotonic()))

    def _answered(self, calls: Sequence[Call]) -> list[Answer]:
        if self._closed:
            return [Answer(errors=("the codecs are closed",))] * len(calls)
        stopped = self._breaker.strikes
        batch = Batch(self, calls, self._limits, self._breaker)
        problem = "it was not run"
        try:
            self._start()
            batch.run()
        except OSError as error:
            problem = f"codecs cannot be run here: {error}"
            _log.error("ingest: %s", problem)
        except Exception as error:  # noqa: BLE001  whatever it was, the caller gets its answers
            problem = f"codecs cannot be run here: {type(error).__name__}: {error}"
            _log.exception("ingest: a mistake while codecs ran")
        self.counters.stopped += self._breaker.strikes - stopped
        return batch.answers(problem)

    def _start(self) -> None:
        for child in tuple(self._children):
            if child.asked:  # left over from a batch that broke off: its answers would go astray
                self.replace(child)
        self._failed_starts = 0
        while len(self._children) < self._workers:
            self._children.append(Child(self._limits, time.monotonic()))
