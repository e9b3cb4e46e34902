"""Cursors: where the next page of a list goes on. Opaque to whoever passes them around."""

import re

from sqlalchemy import ColumnElement, tuple_

#: What both databases hold in 64 bits, with room to spare.
_NUMBER = re.compile(r"-?[0-9]{1,18}")


def number(cursor_text: str) -> int:
    """The id a cursor of plain ids stands for. Raises `ValueError` if it is none."""
    if not _NUMBER.fullmatch(cursor_text):
        raise ValueError(f"not a cursor: {cursor_text!r}")
    return int(cursor_text)


def cursor(ms: int, row_id: str | int) -> str:
    """The cursor after the row with that time and id."""
    return f"{ms}:{row_id}"


def before(cursor_text: str, ms: ColumnElement[int], row_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition "comes after the cursor", in a list ordered by time and id, newest first.

    Raises:
        ValueError: this is no cursor of ours.
    """
    time_text, colon, id_text = cursor_text.partition(":")
    if not colon or not _NUMBER.fullmatch(time_text):
        raise ValueError(f"not a cursor: {cursor_text!r}")
    return tuple_(ms, row_id) < tuple_(int(time_text), id_text)
