"""After an outage of the broker the service says what each device is missing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.frames import Frame, in_blocks
from ingest.counters import IngestCounters
from kenh.outages import Outages
from storage.state import State, sqlite_url

NOW = 1_795_421_702_000
MINUTE_MS = 60_000


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State(sqlite_url(tmp_path / "state.db"))
    opened.migrate()
    yield opened
    opened.close()


def heard(state: State, number: int, minute: int) -> None:
    with state.transaction() as tx:
        tx.frames.mark(in_blocks([Frame("d1", "aa", number, (), NOW + minute * MINUTE_MS)]))


@pytest.mark.parametrize(("numbers", "told"), [((10, 13), "d1: 11-12"), ((10, 11), "no device is missing")])
def test_what_is_missing_is_said_once_a_while_after(
    state: State, numbers: tuple[int, int], told: str
) -> None:
    minute = 0
    counters = IngestCounters(connects=1)
    outages = Outages(state, counters, lambda: NOW + minute * MINUTE_MS)
    heard(state, numbers[0], 0)
    assert outages.told() is None
    minute, counters.disconnects = 1, 1
    assert outages.told() is None
    minute = 20
    assert outages.told() is None, "still away"
    counters.connects = 2
    heard(state, numbers[1], 20)
    sentence = outages.told()
    assert sentence is not None
    assert told in sentence
    assert outages.told() is None
