"""Rain out of totals in the store: one set of rows, whatever order the totals came in."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.rain import COUNTER, RAIN
from devices.readings import Qc, Reading
from devices.sites import Calibration, Mounting, Registry
from ingest.rain_counters import RainCounters
from storage.sqlite.readings import SqliteReadings

START_MS = 1_795_421_700_000
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS

Row = tuple[str, str, int, float, int, float | None, int | None]


def total(minute: int, mm: float, site_id: str = "r1", channel: str = "1", qc: int = Qc.GOOD) -> Reading:
    """One total of a counter, received some seconds after it was read."""
    time_ms = START_MS + minute * MINUTE_MS
    return Reading(site_id, channel, COUNTER, time_ms, mm, qc, received_ms=time_ms + 2_000)


class Gauges:
    """A store, and the counters over it as the pipeline uses them."""

    def __init__(self, store: SqliteReadings, registry: Registry | None = None) -> None:
        self.store = store
        self.registry = registry
        self._counters = RainCounters(store, lambda: self.registry or Registry())

    def take(self, *totals: Reading) -> list[Reading]:
        """Write a batch and what follows from it."""
        self.store.write(totals)
        derived = self._counters.derive(totals)
        self.store.write(derived)
        return derived

    def rain(self) -> dict[int, tuple[float, int]]:
        """Rain and its quality by minute, of the one gauge."""
        return {
            (time_ms - START_MS) // MINUTE_MS: (value, qc) for _, _, time_ms, value, qc, _, _ in self.rows()
        }

    def rows(self) -> list[Row]:
        """All rain stored, but for when it became known."""
        page = self.store.page(
            site_id=None, channel=None, quantity=RAIN, from_ms=0, to_ms=2**62, limit=10_000, after=None
        )
        return [
            (one.site_id, one.channel, one.time_ms, one.value, one.qc, one.raw, one.seq)
            for one in page.readings
        ]


@pytest.fixture
def gauges(tmp_path: Path) -> Iterable[Gauges]:
    """Gauges over an empty store."""
    with closing(SqliteReadings(tmp_path / "readings.sqlite")) as store:
        yield Gauges(store)


def test_a_first_total_is_rain_since_nobody_knows_when(gauges: Gauges) -> None:
    assert gauges.take(total(0, 312.4)) == []


def test_what_fell_between_two_totals_is_stored_at_the_second_with_the_total_beside_it(
    gauges: Gauges,
) -> None:
    gauges.take(total(0, 312.4))
    (reading,) = gauges.take(total(10, 313.0))
    assert reading == Reading(
        "r1",
        "1",
        RAIN,
        START_MS + 10 * MINUTE_MS,
        0.6,
        Qc.GOOD,
        raw=313.0,
        seq=START_MS,
        received_ms=START_MS + 10 * MINUTE_MS + 2_000,
    )


def test_other_quantities_are_none_of_its_business(gauges: Gauges) -> None:
    assert gauges.take(total(0, 1.0)._replace(quantity="rain_mm")) == []


def test_no_rain_is_an_explicit_zero(gauges: Gauges) -> None:
    gauges.take(total(0, 5.0), total(10, 5.0))
    assert gauges.rain() == {10: (0.0, Qc.GOOD)}


def test_a_late_total_splits_the_interval_it_fell_into(gauges: Gauges) -> None:
    gauges.take(total(0, 5.0), total(20, 6.0))
    assert gauges.rain() == {20: (1.0, Qc.GOOD)}
    gauges.take(total(10, 5.8))
    assert gauges.rain() == {10: (0.8, Qc.GOOD), 20: (0.2, Qc.GOOD)}


def test_a_late_total_that_turns_rain_into_none_is_believed(gauges: Gauges) -> None:
    gauges.take(total(0, 5.0), total(20, 6.0))
    gauges.take(total(10, 6.0))
    assert gauges.rain() == {10: (1.0, Qc.GOOD), 20: (0.0, Qc.GOOD)}


def test_a_corrected_increment_became_known_with_the_late_total(gauges: Gauges) -> None:
    gauges.take(total(0, 5.0), total(20, 6.0))
    late = total(10, 5.8)._replace(received_ms=START_MS + 90 * MINUTE_MS)
    assert [one.received_ms for one in gauges.take(late)] == [late.received_ms] * 2


def test_each_channel_of_each_site_is_a_counter_of_its_own(gauges: Gauges) -> None:
    gauges.take(total(0, 5.0), total(0, 700.0, channel="2"), total(0, 90.0, "r2"))
    derived = gauges.take(total(10, 5.2), total(10, 700.6, channel="2"), total(10, 91.0, "r2"))
    assert [(one.site_id, one.channel, one.value) for one in derived] == [
        ("r1", "1", 0.2),
        ("r1", "2", 0.6),
        ("r2", "1", 1.0),
    ]


def test_a_total_that_failed_is_neither_beginning_nor_end(gauges: Gauges) -> None:
    gauges.take(total(0, 5.0), total(10, -1.0, qc=Qc.FAIL), total(20, 5.4))
    assert gauges.rain() == {20: (0.4, Qc.GOOD)}


def test_doubt_about_a_total_is_doubt_about_the_rain_on_both_sides(gauges: Gauges) -> None:
    gauges.take(total(0, 5.0), total(10, 5.2, qc=Qc.SUSPECT), total(20, 5.4), total(30, 5.4))
    assert [qc for _, qc in gauges.rain().values()] == [Qc.SUSPECT, Qc.SUSPECT, Qc.GOOD]


def test_a_gauge_silent_for_days_is_still_counted_and_one_silent_for_weeks_begins_anew(
    gauges: Gauges,
) -> None:
    day = DAY_MS // MINUTE_MS
    gauges.take(total(0, 5.0))
    gauges.take(total(3 * day, 45.0))
    assert gauges.take(total(20 * day, 80.0)) == []
    assert gauges.rain() == {3 * day: (40.0, Qc.SUSPECT)}


def test_backfill_of_weeks_beside_a_live_total_is_counted_in_one_go(gauges: Gauges) -> None:
    day = DAY_MS // MINUTE_MS
    gauges.take(*(total(step * day, step / 5) for step in range(20)), total(30 * day, 90.0))
    assert set(gauges.rain()) == {step * day for step in range(1, 20)}


def test_another_device_on_the_channel_begins_anew_where_the_registry_tells_of_it(gauges: Gauges) -> None:
    swapped_ms = START_MS + 15 * MINUTE_MS
    old = Mounting("old", "r1", to_ms=swapped_ms)
    new = Mounting("new", "r1", from_ms=swapped_ms)
    gauges.registry = Registry(mountings={"old": (old,), "new": (new,)})
    gauges.take(total(0, 30.0), total(10, 30.2), total(20, 35.0), total(30, 35.4))
    assert gauges.rain() == {10: (0.2, Qc.GOOD), 30: (0.4, Qc.GOOD)}


def test_another_device_nobody_told_of_gives_no_rain_of_metres(gauges: Gauges) -> None:
    gauges.take(total(0, 30.0), total(10, 3010.0), total(20, 3010.2))
    assert gauges.rain() == {10: (0.0, Qc.FAIL), 20: (0.2, Qc.GOOD)}


def test_a_new_geometry_of_the_same_device_is_the_same_counter(gauges: Gauges) -> None:
    moved_ms = START_MS + 5 * MINUTE_MS
    mountings = (Mounting("one", "r1", to_ms=moved_ms), Mounting("one", "r1", from_ms=moved_ms))
    gauges.registry = Registry(mountings={"one": mountings})
    gauges.take(total(0, 30.0), total(10, 30.2))
    assert gauges.rain() == {10: (0.2, Qc.GOOD)}


def test_a_calibrated_bucket_scales_the_rain_and_leaves_the_counter(gauges: Gauges) -> None:
    calibration = Calibration(START_MS + 15 * MINUTE_MS, RAIN, scale=1.5)
    gauges.registry = Registry(mountings={"one": (Mounting("one", "r1", calibrations=(calibration,)),)})
    gauges.take(total(0, 30.0), total(10, 30.2), total(20, 30.4))
    assert [(value, raw) for _, _, _, value, _, raw, _ in gauges.rows()] == [
        (0.2, 30.2),
        (pytest.approx(0.3), 30.4),
    ]


TOTALS = st.lists(
    st.tuples(
        st.sampled_from(["r1", "r2"]),
        st.integers(0, 40) | st.integers(0, 30 * 24 * 60),
        st.integers(0, 4_000).map(lambda tips: tips / 5) | st.floats(0, 1e5).map(lambda mm: round(mm, 1)),
        st.sampled_from([Qc.GOOD, Qc.GOOD, Qc.SUSPECT, Qc.FAIL]),
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda one: one[:2],
).map(lambda rows: [total(minute, mm, site_id, qc=qc) for site_id, minute, mm, qc in rows])


def rows_after(batches: Sequence[Sequence[Reading]]) -> list[Row]:
    """What is stored when totals come in these batches."""
    with TemporaryDirectory() as folder, closing(SqliteReadings(Path(folder) / "readings.sqlite")) as store:
        gauges = Gauges(store)
        for batch in batches:
            gauges.take(*batch)
        return gauges.rows()


@settings(max_examples=40, deadline=None)
@given(totals=TOTALS, data=st.data())
def test_totals_shuffled_repeated_and_in_other_batches_end_in_the_same_rows(
    totals: list[Reading], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(totals), max_size=5))
    mixed = data.draw(st.permutations([*totals, *again]))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(mixed)), max_size=4)))
    batches = [mixed[start:end] for start, end in zip([0, *cuts], [*cuts, len(mixed)], strict=True)]
    in_order = sorted(totals, key=lambda one: one.time_ms)
    assert rows_after(batches) == rows_after([[one] for one in in_order])
