"""`kenh replay`: what was refused or unknown becomes readings once somebody has put it right."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.commune import chirpstack
from desk.uplinks import UplinkBook
from devices.readings import SeriesKey
from devices.sites import Device, Geometry, Mounting, Site, SiteKind
from ingest.counters import IngestCounters
from ingest.journal import Journal
from ingest.pipeline import Pipeline
from ingest.records import Raw
from kenh.cli import cli
from kenh.ingest_sink import StateSink
from kenh.times import since_ms
from storage.sqlite.feed import SqliteFeed
from storage.sqlite.readings import SqliteReadings
from storage.state import State, sqlite_url

NOW = 1_795_421_702_000
EUI = "24e124713b490001"
FILL = SeriesKey("T1", "1", "fill_pct")


class House:
    """A data folder, and what ingest does with it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.state = State(sqlite_url(data / "state.db"))
        self.state.migrate()
        self.save(Device(EUI))

    def save(self, *devices: Device) -> None:
        seen_from = Geometry(mount_height_mm=2500, full_distance_mm=300)
        with self.state.transaction() as tx:
            tx.registry.save_sites([Site("T1", SiteKind.WASTE_POINT)])
            tx.registry.save_devices(devices, [Mounting(one.id, "T1", geometry=seen_from) for one in devices])

    def ingest(self, *messages: tuple[str, bytes]) -> None:
        journal = Journal(self.data / "journal")
        readings, feed = SqliteReadings(self.data / "readings.db"), SqliteFeed(self.data / "readings.db")
        with self.state.snapshot() as tx:
            registry = tx.registry.load()
        sink = StateSink(UplinkBook(self.state))
        pipeline = Pipeline(
            journal, readings, feed, lambda: registry, sink, lambda: NOW, counters=IngestCounters()
        )
        journal.append([Raw(NOW, *message) for message in messages])
        while pipeline.step():
            pass
        for one in (journal, readings, feed):
            one.close()

    def replay(self, *arguments: str) -> dict[str, int]:
        told = CliRunner().invoke(cli, ["replay", "--data", str(self.data), *arguments])
        assert told.exit_code == 0, told.output
        counts: dict[str, int] = json.loads(told.stdout.splitlines()[-1])
        return counts

    def stored(self) -> int:
        readings = SqliteReadings(self.data / "readings.db")
        (column,) = readings.range([FILL], 0, 2**60)
        readings.close()
        return len(column.time_ms)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.state.close()


def uplinks(count: int, first: int = 1) -> list[tuple[str, bytes]]:
    return [chirpstack(500 * number + 1, NOW - 600_000 * number) for number in range(first, first + count)]


def test_what_had_no_codec_is_stored_once_the_model_is_set_and_leaves_the_rejects(house: House) -> None:
    house.ingest(*uplinks(3), ("kenh/v1/other/up", b"no json"))
    assert house.stored() == 0
    house.save(Device(EUI, "milesight/em310-udl"))
    told = house.replay("--rejected")
    assert (told["records"], told["no_longer_rejected"], told["rejected"]) == (4, 3, 1)
    assert house.stored() == 3
    with house.state.snapshot() as tx:
        assert tx.rejects.count_by_reason() == {"not_json": 1}


def test_uplinks_of_a_device_adopted_since_become_readings(house: House) -> None:
    stranger = chirpstack(2, NOW - 5_000)
    house.ingest(stranger)
    assert house.replay()["of_unknown_devices"] == 1
    house.save(Device("24e124713b490002", "milesight/em310-udl"))
    assert house.replay()["of_unknown_devices"] == 0
    assert house.stored() == 1


def test_a_second_replay_changes_nothing(house: House) -> None:
    house.save(Device(EUI, "milesight/em310-udl"))
    house.ingest(*uplinks(5))
    assert house.replay() == house.replay()
    assert house.stored() == 5


def test_since_keeps_what_was_received_after_it(house: House) -> None:
    house.save(Device(EUI, "milesight/em310-udl"))
    house.ingest(*uplinks(5))
    assert house.replay("--since", "2099-01-01T00:00:00Z")["records"] == 0


def test_a_codec_mended_in_the_folder_reads_what_it_could_not(house: House) -> None:
    house.save(Device(EUI, "acme/bin"))
    house.ingest(*uplinks(2))
    folder = house.data / "codecs" / "acme"
    folder.mkdir(parents=True)
    (folder / "bin.js").write_text("function Decoder(b) { return { distance: b[5] | b[6] << 8 }; }")
    (folder / "bin.yaml").write_text(
        "uplinkDecoder:\n  fileName: bin.js\n  examples:\n"
        "    - {input: {fPort: 85, bytes: [1, 117, 92, 3, 130, 68, 8]}, output: {data: {distance: 2116}}}\n"
    )
    assert house.replay("--rejected")["no_longer_rejected"] == 2
    assert house.stored() == 2


@pytest.mark.parametrize(("text", "ms"), [("2h", NOW - 7_200_000), ("2026-11-23T08:15:02+00:00", NOW)])
def test_times_are_given_as_people_say_them(text: str, ms: int) -> None:
    assert since_ms(text, NOW) == ms


@pytest.mark.parametrize("text", ["yesterday", "2026-11-23T08:15:02", ""])
def test_what_is_no_time_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="no time"):
        since_ms(text, NOW)
