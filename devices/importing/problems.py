"""What is wrong with an imported file, said so that whoever made it can mend it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `row` counts as a spreadsheet does (the header is row 1); 0 is the file itself.

    In GeoJSON `row` is the number of the feature, from 1. An empty `column` is the whole row.
    """

    row: int
    column: str
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"row {self.row}" if self.row else "the file"
        column = f", column {self.column}" if self.column else ""
        return f"{place}{column}: {self.what}. {self.remedy}."


class ImportRefused(Exception):  # noqa: N818 - it is a refusal of the whole file, named so in the contract
    """Nothing was taken from the file: `problems` (never empty) lists everything that must be mended."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = list(problems)
