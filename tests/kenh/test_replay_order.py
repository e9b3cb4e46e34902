"""What a replay must leave alone: series, readings, and the keys they stand under."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from devices.sites import Device, Site, SiteKind, Village
from ingest.journal import Journal
from ingest.records import Raw
from kenh.times import rfc3339
from storage.sqlite.readings import SqliteReadings
from tests.kenh.test_replay import EUI, NOW, House, uplinks

MODEL = "milesight/em310-udl"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    made.save(Device(EUI, MODEL))
    yield made
    made.state.close()


def everything(house: House) -> list[object]:
    """Every reading of every series, as it is stored."""
    readings = SqliteReadings(house.data / "readings.db")
    page = readings.page(
        site_id=None, channel=None, quantity=None, from_ms=0, to_ms=2**60, limit=1000, after=None
    )
    readings.close()
    return list(page.readings)


def test_a_site_moved_to_another_village_has_no_second_series_after_a_replay(house: House) -> None:
    house.ingest(*uplinks(5))
    before = everything(house)
    moved = Site("T1", SiteKind.WASTE_POINT, village_id="thon-2")
    with house.state.transaction() as tx:
        tx.registry.save_sites([moved], [Village("thon-2", "Thôn 2", "")])
        assert tx.registry.load().sites["T1"] == replace(moved)
    house.replay()
    assert everything(house) == before
    assert before


def test_replaying_twice_leaves_the_readings_as_they_were_byte_for_byte(house: House) -> None:
    house.ingest(*uplinks(5), ("kenh/v1/other/up", b"no json"))
    before = everything(house)
    with house.state.snapshot() as tx:
        refused = tx.rejects.page()[0]
    house.replay()
    house.replay()
    assert everything(house) == before
    with house.state.snapshot() as tx:
        assert tx.rejects.page()[0] == refused


def test_a_replay_of_the_refused_leaves_what_is_still_refused_as_it_was(house: House) -> None:
    house.ingest(("kenh/v1/other/up", b"no json"), ("kenh/v1/other/up", b"\xff"))
    with house.state.snapshot() as tx:
        refused = tx.rejects.page()[0]
    assert house.replay("--rejected")["no_longer_rejected"] == 0
    with house.state.snapshot() as tx:
        assert tx.rejects.page()[0] == refused


def test_a_copy_delivered_again_after_since_does_not_become_a_second_reading(house: House) -> None:
    house.save(Device("own1"))
    message = ("kenh/v1/own1/up", b'{"seq": 1, "readings": {"battery_pct": 50}}')
    house.ingest(message)
    journal = Journal(house.data / "journal")
    journal.append([Raw(NOW + 60_000, *message, duplicate=True)])
    journal.close()
    before = everything(house)
    house.replay("--since", rfc3339(NOW + 30_000))
    assert everything(house) == before
