"""Times as messages carry them, turned into UTC epoch milliseconds."""

import math
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

#: Below this a number is epoch seconds (until the year 5138), from here on it is milliseconds.
_SECONDS_BELOW = 1e11
_MILLISECONDS_BELOW = 1e14
_MICROSECONDS_BELOW = 1e17
_NANOSECONDS_BELOW = 1e20
#: Length of `2026-11-23T15:15:02`.
_TO_THE_SECOND: Final = 19


def rfc3339_ms(text: object) -> int | None:
    """Epoch milliseconds of an RFC 3339 time; None if it is not one, or names no zone.

    Network servers write up to nine decimals; what is finer than a millisecond is cut off.
    """
    if not isinstance(text, str) or len(text) < 20 or text[10] not in "Tt ":
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return None
        return (moment - _EPOCH) // _MILLISECOND
    except (ValueError, OverflowError):
        return None


def epoch_ms(value: float) -> int | None:
    """Epoch milliseconds of a number of seconds or milliseconds, told apart by size; None if neither."""
    if not 0 <= value < _MILLISECONDS_BELOW:
        return None
    return round(value * 1000) if value < _SECONDS_BELOW else int(value)


def any_epoch_ms(value: float) -> int | None:
    """As `epoch_ms`, and microseconds and nanoseconds too."""
    if not _MILLISECONDS_BELOW <= value < _NANOSECONDS_BELOW:
        return epoch_ms(value)
    return int(value // (1000 if value < _MICROSECONDS_BELOW else 1_000_000))


def local_ms(text: object, zone: ZoneInfo, near_ms: int) -> int | None:
    """Epoch milliseconds of a time of day in `zone` written without it (`2026-11-23T15:15:02`).

    An hour that clocks went through twice is meant in the way that lies nearer to `near_ms`.
    """
    if not isinstance(text, str) or len(text) < _TO_THE_SECOND or text[10] not in "Tt ":
        return None
    try:
        written = datetime.fromisoformat(text)
        if written.tzinfo is not None:
            return None
        either = [(written.replace(tzinfo=zone, fold=fold) - _EPOCH) // _MILLISECOND for fold in (0, 1)]
    except (ValueError, OverflowError):
        return None
    return min(either, key=lambda time_ms: abs(time_ms - near_ms))


def stated_ms(value: object, zone: ZoneInfo, near_ms: int) -> int | None:
    """Epoch milliseconds of whatever a home-made message calls its time; None if it cannot be read."""
    if isinstance(value, str):
        time_ms = rfc3339_ms(value)
        return local_ms(value, zone, near_ms) if time_ms is None else time_ms
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return any_epoch_ms(value)
