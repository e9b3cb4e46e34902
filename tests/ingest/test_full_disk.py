"""A disk that is really full, from the queue of uplinks to the stored readings: nothing is lost."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ingest.errors import JournalFull
from ingest.journal import Journal
from ingest.pipeline import Pipeline
from ingest.records import Raw
from storage.errors import StoreUnavailableError
from tests.ingest.fakes import T0, FakeFeed, FakeReadings, FakeSink, commune, own_uplink

TOTAL = 6000
BATCH = 50


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB, where we may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("did without a tiny disk: mounting a tmpfs needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


class Way:
    """A broker's queue, the journal, and the pipeline behind it on stores that can be switched off."""

    def __init__(self, folder: Path, segment_bytes: int) -> None:
        self.waiting = [Raw(T0 + number, *own_uplink(number)) for number in range(TOTAL)]
        self.journal = Journal(folder, segment_bytes=segment_bytes)
        self.readings = FakeReadings()
        registry = commune()
        self.pipeline = Pipeline(
            self.journal, self.readings, FakeFeed(), lambda: registry, FakeSink(), lambda: T0 + 10_000
        )

    def receive(self) -> None:
        """Acknowledge batch by batch what the journal takes; the rest stays with the broker. JournalFull."""
        while self.waiting:
            self.journal.append(self.waiting[:BATCH])
            del self.waiting[:BATCH]

    def store(self) -> None:
        """Deal with all the journal holds."""
        while self.pipeline.step():
            pass


@pytest.mark.parametrize("segment_bytes", [16_000, 16 << 20])
def test_a_store_that_is_down_until_the_disk_is_full_costs_nothing(
    tiny_disk: Path, segment_bytes: int
) -> None:
    way = Way(tiny_disk / "journal", segment_bytes)
    way.readings.down = True
    with pytest.raises(JournalFull):
        way.receive()
    taken = TOTAL - len(way.waiting)
    assert 500 < taken < TOTAL
    assert way.journal.lag_records == taken
    room = way.journal.room()
    assert room.urgent
    assert "the disk is the limit" in (room.warning() or "")
    with pytest.raises(StoreUnavailableError):
        way.pipeline.step()
    way.readings.down = False
    rounds = 0
    while way.waiting:
        way.store()
        with suppress(JournalFull):
            way.receive()
        rounds += 1
        assert rounds < 50, "the journal takes nothing although all of it is stored"
    way.store()
    assert len(way.readings.rows) == TOTAL
    assert way.journal.damaged_bytes == 0
    way.journal.close()


def test_what_it_held_when_the_power_went_on_a_full_disk_is_there_again(tiny_disk: Path) -> None:
    way = Way(tiny_disk / "journal", 16 << 20)
    with pytest.raises(JournalFull):
        way.receive()
    taken = TOTAL - len(way.waiting)
    way.store()
    way.journal.append(way.waiting[:BATCH])  # in the place of all that is stored
    way.journal.close()
    again = Journal(tiny_disk / "journal")
    assert again.lag_records == BATCH
    assert again.end.number == taken + BATCH
    again.close()
