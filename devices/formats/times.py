"""Times as messages carry them, turned into UTC epoch milliseconds."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

#: Below this a number is epoch seconds (until the year 5138), from here on it is milliseconds.
_SECONDS_BELOW = 1e11
_MILLISECONDS_BELOW = 1e14


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
    return int(value * 1000) if value < _SECONDS_BELOW else int(value)
