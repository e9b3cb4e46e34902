"""Times as text at the command line."""

import re
from datetime import UTC, datetime

_AGO = re.compile(r"(\d+)([smhd])")
_UNITS_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def rfc3339(time_ms: int) -> str:
    """UTC, to the millisecond where there are any."""
    moment = datetime.fromtimestamp(time_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds" if time_ms % 1000 else "seconds").replace("+00:00", "Z")


def since_ms(text: str, now_ms: int) -> int:
    """A time people give: RFC 3339 with a zone, or how long ago (`2h`, `3d`).

    Raises ValueError, with a sentence.
    """
    ago = _AGO.fullmatch(text.strip())
    if ago is not None:
        return now_ms - int(ago[1]) * _UNITS_MS[ago[2]]
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        message = f"{text!r} is no time: give RFC 3339 with a zone (2026-11-23T08:00:00+07:00), or 2h, 3d"
        raise ValueError(message)
    return int(moment.timestamp() * 1000)
