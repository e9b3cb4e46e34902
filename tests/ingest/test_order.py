"""The order of arrival leaves no trace: a shuffled, repeated, late stream ends in the same store."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.commune import chirpstack
from devices.sites import Device, Geometry, Mounting, Registry, Site, SiteKind
from ingest.journal import Journal
from ingest.pipeline import Pipeline
from ingest.records import Raw
from storage.sqlite.readings import SqliteReadings
from tests.ingest.fakes import T0, FakeFeed, FakeSink

STEP_MS = 600_000
EUI = "24e124713b490001"
FOREVER_MS = 2**60
Message = tuple[str, bytes]


def commune(*, village: str = "bat-trang") -> Registry:
    """A drain, a rain gauge and a bin."""
    seen_from = Geometry(mount_height_mm=2500, full_distance_mm=300)
    sites = [
        Site("D1", SiteKind.DRAIN, village_id=village),
        Site("R1", SiteKind.RAIN_GAUGE, village_id=village),
        Site("T1", SiteKind.WASTE_POINT, village_id=village),
    ]
    return Registry(
        sites={site.id: site for site in sites},
        devices={"drain": Device("drain"), "rain": Device("rain"), EUI: Device(EUI, "milesight/em310-udl")},
        mountings={
            "drain": (Mounting("drain", "D1"),),
            "rain": (Mounting("rain", "R1"),),
            EUI: (Mounting(EUI, "T1", geometry=seen_from),),
        },
    )


def day() -> list[Message]:
    """A day of all three: levels, a counter of rain that starts again at noon, and fills by ChirpStack."""
    messages: list[Message] = []
    for number in range(144):
        time_ms = T0 + number * STEP_MS
        total_mm = (number if number < 72 else number - 72) * 0.2
        level = f'{{"ts": {time_ms}, "seq": {number}, "readings": {{"water_level_m": {number % 17 / 10}}}}}'
        rain = f'{{"ts": {time_ms}, "seq": {number}, "readings": {{"rain_total_mm": {total_mm:.1f}}}}}'
        messages += [
            ("kenh/v1/drain/up", level.encode()),
            ("kenh/v1/rain/up", rain.encode()),
            chirpstack(500 * number + 1, time_ms),
        ]
    return messages


def disturbed(messages: Sequence[Message], seed: int) -> list[Message]:
    """The same messages with every tenth twice, a third hours late, and neighbours exchanged."""
    chance = random.Random(seed)
    places: list[tuple[float, Message]] = []
    for number, message in enumerate(messages):
        late = chance.uniform(0, 200) if chance.random() < 0.3 else chance.uniform(0, 4)
        places.append((number + late, message))
        if chance.random() < 0.1:
            places.append((number + late + chance.uniform(0, 50), message))
    return [message for _, message in sorted(places, key=lambda placed: placed[0])]


def exported(folder: Path, messages: Sequence[Message], batch: int, registry: Registry | None = None) -> str:
    """Everything stored after these messages, as lines of text in order of time, site and quantity."""
    journal = Journal(folder / "journal")
    readings = SqliteReadings(folder / "readings.db")
    try:
        commune_now = registry or commune()
        pipeline = Pipeline(
            journal,
            readings,
            FakeFeed(),
            lambda: commune_now,
            FakeSink(),
            lambda: T0 + 300 * STEP_MS,
            batch_records=batch,
        )
        journal.append([Raw(T0 + 300 * STEP_MS, topic, body) for topic, body in messages])
        while pipeline.step():
            pass
        return lines(readings)
    finally:
        readings.close()
        journal.close()


def lines(readings: SqliteReadings) -> str:
    page = readings.page(
        site_id=None, channel=None, quantity=None, from_ms=0, to_ms=FOREVER_MS, limit=10_000, after=None
    )
    return "\n".join(
        f"{one.site_id},{one.channel},{one.time_ms},{one.quantity},{one.value!r},{one.qc}"
        for one in page.readings
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_shuffled_repeated_late_stream_leaves_the_same_store(tmp_path: Path, seed: int) -> None:
    ordered = exported(tmp_path / "ordered", day(), batch=1000)
    late = exported(tmp_path / "late", disturbed(day(), seed), batch=(1, 7, 50, 1000)[seed])
    assert late == ordered
    assert ordered.count("rain_mm") == 143
    assert ordered.count("fill_pct") == ordered.count("water_level_m") == 144


def test_a_site_moved_to_another_village_gets_no_second_series_from_a_replay(tmp_path: Path) -> None:
    before = exported(tmp_path, day(), batch=100)
    after = exported(tmp_path, day(), batch=100, registry=commune(village="da-ton"))
    assert after == before
