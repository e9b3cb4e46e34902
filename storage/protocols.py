"""What every readings store and every feed can do, whatever it stands on.

Rules they all keep: UTC epoch milliseconds, half-open intervals `[from_ms, to_ms)`, columnar numpy results,
and writing twice changes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from devices.readings import Block, Reading, SeriesKey


@dataclass(frozen=True, slots=True)
class Column:
    """One series over a stretch of time: arrays of equal length, ordered by time.

    `time_ms` int64, `value` float64, `qc` uint8.
    """

    key: SeriesKey
    time_ms: NDArray[np.int64]
    value: NDArray[np.float64]
    qc: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest reading of one series, by the time it was measured."""

    key: SeriesKey
    time_ms: int
    value: float
    qc: int
    received_ms: int


@dataclass(frozen=True, slots=True)
class Aggregated:
    """One series in steps: `start_ms` of each step, and count, mean, min, max, last of what is good in it."""

    key: SeriesKey
    start_ms: NDArray[np.int64]
    count: NDArray[np.int64]
    mean: NDArray[np.float64]
    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]
    last: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WriteResult:
    """How many readings were taken, and which were refused by the store, with its reason."""

    accepted: int
    rejected: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Readings of one query in time order, and where to go on (None: that was all)."""

    readings: tuple[Reading, ...]
    next_after: tuple[int, str, str, str] | None


class ReadingsStore(Protocol):
    """Keeps readings. Raises `storage.errors.StoreUnavailableError` where trying again may help."""

    def write(self, readings: Sequence[Reading]) -> WriteResult:
        """Store readings, idempotently on (site, channel, quantity, time); on disk when it returns."""
        ...

    def latest(self, site_ids: Sequence[str] | None = None) -> list[Latest]:
        """The newest reading of every series, of these sites or of all."""
        ...

    def range(
        self, keys: Sequence[SeriesKey], from_ms: int, to_ms: int, *, limit: int | None = None
    ) -> list[Column]:
        """The series named, over `[from_ms, to_ms)`; unknown series give empty columns.

        `limit` keeps the oldest of each series.
        """
        ...

    def page(
        self,
        *,
        site_id: str | None,
        channel: str | None,
        quantity: str | None,
        from_ms: int,
        to_ms: int,
        limit: int,
        after: tuple[int, str, str, str] | None,
    ) -> Page:
        """Readings in order of (time, site, channel, quantity), resumable after a key."""
        ...

    def aggregate(
        self, keys: Sequence[SeriesKey], from_ms: int, to_ms: int, every_ms: int, tz: str
    ) -> list[Aggregated]:
        """Steps of `every_ms`; steps of a day begin at local midnight in `tz`. QC fail is left out.

        A step in which nothing good was measured is not listed. Raises `ValueError` as `storage.steps` does.
        """
        ...

    def series(self, site_id: str | None = None) -> list[SeriesKey]:
        """Every series stored, of one site or of all."""
        ...

    def delete(self, keys: Sequence[SeriesKey], from_ms: int, to_ms: int) -> int:
        """Remove readings; returns how many."""
        ...

    def check(self) -> None:
        """Return if the store answers; raise if not."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


class Feed(Protocol):
    """Decoded readings in order of arrival, numbered; the watch loop reads after its checkpoint."""

    def append(self, readings: Sequence[Reading]) -> int:
        """Append one batch, on disk when it returns; its number."""
        ...

    def read(self, after: int, limit: int) -> Iterator[tuple[int, Block]]:
        """Up to `limit` batches numbered above `after`, oldest first."""
        ...

    def head(self) -> int:
        """The number of the newest batch; 0 if there is none."""
        ...

    def trim(self, up_to: int) -> None:
        """Forget batches numbered up to and including `up_to`."""
        ...
