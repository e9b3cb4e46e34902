"""What every readings store must do. A store's own tests inherit `Conformance` and say how to open it."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.readings import Qc, Reading, SeriesKey, supersedes
from storage.protocols import Page, ReadingsStore

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

#: 1 June 2026, 00:00 in Vietnam.
MIDNIGHT = 1_780_246_800_000

#: Opens one and the same store each time it is called, in any process: it must survive pickling.
Opener = Callable[[], ReadingsStore]

_fresh = count()


def level(time_ms: int, value: float = 0.5, site: str = "g07", seq: int | None = None) -> Reading:
    """A water level, as most of these tests need one."""
    return Reading(site, "1", "water_level_m", time_ms, value, received_ms=time_ms + 2000, seq=seq)


def key(site: str = "g07") -> SeriesKey:
    return SeriesKey(site, "1", "water_level_m")


def page(
    store: ReadingsStore, limit: int, after: tuple[int, str, str, str] | None = None, **wanted: str
) -> Page:
    return store.page(
        site_id=wanted.get("site_id"),
        channel=wanted.get("channel"),
        quantity=wanted.get("quantity"),
        from_ms=0,
        to_ms=MIDNIGHT * 2,
        limit=limit,
        after=after,
    )


def all_pages(store: ReadingsStore, limit: int, **wanted: str) -> list[Reading]:
    found: list[Reading] = []
    after = None
    while True:
        part = page(store, limit, after, **wanted)
        assert len(part.readings) <= limit
        found += part.readings
        after = part.next_after
        if after is None:
            return found


def contents(store: ReadingsStore, site: str) -> dict[int, tuple[float, int]]:
    (column,) = store.range([key(site)], -(2**70), 2**70)
    return {
        int(t): (float(v), int(q)) for t, v, q in zip(column.time_ms, column.value, column.qc, strict=True)
    }


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[Reading], list[Reading]]:
    """Readings with many meetings under one key, in two orders of arrival."""
    values = st.sampled_from([0.0, 0.25, -1.5, 3.0])
    numbers = st.none() | st.integers(0, 3)
    drawn = st.tuples(st.integers(0, 4), values, numbers)
    readings = [
        # Equal under the rule means equal: the rule says nothing about what else differs.
        level(time, value, seq=seq)._replace(qc=Qc.GOOD if value > 0 else Qc.SUSPECT)
        for time, value, seq in draw(st.lists(drawn, max_size=12))
    ]
    return readings, draw(st.permutations(readings))


class Conformance:
    """Inherit, and give a fixture `opener`."""

    @pytest.fixture
    def opener(self) -> Opener:
        raise NotImplementedError

    @pytest.fixture
    def store(self, opener: Opener) -> Iterator[ReadingsStore]:
        store = opener()
        yield store
        store.close()

    def test_what_is_written_can_be_read_back_whole(self, store: ReadingsStore) -> None:
        reading = Reading(
            "g07", "2", "fill_pct", MIDNIGHT, 68.5, Qc.SUSPECT, 843.0, 17, MIDNIGHT + 5, "phone"
        )
        assert store.write([reading]).accepted == 1
        assert page(store, 10).readings == (reading,)

    def test_unknown_is_not_zero(self, store: ReadingsStore) -> None:
        store.write([level(MIDNIGHT, 0.0)._replace(raw=None, seq=None), level(MIDNIGHT, 0.0, "g08", seq=0)])
        assert [(reading.raw, reading.seq) for reading in page(store, 10).readings] == [
            (None, None),
            (None, 0),
        ]

    def test_writing_twice_changes_nothing(self, store: ReadingsStore) -> None:
        batch = [level(MIDNIGHT + step * MINUTE, step / 10) for step in range(20)]
        store.write(batch)
        before = page(store, 100), store.latest()
        assert store.write(batch).accepted == 20
        assert (page(store, 100), store.latest()) == before

    def test_an_empty_batch_is_fine(self, store: ReadingsStore) -> None:
        assert store.write([]).accepted == 0
        assert store.latest() == []

    def test_a_value_that_is_no_number_is_refused_and_the_rest_taken(self, store: ReadingsStore) -> None:
        batch = [level(1), level(2, float("nan")), level(3, float("inf")), level(4), level(2**63)]
        result = store.write(batch)
        assert result.accepted == 2
        assert result.rejected == ((1, "not_finite"), (2, "not_finite"), (4, "out_of_range"))
        assert list(contents(store, "g07")) == [1, 4]

    def test_intervals_are_half_open(self, store: ReadingsStore) -> None:
        store.write([level(100), level(200), level(300)])
        (column,) = store.range([key()], 100, 300)
        assert column.time_ms.tolist() == [100, 200]
        (empty,) = store.range([key()], 100, 100)
        assert len(empty.time_ms) == 0

    def test_columns_come_in_the_order_asked_for_with_their_types(self, store: ReadingsStore) -> None:
        store.write([level(300, 3.0), level(100, 1.0), level(200, 2.0, "g08")])
        unknown, first, second = store.range([key("nowhere"), key("g08"), key("g07")], 0, 1000)
        assert (unknown.key, len(unknown.value)) == (key("nowhere"), 0)
        assert (first.key, first.value.tolist()) == (key("g08"), [2.0])
        assert (second.time_ms.tolist(), second.value.tolist()) == ([100, 300], [1.0, 3.0])
        for column in (unknown, first):
            types = [str(array.dtype) for array in (column.time_ms, column.value, column.qc)]
            assert types == ["int64", "float64", "uint8"]

    def test_a_limit_gives_the_oldest_of_each_series(self, store: ReadingsStore) -> None:
        store.write([level(time, site=site) for time in (3, 1, 2) for site in ("g07", "g08")])
        columns = store.range([key("g07"), key("g08")], 0, 10, limit=2)
        assert [column.time_ms.tolist() for column in columns] == [[1, 2], [1, 2]]

    def test_latest_goes_by_the_time_it_was_measured_not_by_arrival(self, store: ReadingsStore) -> None:
        store.write([level(300, 3.0)])
        store.write([level(100, 1.0), level(200, 2.0)])
        (latest,) = store.latest()
        assert (latest.key, latest.time_ms, latest.value, latest.qc) == (key(), 300, 3.0, Qc.GOOD)
        assert latest.received_ms == 2300

    def test_latest_follows_a_correction_of_the_same_time(self, store: ReadingsStore) -> None:
        store.write([level(300, 3.0, seq=1)])
        store.write([level(300, 1.0, seq=2)])
        store.write([level(300, 9.0, seq=1)])
        assert [latest.value for latest in store.latest()] == [1.0]

    def test_latest_can_be_asked_of_some_sites(self, store: ReadingsStore) -> None:
        store.write([level(1, site=site) for site in ("a", "b", "c")])
        assert [latest.key.site_id for latest in store.latest(["c", "a", "nowhere", "a"])] == ["a", "c"]
        assert store.latest([]) == []
        assert len(store.latest()) == 3

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    @given(orders=arrivals(), cut=st.integers(0, 12))
    def test_the_order_of_arrival_never_matters(
        self, store: ReadingsStore, orders: tuple[list[Reading], list[Reading]], cut: int
    ) -> None:
        expected: dict[int, Reading] = {}
        for reading in orders[0]:
            if reading.time_ms not in expected or supersedes(reading, expected[reading.time_ms]):
                expected[reading.time_ms] = reading
        for order in orders:
            site = f"site-{next(_fresh)}"
            here = [reading._replace(site_id=site) for reading in order]
            store.write(here[:cut])
            store.write(here[cut:])
            assert contents(store, site) == {
                time: (reading.value, reading.qc) for time, reading in expected.items()
            }
            newest = [expected[max(expected)]] if expected else []
            assert [(one.time_ms, one.value) for one in store.latest([site])] == [
                (one.time_ms, one.value) for one in newest
            ]

    def test_pages_are_in_order_of_time_then_key(self, store: ReadingsStore) -> None:
        batch = [
            Reading(site, channel, quantity, MIDNIGHT + time, 1.0)
            for time in (5, 0)
            for site in ("b", "a")
            for channel in ("2", "1")
            for quantity in ("tilt", "fill_pct")
        ]
        store.write(batch)
        expected = sorted(batch, key=lambda one: (one.time_ms, *one.key))
        assert list(page(store, 100).readings) == expected

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 16, 17, 1000])
    def test_pages_resume_without_gap_or_repeat(self, store: ReadingsStore, limit: int) -> None:
        times = [0, 1, 1000, HOUR, 30 * DAY, 30 * DAY + 1, 400 * DAY]
        batch = [level(1000 + time, site=site) for time in times for site in ("a", "b", "c")]
        store.write(batch)
        expected = sorted(batch, key=lambda one: (one.time_ms, one.site_id))
        assert all_pages(store, limit) == expected
        assert all_pages(store, limit, site_id="b") == [one for one in expected if one.site_id == "b"]

    def test_a_page_that_holds_everything_says_so(self, store: ReadingsStore) -> None:
        store.write([level(1), level(2)])
        assert page(store, 2).next_after is None
        assert page(store, 1).next_after == (1, "g07", "1", "water_level_m")
        assert page(store, 5, site_id="nowhere") == Page((), None)

    def test_a_late_reading_behind_the_cursor_does_not_disturb_the_next_page(
        self, store: ReadingsStore
    ) -> None:
        store.write([level(10), level(20), level(30)])
        first = page(store, 2)
        store.write([level(15)])
        assert [one.time_ms for one in page(store, 2, first.next_after).readings] == [30]

    def test_a_page_keeps_to_channel_and_quantity_and_interval(self, store: ReadingsStore) -> None:
        store.write(
            [Reading("a", c, q, t, 1.0) for c in "12" for q in ("tilt", "fill_pct") for t in (1, 2, 3)]
        )
        found = store.page(site_id="a", channel="2", quantity="tilt", from_ms=2, to_ms=3, limit=9, after=None)
        assert [(one.channel, one.quantity, one.time_ms) for one in found.readings] == [("2", "tilt", 2)]

    def test_days_begin_at_midnight_in_vietnam(self, store: ReadingsStore) -> None:
        store.write([level(MIDNIGHT - 1, 1.0), level(MIDNIGHT, 2.0), level(MIDNIGHT + DAY - 1, 4.0)])
        (days,) = store.aggregate([key()], 0, MIDNIGHT * 2, DAY, "Asia/Ho_Chi_Minh")
        assert days.key == key()
        assert days.start_ms.tolist() == [MIDNIGHT - DAY, MIDNIGHT]
        assert days.count.tolist() == [1, 2]
        assert days.mean.tolist() == [1.0, 3.0]
        assert (days.minimum[1], days.maximum[1], days.last[1]) == (2.0, 4.0, 4.0)

    def test_days_elsewhere_begin_elsewhere(self, store: ReadingsStore) -> None:
        store.write([level(MIDNIGHT - 1), level(MIDNIGHT)])
        (days,) = store.aggregate([key()], 0, MIDNIGHT * 2, DAY, "UTC")
        assert days.count.tolist() == [2]

    def test_hours_and_failed_readings(self, store: ReadingsStore) -> None:
        failed = level(MIDNIGHT + MINUTE, 99.0)._replace(qc=Qc.FAIL)
        only_failed = level(MIDNIGHT + HOUR, 99.0)._replace(qc=Qc.FAIL)
        store.write([level(MIDNIGHT, 1.0), failed, only_failed, level(MIDNIGHT + 3 * HOUR, 5.0)])
        (hours,) = store.aggregate([key()], 0, MIDNIGHT * 2, HOUR, "Asia/Ho_Chi_Minh")
        assert hours.start_ms.tolist() == [MIDNIGHT, MIDNIGHT + 3 * HOUR]
        assert hours.mean.tolist() == [1.0, 5.0]

    def test_a_series_that_is_not_there_has_no_steps(self, store: ReadingsStore) -> None:
        (steps,) = store.aggregate([key("nowhere")], 0, MIDNIGHT, DAY, "Asia/Ho_Chi_Minh")
        assert len(steps.start_ms) == len(steps.mean) == 0

    def test_series_are_those_that_have_readings(self, store: ReadingsStore) -> None:
        store.write([level(1, site="b"), level(1, site="a"), level(1, site="c")])
        store.delete([key("c")], 0, 10)
        assert store.series() == [key("a"), key("b")]
        assert store.series("b") == [key("b")]
        assert store.series("nowhere") == []

    def test_delete_removes_the_interval_and_nothing_else(self, store: ReadingsStore) -> None:
        store.write([level(time, site=site) for time in (1, 2, 3) for site in ("a", "b")])
        assert store.delete([key("a"), key("a"), key("nowhere")], 2, 3) == 1
        assert list(contents(store, "a")) == [1, 3]
        assert list(contents(store, "b")) == [1, 2, 3]

    def test_latest_steps_back_when_the_newest_is_deleted(self, store: ReadingsStore) -> None:
        store.write([level(time, time / 10) for time in (1, 2, 3)])
        store.delete([key()], 2, 10)
        assert [(latest.time_ms, latest.value) for latest in store.latest()] == [(1, 0.1)]
        store.write([level(2, 7.0)])
        assert [(latest.time_ms, latest.value) for latest in store.latest()] == [(2, 7.0)]

    def test_names_may_be_in_any_script(self, store: ReadingsStore) -> None:
        site = "gốm Bát Tràng, ngõ 3 'x\" = %s"
        store.write([Reading(site, "kênh 1", "water_level_m", 1, 0.5), level(1)])
        assert store.series(site) == [SeriesKey(site, "kênh 1", "water_level_m")]
        assert [latest.key.channel for latest in store.latest([site])] == ["kênh 1"]
        assert all_pages(store, 1)[-1].site_id == "g07" or all_pages(store, 1)[0].site_id == "g07"

    def test_a_store_that_was_closed_keeps_everything(self, opener: Opener) -> None:
        store = opener()
        store.write([level(1)])
        store.close()
        again = opener()
        again.check()
        assert list(contents(again, "g07")) == [1]
        assert again.write([level(1)]).accepted == 1
        again.close()

    def test_another_process_reads_whole_batches_while_this_one_writes(
        self, opener: Opener, store: ReadingsStore
    ) -> None:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            reading = pool.submit(watch_from_outside, opener, 20 * 30)
            for batch in range(30):
                store.write([level(batch * 20 + step) for step in range(20)])
            seen = reading.result(timeout=60)
        assert seen[-1] == 600
        assert all(found % 20 == 0 for found in seen)
        assert seen == sorted(seen)


def watch_from_outside(opener: Opener, until: int) -> Sequence[int]:
    """In another process: how many readings were seen, look after look, until all were."""
    store = opener()
    seen = [0]
    while seen[-1] < until:
        (column,) = store.range([key()], 0, 10_000)
        if len(column.time_ms) != seen[-1]:
            seen.append(len(column.time_ms))
    store.close()
    return seen
