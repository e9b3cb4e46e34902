"""One row of an imported file: cells read as ids, numbers, choices and times, every problem collected."""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from devices.formats.times import rfc3339_ms
from devices.importing.problems import Problem
from devices.sites import is_id

_Choice = TypeVar("_Choice", bound=StrEnum)

_DECIMAL_COMMA = re.compile(r"[+-]?[\d.]*\d,\d+")
_ID_RULE = "Use 1 to 64 of the characters A-Z a-z 0-9 . _ : - (no spaces, no marks)"


@dataclass(slots=True)
class Row:
    """The cells of one row by column name, trimmed and NFC; absent columns read as empty.

    Reading a cell that cannot be what is asked for notes a problem and gives None (or nothing), so that one
    pass finds everything.
    """

    number: int
    cells: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, column: str, what: str, remedy: str) -> None:
        """Note a problem in this row."""
        self.problems.append(Problem(self.number, column, what, remedy))

    def text(self, column: str) -> str:
        """The cell as it stands."""
        return self.cells.get(column, "")

    def needed_id(self, column: str) -> str:
        """An id that must be there; empty text after noting a problem."""
        if not self.text(column):
            self.refuse(column, "is empty", _ID_RULE)
        return self.id_or_none(column) or ""

    def id_or_none(self, column: str) -> str | None:
        """An id, or None where the cell is empty or no id."""
        text = self.text(column)
        if text and not is_id(text):
            self.refuse(column, f"{text[:80]!r} is no id", _ID_RULE)
            return None
        return text or None

    def listed(self, column: str) -> tuple[str, ...]:
        """The entries of a list separated by semicolons, empty ones dropped."""
        return tuple(entry for part in self.text(column).split(";") if (entry := part.strip()))

    def listed_ids(self, column: str) -> tuple[str, ...]:
        """The ids of a list separated by semicolons."""
        entries = self.listed(column)
        for entry in entries:
            if not is_id(entry):
                self.refuse(column, f"{entry[:80]!r} is no id", f"{_ID_RULE}; separate several with ;")
        return entries

    def number_or_none(self, column: str, low: float = -math.inf, high: float = math.inf) -> float | None:
        """A finite number from `low` to `high`, or None where the cell is empty or wrong."""
        text = self.text(column)
        if not text:
            return None
        if _DECIMAL_COMMA.fullmatch(text):
            pointed = text.replace(".", "").replace(",", ".")
            self.refuse(
                column,
                f"{text!r} has a decimal comma",
                f"Write numbers with a decimal point and nothing between the thousands: {pointed}",
            )
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or "_" in text:
            self.refuse(
                column, f"{text[:80]!r} is no number", "Write a plain number, or leave the cell empty"
            )
            return None
        if not low <= value <= high:
            self.refuse(column, f"{text} is out of range", _range_remedy(low, high))
            return None
        return value

    def whole_or_none(self, column: str, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`, or None where the cell is empty or wrong."""
        value = self.number_or_none(column, low, high)
        if value is None:
            return None
        if value != int(value):
            self.refuse(column, f"{self.text(column)} is no whole number", "Write it without decimals")
            return None
        return int(value)

    def choice_or_none(self, column: str, choices: type[_Choice]) -> _Choice | None:
        """One of the names of an enumeration, or None where the cell is empty or another word."""
        text = self.text(column)
        if not text:
            return None
        try:
            return choices(text)
        except ValueError:
            self.refuse(column, f"{text[:80]!r} is not known", f"Use one of: {', '.join(choices)}")
            return None

    def time_ms_or_none(self, column: str) -> int | None:
        """Epoch milliseconds of an RFC 3339 time, or None where the cell is empty or wrong."""
        text = self.text(column)
        if not text:
            return None
        time_ms = rfc3339_ms(text)
        if time_ms is None:
            self.refuse(
                column, f"{text[:80]!r} is no time with a zone", "Write it as 2026-11-23T08:15:00+07:00"
            )
        return time_ms


def unknown_columns(columns: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    """A notice for every column nobody reads."""
    return tuple(
        f"column {column!r} is not known and was ignored" for column in columns if column not in known
    )


def _range_remedy(low: float, high: float) -> str:
    if math.isinf(high):
        return f"Use a number of at least {low:g}"
    return f"Use a number from {low:g} to {high:g}"
