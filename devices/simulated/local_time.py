"""Asia/Ho_Chi_Minh without a time-zone table: UTC+7 all year."""

import numpy as np

from devices.simulated.noise import F64, I64

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
_OFFSET_MS = 7 * HOUR_MS


def day_number(time_ms: I64) -> I64:
    """(n,) local days since 1970-01-01; day 3 was a Sunday."""
    days: I64 = (time_ms + _OFFSET_MS) // DAY_MS
    return days


def hour_of_day(time_ms: I64) -> F64:
    """(n,) local hours with fraction, 0 <= h < 24."""
    hours: F64 = ((time_ms + _OFFSET_MS) % DAY_MS) / HOUR_MS
    return hours


def is_sunday(day: I64) -> F64:
    """(n,) 1.0 on Sundays, else 0.0."""
    sundays: F64 = (day % 7 == 3).astype(np.float64)
    return sundays


def local_ms(day: int, hour: float) -> int:
    """The moment of a local day (see `day_number`) and hour."""
    return day * DAY_MS - _OFFSET_MS + round(hour * HOUR_MS)
