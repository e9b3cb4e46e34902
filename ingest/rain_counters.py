"""Rain that counters counted: increments of the totals just stored, whatever order they came in."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from devices.rain import COUNTER, LONGEST_GAP_MS, RAIN, increment
from devices.readings import Qc, Reading, SeriesKey
from devices.sites import Mounting, Registry, calibration_at
from storage.protocols import ReadingsStore

#: Where the totals before and after are looked for first. Gauges report more often than that.
_NEAR_MS = 2 * 3_600_000
#: New totals further apart than this are looked at each in their own stretch of time.
_APART_MS = 24 * 3_600_000


class _Total(NamedTuple):
    time_ms: int
    mm: float
    qc: int


class RainCounters:
    """Makes `rain_mm` of `rain_total_mm`, on the same channel of the same site.

    The store is the memory: each increment follows from two neighbouring totals in it and nothing else. A
    total that comes late splits an interval in two: its own is new, and the one after it is made again, from
    a later predecessor. The time of the predecessor is the increment's `seq`, so that in the store the
    finest interval wins (`devices.readings.supersedes`), and totals in any order, twice, or in other batches
    end in the same rows. (Unless a device gives two different totals for the very same millisecond: then the
    increment after them stays at the greater of the two.)

    A first total is rain since nobody knows when, and makes no increment. Nor does the first of another
    device on the channel, where `registry` tells of it; without one, or before the change is registered, the
    jump to the new counter is judged by `devices.rain.increment` (QC fail and no rain where it is great, a
    restart and suspect where it goes down). The scale of a calibration of `rain_mm` is applied; its offset
    is not, as no rain stays no rain.
    """

    def __init__(self, readings: ReadingsStore, registry: Callable[[], Registry] | None = None) -> None:
        self._readings = readings
        self._registry = registry
        self._known: Registry | None = None
        self._mountings: dict[tuple[str, str], list[Mounting]] = {}

    def derive(self, stored: Sequence[Reading]) -> list[Reading]:
        """The increments that follow from readings just written, by series and time; to be written in turn.

        `raw` is the total at the increment's end. Raises what the store raises.
        """
        fresh: dict[tuple[str, str], dict[int, int]] = {}
        for reading in stored:
            if reading.quantity == COUNTER:
                times = fresh.setdefault((reading.site_id, reading.channel), {})
                times[reading.time_ms] = max(reading.received_ms, times.get(reading.time_ms, 0))
        if not fresh:
            return []
        self._learn_mountings()
        return [reading for at, times in sorted(fresh.items()) for reading in self._of_series(at, times)]

    def _of_series(self, at: tuple[str, str], received: dict[int, int]) -> list[Reading]:
        derived: dict[int, Reading] = {}
        for first_ms, last_ms in _stretches(sorted(received)):
            for before, after in pairwise(self._totals(SeriesKey(*at, COUNTER), first_ms, last_ms)):
                known_ms = max(received.get(before.time_ms, -1), received.get(after.time_ms, -1))
                if known_ms >= 0 and self._is_one_counter(at, before.time_ms, after.time_ms):
                    derived[after.time_ms] = self._increment(at, before, after, known_ms)
        return [derived[time_ms] for time_ms in sorted(derived)]

    def _increment(self, at: tuple[str, str], before: _Total, after: _Total, received_ms: int) -> Reading:
        rain_mm, qc = increment(before.mm, after.mm, after.time_ms - before.time_ms)
        mounting = self._mounting(at, after.time_ms)
        calibration = calibration_at(mounting, RAIN, after.time_ms) if mounting else None
        if calibration is not None:
            rain_mm *= calibration.scale
        return Reading(
            *at,
            RAIN,
            after.time_ms,
            rain_mm,
            max(qc, before.qc, after.qc),
            raw=after.mm,
            seq=before.time_ms,
            received_ms=received_ms,
        )

    def _totals(self, key: SeriesKey, first_ms: int, last_ms: int) -> list[_Total]:
        """The good totals from the one before `first_ms` to the one after `last_ms`, at least, in order."""
        totals = self._read(key, first_ms - _NEAR_MS, last_ms + _NEAR_MS + 1)
        if not totals or totals[0].time_ms >= first_ms:
            totals = self._read(key, first_ms - LONGEST_GAP_MS, first_ms - _NEAR_MS) + totals
        if totals and totals[-1].time_ms <= last_ms:
            totals += self._read(key, last_ms + _NEAR_MS + 1, last_ms + LONGEST_GAP_MS + 1)
        return totals

    def _read(self, key: SeriesKey, from_ms: int, to_ms: int) -> list[_Total]:
        (column,) = self._readings.range([key], from_ms, to_ms)
        good = column.qc < Qc.FAIL
        rows = zip(
            column.time_ms[good].tolist(), column.value[good].tolist(), column.qc[good].tolist(), strict=True
        )
        return [_Total(*row) for row in rows]

    def _is_one_counter(self, at: tuple[str, str], before_ms: int, after_ms: int) -> bool:
        if after_ms - before_ms > LONGEST_GAP_MS:
            return False
        before, after = self._mounting(at, before_ms), self._mounting(at, after_ms)
        return before is None or after is None or before.device_id == after.device_id

    def _mounting(self, at: tuple[str, str], time_ms: int) -> Mounting | None:
        return next((one for one in self._mountings.get(at, ()) if one.covers(time_ms)), None)

    def _learn_mountings(self) -> None:
        registry = self._registry() if self._registry else None
        if registry is None or registry is self._known:
            return
        self._known = registry
        self._mountings = {}
        for mountings in registry.mountings.values():
            for mounting in mountings:
                self._mountings.setdefault((mounting.site_id, mounting.channel), []).append(mounting)


def _stretches(times: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of times that lie near each other."""
    first_ms = times[0]
    for before_ms, after_ms in pairwise(times):
        if after_ms - before_ms > _APART_MS:
            yield first_ms, before_ms
            first_ms = after_ms
    yield first_ms, times[-1]
