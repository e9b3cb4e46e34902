"""One batch of calls over the workers: given ahead, watched by the clock, retried where a worker was lost."""

import select
import time
from collections import deque
from collections.abc import Sequence
from typing import Final, Protocol

from ingest.codecs.answers import failed, stopped, understood
from ingest.codecs.breaker import Breaker
from ingest.codecs.child import Asked, Child, ChildError
from ingest.codecs.codec import Answer, Call, Limits

#: A request whose worker was lost is tried so often in all: it may have been somebody else's doing.
_TRIES: Final = 2
_MOST_LOADED: Final = 200


class Crew(Protocol):
    """The workers of a pool."""

    @property
    def children(self) -> Sequence[Child]:
        """Those that run."""

    def replace(self, child: Child) -> None:
        """Kill one and start another. OSError if none can be started."""


class Batch:
    """The state of one `CodecPool.run`; `answers` are complete when `run` has returned."""

    def __init__(self, crew: Crew, calls: Sequence[Call], limits: Limits, breaker: Breaker) -> None:
        self._crew, self._calls, self._limits, self._breaker = crew, calls, limits, breaker
        keys = {id(call.codec): call.codec.key for call in calls}
        self._keys = [keys[id(call.codec)] for call in calls]
        self._waiting = deque(range(len(calls)))
        # Calls of codecs that were stopped lately: one at a time, so that they hold up nobody.
        self._watched: deque[int] = deque()
        self._alone: int | None = None
        self._tries = [0] * len(calls)
        self._answers: list[Answer | None] = [None] * len(calls)
        self._left = len(calls)

    def run(self) -> None:
        """Have every call answered. OSError if no worker can be started."""
        while self._left:
            now_s = time.monotonic()
            for child in tuple(self._crew.children):
                try:
                    self._fill(child, now_s)
                    child.send()
                except ChildError as error:
                    self._lost(child, f"its worker ended ({error})", now_s)
            if not self._left or self._is_stuck():
                return
            self._wait()
            now_s = time.monotonic()
            for child in tuple(self._crew.children):
                try:
                    self._read(child, now_s)
                except ChildError as error:
                    self._lost(child, f"its worker ended ({error})", now_s)

    def _is_stuck(self) -> bool:
        """Nobody was asked and nothing waits: whatever is left, no answer will come (a mistake of ours)."""
        return not (self._waiting or self._watched or any(child.asked for child in self._crew.children))

    def answers(self, otherwise: str) -> list[Answer]:
        """In the order of the calls; `otherwise` is the error of those that have none."""
        return [answer or Answer(errors=(otherwise,)) for answer in self._answers]

    def _fill(self, child: Child, now_s: float) -> None:
        while len(child.asked) < self._limits.window:
            index = self._next(now_s)
            if index is None:
                return
            refused = child.refused.get(self._keys[index])
            if refused is not None:
                self._set(index, Answer(errors=(refused,)))
            else:
                self._tries[index] += 1
                child.ask(index, self._calls[index], self._keys[index], now_s)

    def _next(self, now_s: float) -> int | None:
        """The next call that may run now; those of suspended codecs are answered on the way."""
        while True:
            if self._watched and self._alone is None:
                index, alone = self._watched.popleft(), True
            elif self._waiting:
                index, alone = self._waiting.popleft(), False
            else:
                return None
            suspended = self._breaker.suspended(self._keys[index], now_s)
            if suspended is not None:
                self._set(index, Answer(errors=(suspended,)))
            elif alone:
                self._alone = index
                return index
            elif self._breaker.is_watched(self._keys[index], now_s):
                self._watched.append(index)
            else:
                return index

    def _wait(self) -> None:
        """Until a worker has something to say or to read, or the first of them has run too long."""
        poll = select.poll()
        now_s = time.monotonic()
        soonest_s = 1.0
        for child in self._crew.children:
            poll.register(child.out_fd, select.POLLIN)
            if child.is_sending:
                poll.register(child.in_fd, select.POLLOUT)
            if child.asked:
                soonest_s = min(soonest_s, child.head_s + self._limit_s(child) - now_s)
        poll.poll(max(0.0, soonest_s) * 1000 + 1)

    def _limit_s(self, child: Child) -> float:
        return self._limits.wall_s if child.ready else self._limits.start_s

    def _read(self, child: Child, now_s: float) -> None:
        answers = child.receive(now_s)
        for place, (asked, sign, said) in enumerate(answers):
            why = stopped(said, self._limits) if sign == b"!" else None
            if why is not None:
                # The engine ended it, but what waits behind it in this worker may well be more of the same.
                # Answers that came with it go the same way: they are asked for again.
                child.asked.extendleft(one for one, _, _ in reversed(answers[place:]))
                self._lost(child, why, now_s, surely=True)
                return
            self._take(child, asked, sign, said)
        if child.asked and now_s - child.head_s > self._limit_s(child):
            self._lost(child, f"ran longer than {self._limits.wall_s * 1000:.0f} ms", now_s)
        elif not child.asked and len(child.loaded) > _MOST_LOADED:
            self._crew.replace(child)

    def _take(self, child: Child, asked: Asked, sign: bytes, said: bytes) -> None:
        if sign == b"!" and asked.call is None:
            child.refused[asked.key] = failed(said)
        elif asked.call is None:
            return
        elif sign == b"=":
            self._set(asked.call, understood(said))
        elif sign == b"!":
            self._set(asked.call, Answer(errors=(failed(said),)))
        else:
            self._set(asked.call, Answer(errors=(child.refused.get(asked.key, "it is not loaded"),)))

    def _lost(self, child: Child, why: str, now_s: float, *, surely: bool = False) -> None:
        """A worker has to go; what it was at is tried once more, unless it is sure whose fault it was."""
        lost = [one.call for one in child.asked if one.call is not None]
        child.asked.clear()
        innocent = lost
        if lost and child.ready:
            head, *innocent = lost
            if surely or self._tries[head] >= _TRIES:
                self._breaker.strike(self._keys[head], why, now_s)
                self._set(head, Answer(errors=(why,)))
        for index in innocent:
            self._tries[index] -= 1  # they only stood behind it
        for index in reversed(lost):
            if self._answers[index] is None:
                self._alone = None if self._alone == index else self._alone
                self._waiting.appendleft(index)
        self._crew.replace(child)

    def _set(self, index: int, answer: Answer) -> None:
        if self._answers[index] is None:
            self._answers[index] = answer
            self._left -= 1
        if self._alone == index:
            self._alone = None
