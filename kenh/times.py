"""Times as text at the command line."""

from datetime import UTC, datetime


def rfc3339(time_ms: int) -> str:
    """UTC, to the millisecond where there are any."""
    moment = datetime.fromtimestamp(time_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds" if time_ms % 1000 else "seconds").replace("+00:00", "Z")
