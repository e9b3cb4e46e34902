"""A sign: one thing an installer looks at, whether it is as it should be, and why, in a line."""

from enum import StrEnum
from typing import NamedTuple, Protocol

from devices.readings import SeriesKey


class SignState(StrEnum):
    """How it looks. UNKNOWN is nothing to be glad of: there is no word on it yet."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "unknown"


class Sign(NamedTuple):
    """One thing looked at.

    `name` is `reporting`, `clock`, `signal`, `battery`, `tilt`, `place`, `geometry`, `moving`, or a
    quantity's.
    """

    name: str
    state: SignState
    text_vi: str
    text_en: str


class Heard(Protocol):
    """The newest reading of one series, as the readings store gives it."""

    @property
    def key(self) -> SeriesKey:
        """What it is about."""
        ...

    @property
    def time_ms(self) -> int:
        """When it was measured."""
        ...

    @property
    def received_ms(self) -> int:
        """When it came."""
        ...

    @property
    def value(self) -> float:
        """In the unit of its quantity."""
        ...

    @property
    def qc(self) -> int:
        """Its quality code."""
        ...


def lasting(duration_ms: int) -> tuple[str, str]:
    """A stretch of time in Vietnamese and English, as coarse as people say it."""
    minutes = max(0, duration_ms) // 60_000
    for size, vi, en in ((1440, "ngày", "days"), (60, "giờ", "h"), (1, "phút", "min")):
        if minutes >= 2 * size or size == 1:
            count = minutes // size
            return f"{count} {vi}", f"{count} {en}"
    raise AssertionError("the last unit takes everything")
