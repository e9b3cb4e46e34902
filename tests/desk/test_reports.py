"""What people read and see becomes readings, with their source, and reaches the watch."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from desk.errors import NotFoundError, UnusableError
from desk.reports import Report, Source, report
from devices.readings import Reading
from devices.sites import Site, SiteKind
from dispatch.orders import Event
from storage.sqlite.feed import SqliteFeed
from storage.sqlite.readings import SqliteReadings
from storage.state import State
from tests.desk.commune import MINUTE, NOW, desk_in

WHO = "user:abc"
STREET = Report("G08", "depth_over_street_m", 0.2, Source.PATROL, reference="photo 12", note="ngập 20 cm")


@dataclass(slots=True)
class House:
    """The state with its stores."""

    state: State
    readings: SqliteReadings
    feed: SqliteFeed

    def report(self, said: Report, now_ms: int = NOW) -> Reading:
        """Say it."""
        return report(self.state, self.readings, self.feed, said, now_ms, WHO)

    def stored(self) -> tuple[Reading, ...]:
        """Everything in the store."""
        return self.readings.page(
            site_id=None,
            channel=None,
            quantity=None,
            from_ms=0,
            to_ms=NOW + 1,
            limit=100,
            after=None,
        ).readings

    def events(self) -> list[Event]:
        """The log."""
        with self.state.snapshot() as tx:
            return [event for _, event in tx.events.after(0, 100)]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    state = desk_in(tmp_path).state
    with state.transaction() as tx:
        tx.registry.save_sites([Site("G08", SiteKind.DRAIN, invert_m=7.4, ground_m=9.0)])
    made = House(state, SqliteReadings(tmp_path / "readings.db"), SqliteFeed(tmp_path / "readings.db"))
    yield made
    made.feed.close()
    made.readings.close()
    state.close()


def test_a_staff_gauge_is_stored_with_its_source_and_reaches_the_feed(house: House) -> None:
    said = Report("G07", "water_level_m", 0.42, Source.STAFF_GAUGE, time_ms=NOW - MINUTE)
    reading = house.report(said)
    expected = Reading("G07", "1", "water_level_m", NOW - MINUTE, 0.42, received_ms=NOW, source="staff_gauge")
    assert reading == expected
    assert house.stored() == (expected,)
    ((_, block),) = house.feed.read(0, 10)
    assert block.value.tolist() == [0.42]


def test_water_over_the_street_becomes_a_level_and_what_was_said_is_kept(house: House) -> None:
    reading = house.report(STREET)
    assert (reading.quantity, reading.raw) == ("water_level_m", 0.2)
    assert reading.value == pytest.approx(1.8)


def test_the_log_says_who_reported_what(house: House) -> None:
    house.report(STREET)
    (event,) = house.events()
    assert (event.what, event.actor, event.site_id) == ("reading_reported", WHO, "G08")
    assert event.data["quantity"] == "depth_over_street_m"
    assert event.data["reference"] == "photo 12"


def test_reporting_twice_stores_one_reading(house: House) -> None:
    house.report(STREET)
    house.report(STREET)
    assert len(house.stored()) == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (replace(STREET, site_id="G07"), "ground_m and invert_m missing"),
        (replace(STREET, value=20.0), "0.2 for 20 cm"),
        (replace(STREET, value=float("nan")), "no number"),
        (replace(STREET, quantity="fill_pct", value=50.0), "means nothing at G08"),
        (replace(STREET, quantity="pm2_5_ug_m3"), "cannot be reported"),
        (replace(STREET, quantity="water_level_m", value=99.0), "outside what is possible"),
        (replace(STREET, channel="a b"), "no channel"),
        (replace(STREET, time_ms=NOW + 1), "future"),
        (replace(STREET, time_ms=NOW - 8 * 86_400_000), "7 days"),
        (Report("D15", "fill_pct", 130.0, Source.BY_EYE), "outside what is possible"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_is_missing(house: House, said: Report, why: str) -> None:
    with pytest.raises(UnusableError, match=why):
        house.report(said)
    assert house.stored() == ()
    assert house.events() == []


def test_a_report_about_no_site_is_refused(house: House) -> None:
    with pytest.raises(NotFoundError):
        house.report(replace(STREET, site_id="G99"))
