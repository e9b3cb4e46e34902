"""The outbox worker: at least once, in order for each target, and nobody waits for a silent neighbour."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.backoff import CEILING_MS, next_try_ms
from alerts.errors import DeliveryError
from alerts.outbox import OutboxWorker
from dispatch.orders import Outgoing
from storage.state import State, sqlite_url

NOW = 1_795_421_702_000


class Crew:
    """A channel that keeps what it gets, and can be told to refuse."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.refuse: dict[str, DeliveryError] = {}

    def send(self, message: Outgoing) -> None:
        if message.target in self.refuse:
            raise self.refuse[message.target]
        self.got.append((message.target, message.body))


class Office:
    """A state, a channel and a worker whose clock stands in `now`."""

    def __init__(self, folder: Path) -> None:
        self.state = State(sqlite_url(folder / "state.db"))
        self.state.migrate()
        self.crew = Crew()
        self.now = NOW
        self.worker = OutboxWorker(self.state, {"mqtt": self.crew}, lambda: self.now)

    def put(self, target: str, body: str, channel: str = "mqtt") -> None:
        with self.state.transaction() as tx:
            key = f"{target}:{body}"
            tx.outbox.put(Outgoing(channel, target, body.encode(), key, NOW))

    def depth(self) -> int:
        with self.state.snapshot() as tx:
            return tx.outbox.depth()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.state.close()


def test_messages_to_one_target_leave_in_order(office: Office) -> None:
    office.put("a", "first")
    office.put("a", "second")
    while office.worker.step():
        pass
    assert office.crew.got == [("a", b"first"), ("a", b"second")]


def test_a_silent_target_holds_up_nobody_else(office: Office) -> None:
    office.crew.refuse["a"] = DeliveryError("no answer")
    office.put("a", "waits")
    office.put("b", "goes")
    office.worker.step()
    assert office.crew.got == [("b", b"goes")]
    assert office.depth() == 1


def test_a_refused_message_is_tried_again_later_and_then_leaves_once(office: Office) -> None:
    office.crew.refuse["a"] = DeliveryError("no answer")
    office.put("a", "hello")
    office.worker.step()
    del office.crew.refuse["a"]
    office.worker.step()
    assert office.crew.got == []
    office.now += CEILING_MS
    office.worker.step()
    office.worker.step()
    assert office.crew.got == [("a", b"hello")]


def test_what_can_never_leave_is_given_up_and_lets_the_next_go(office: Office) -> None:
    office.crew.refuse["a"] = DeliveryError("no such address", retryable=False)
    office.put("a", "never")
    office.worker.step()
    del office.crew.refuse["a"]
    office.put("a", "next")
    office.worker.step()
    assert office.crew.got == [("a", b"next")]


def test_a_channel_that_is_not_set_up_keeps_its_messages(office: Office) -> None:
    office.put("someone", "hello", channel="pigeon")
    office.worker.step()
    assert office.depth() == 1


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_waiting_grows_to_a_ceiling_and_never_goes_back(attempts: int, jitter: float) -> None:
    assert NOW < next_try_ms(NOW, attempts, jitter) <= NOW + 1.25 * CEILING_MS
