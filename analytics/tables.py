"""Tables: dataclasses of numpy columns that grow together and can be written down."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

#: "No time yet": earlier than anything that was ever measured.
NEVER = -(2**60)

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
#: Local time of the commune: UTC+7, no daylight saving.
ZONE_MS = 7 * HOUR_MS


class Column:
    """The default of a table's field: an array with a row a series (or site); new rows hold `fill`."""

    def __init__(self, dtype: DTypeLike, fill: float, *shape: int) -> None:
        self.dtype, self.fill, self.shape = dtype, fill, shape

    def __call__(self) -> NDArray[Any]:
        """An array of no rows."""
        return self.rows(0)

    def rows(self, count: int) -> NDArray[Any]:
        """An array of so many new rows."""
        return np.full((count, *self.shape), self.fill, self.dtype)


@dataclass(slots=True)
class Table:
    """Base of the tables: every field made by a `Column` has the same number of rows."""

    def reserve(self, rows: int) -> None:
        """Make room for at least `rows` rows; grows by half, so that adding one by one stays cheap."""
        for item in fields(self):
            if isinstance(item.default_factory, Column):
                array = getattr(self, item.name)
                if len(array) < rows:
                    grown = item.default_factory.rows(max(rows, 16, len(array) + len(array) // 2))
                    grown[: len(array)] = array
                    setattr(self, item.name, grown)


def columns(table: Table) -> dict[str, NDArray[Any]]:
    """The arrays of a table by name."""
    return {
        item.name: getattr(table, item.name)
        for item in fields(table)
        if isinstance(item.default_factory, Column)
    }


def local_hour(time_ms: I64) -> I64:
    """Hours since 1970 in local time (n,); modulo 24 it is the hour of the day."""
    return (time_ms + ZONE_MS) // HOUR_MS
