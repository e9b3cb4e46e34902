"""Readings: one value of one quantity, on one channel of one site, at one time."""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Qc(IntEnum):
    """QARTOD quality codes. The raw value is never altered; the code says what to think of it."""

    GOOD = 1
    NOT_EVALUATED = 2
    SUSPECT = 3
    FAIL = 4
    MISSING = 9


class SeriesKey(NamedTuple):
    """What a time series is about."""

    site_id: str
    channel: str
    quantity: str


class Reading(NamedTuple):
    """One reading. A named tuple, because ingest makes thousands of them a second.

    `(site_id, channel, quantity, time_ms)` is its key in every store. `seq` is the device's own sequence
    number where it has one: of two readings with the same key the higher `seq` wins, else the greater
    value (see `supersedes`). `raw` is what the device said before geometry, in the device's own unit.
    `source` is empty for a device and names the kind of report for a person's reading.
    """

    site_id: str
    channel: str
    quantity: str
    time_ms: int
    value: float
    qc: int = Qc.GOOD
    raw: float | None = None
    seq: int | None = None
    received_ms: int = 0
    source: str = ""

    @property
    def key(self) -> SeriesKey:
        """The series this reading belongs to."""
        return SeriesKey(self.site_id, self.channel, self.quantity)


def supersedes(new: Reading, old: Reading) -> bool:
    """Does `new` replace `old` under the same key? A total order, so arrival order cannot matter."""
    return (-1 if new.seq is None else new.seq, new.value) > (-1 if old.seq is None else old.seq, old.value)


@dataclass(frozen=True, slots=True)
class Block:
    """Readings as columns, in order of arrival: what the feed carries and analytics reads.

    `keys` lists the series once; `series` (n,) int32 points into it. `time_ms` and `received_ms` are
    (n,) int64 epoch milliseconds, `value` (n,) float64 without NaN, `qc` (n,) uint8.
    """

    keys: tuple[SeriesKey, ...]
    series: NDArray[np.int32]
    time_ms: NDArray[np.int64]
    value: NDArray[np.float64]
    qc: NDArray[np.uint8]
    received_ms: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.series)


def block_of(readings: list[Reading]) -> Block:
    """The same readings as columns."""
    numbers: dict[SeriesKey, int] = {}
    series = np.fromiter(
        (numbers.setdefault(reading.key, len(numbers)) for reading in readings), np.int32, len(readings)
    )
    return Block(
        keys=tuple(numbers),
        series=series,
        time_ms=np.array([reading.time_ms for reading in readings], np.int64),
        value=np.array([reading.value for reading in readings], np.float64),
        qc=np.array([reading.qc for reading in readings], np.uint8),
        received_ms=np.array([reading.received_ms for reading in readings], np.int64),
    )
