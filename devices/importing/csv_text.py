"""CSV: text to rows and back. Commas between the columns, a point in the numbers, nothing guessed."""

import csv
import io
import unicodedata
from collections.abc import Collection, Iterable, Sequence

from devices.importing.problems import ImportRefused, Problem
from devices.importing.rows import Row

_BYTE_ORDER_MARK = "\ufeff"
_SAVE_AS = "Save the sheet again as 'CSV UTF-8 (comma delimited)'"


def text_of(data: bytes) -> str:
    """The text of a file; ImportRefused where it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"the text is not UTF-8 (byte {error.start})"
        raise ImportRefused([Problem(0, "", what, _SAVE_AS)]) from error


def rows_of(text: str, required: Collection[str]) -> tuple[list[Row], list[str]]:
    """Rows of a CSV text and the names of its columns.

    A byte-order mark is accepted, blank rows are skipped, cells are trimmed and brought to NFC. Raises
    ImportRefused where the text cannot be read as a table at all.
    """
    records = _records(unicodedata.normalize("NFC", text).removeprefix(_BYTE_ORDER_MARK))
    if not records:
        raise ImportRefused(
            [Problem(0, "", "the file is empty", f"It needs a row with {', '.join(required)}")]
        )
    header_number, header = records[0]
    columns = [cell.strip() for cell in header]
    problems = _header_problems(header_number, columns, required)
    if problems:
        raise ImportRefused(problems)
    rows: list[Row] = []
    for number, record in records[1:]:
        cells = [cell.strip() for cell in record]
        row = Row(number, dict(zip(columns, cells, strict=False)))
        if any(cells[len(columns) :]):
            row.refuse(
                "",
                f"{len(cells)} cells under {len(columns)} columns",
                'Put cells that hold a comma in "quotes"',
            )
        rows.append(row)
    return rows, [column for column in columns if column]


def text_from(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """CSV text of a table, as `rows_of` reads it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def _records(text: str) -> list[tuple[int, list[str]]]:
    """Records that hold anything, numbered as a spreadsheet numbers its rows."""
    try:
        everything = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        remedy = "Look for a quotation mark that is not closed"
        raise ImportRefused([Problem(0, "", f"the file is not CSV ({error})", remedy)]) from error
    return [(number, record) for number, record in enumerate(everything, 1) if any(map(str.strip, record))]


def _header_problems(number: int, columns: list[str], required: Collection[str]) -> list[Problem]:
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(columns) == 1 and separator in columns[0]:
            what = f"the columns are separated by {name}"
            return [Problem(number, "", what, f"{_SAVE_AS}; numbers with a point")]
    problems = [
        Problem(number, column, "stands twice", "Keep one of the two columns")
        for column in dict.fromkeys(columns)
        if column and columns.count(column) > 1
    ]
    problems += [
        Problem(number, column, "this column is missing", f"Add it; the header needs {', '.join(required)}")
        for column in required
        if column not in columns
    ]
    return problems
