"""What devices are missing and gateways hear, told from frames in a real state."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.frames import GatewayFrames, completeness_of, gateway_frames, in_words, missing_since
from desk.uplinks import UplinkBook
from devices.frames import Frame
from storage.state import State, sqlite_url

NOW = 1_795_421_702_000
MINUTE = 60_000
HOUR = 60 * MINUTE


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State(sqlite_url(tmp_path / "state.db"))
    opened.migrate()
    yield opened
    opened.close()


def heard(state: State, device: str, numbers: range, *, gateways: tuple[str, ...] = ("g1",)) -> None:
    """Frames of a device that sends one every ten minutes; number 1000 is sent now."""
    at = {number: NOW + (number - 1000) * 10 * MINUTE for number in numbers}
    UplinkBook(state).framed([Frame(device, "aa", n, gateways, at[n]) for n in numbers])


def test_each_device_is_told_by_itself_and_silent_ones_are_not_listed(state: State) -> None:
    heard(state, "d1", range(900, 1000))
    heard(state, "d2", range(900, 950))
    heard(state, "d2", range(952, 1000))
    told = dict(completeness_of(state, None, NOW - 24 * HOUR))
    assert {device: one.missing for device, one in told.items()} == {"d1": (), "d2": ((950, 951),)}
    assert completeness_of(state, ["d2", "unheard"], NOW - 24 * HOUR) == [("d2", told["d2"])]


def test_after_an_outage_each_device_says_what_it_is_missing(state: State) -> None:
    lost_ms = NOW - 2 * HOUR - MINUTE
    heard(state, "d1", range(900, 988))
    heard(state, "d1", range(992, 1000))  # 988 is the first sent after the connection was lost
    heard(state, "d2", range(900, 1000))
    heard(state, "d3", range(900, 988))  # silent since: nobody knows yet
    assert missing_since(state, lost_ms) == [("d1", ((988, 991),))]


def test_an_outage_at_the_edge_of_a_block_is_still_seen(state: State) -> None:
    heard(state, "d1", range(900, 992))  # 31 * 32: the block ends here, long before
    heard(state, "d1", range(997, 1000))
    assert missing_since(state, NOW - HOUR) == [("d1", ((992, 996),))]


def test_gaps_of_earlier_days_are_not_laid_at_the_outages_door(state: State) -> None:
    heard(state, "d1", range(800, 850))
    heard(state, "d1", range(860, 1000))
    assert missing_since(state, NOW - HOUR) == []


def test_a_gateways_share_is_of_all_that_came_by_radio(state: State) -> None:
    heard(state, "d1", range(960, 990), gateways=("g1", "g2"))
    heard(state, "d2", range(960, 970), gateways=("g2",))
    heard(state, "own", range(960, 1000), gateways=())
    assert gateway_frames(state, NOW - 24 * HOUR) == {
        "g1": GatewayFrames(1, 30, 0.75),
        "g2": GatewayFrames(2, 40, 1.0),
    }
    assert gateway_frames(state, NOW + HOUR) == {}


def test_ranges_are_written_as_people_write_them() -> None:
    assert in_words([(1834, 1836), (1900, 1900)]) == ["1834-1836", "1900"]
