"""Codecs that had to be stopped: watched for a while, suspended if it goes on."""

from dataclasses import dataclass

from ingest.codecs.codec import Limits


@dataclass(slots=True)
class _Record:
    strikes: int
    last_s: float
    why: str
    suspensions: int = 0
    until_s: float = 0.0


class Breaker:
    """By codec key, with monotonic seconds as the time."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._records: dict[str, _Record] = {}
        #: How often any codec had to be stopped.
        self.strikes = 0

    def strike(self, key: str, why: str, now_s: float) -> None:
        """The codec had to be stopped."""
        record = self._watched(key, now_s)
        if record is None:
            record = self._records[key] = _Record(0, now_s, why)
        self.strikes += 1
        record.strikes += 1
        record.last_s, record.why = now_s, why
        if record.strikes >= self._limits.strikes:
            length = self._limits.suspend_s * 2**record.suspensions
            record.until_s = now_s + min(length, self._limits.suspend_most_s)
            record.suspensions = min(record.suspensions + 1, 16)
            # One more strike after it is let in again is enough.
            record.strikes = self._limits.strikes - 1

    def suspended(self, key: str, now_s: float) -> str | None:
        """Why it may not run now, None if it may."""
        record = self._records.get(key)
        if record is None or now_s >= record.until_s:
            return None
        return f"suspended for {record.until_s - now_s:.0f} s more: {record.why}"

    def is_watched(self, key: str, now_s: float) -> bool:
        """Was it stopped not long ago? Then it runs alone, so that it holds up nobody."""
        return bool(self._records) and self._watched(key, now_s) is not None

    def _watched(self, key: str, now_s: float) -> _Record | None:
        record = self._records.get(key)
        if record is not None and now_s > max(record.last_s, record.until_s) + self._limits.strike_s:
            del self._records[key]
            return None
        return record
