"""Pages of a list that is already in memory, in order of id."""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from api.params import from_cursor, to_cursor
from api.problems import bad_parameter

Row = TypeVar("Row")

#: The store's places: a number, or a time and an id.
_PLACE = re.compile(r"\d{1,15}(:[A-Za-z0-9._:-]{1,64})?")

DEFAULT_LIMIT = 500
MAX_LIMIT = 10_000

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next` of the page before")]
#: A filter by id or word; bounded, so that an address stays an address.
Word = Annotated[str | None, Query(max_length=64)]


def cut(
    kind: str, rows: Sequence[Row], id_of: Callable[[Row], str], limit: int, cursor: str | None
) -> tuple[list[Row], str | None]:
    """The page of `rows` (sorted by id) after `cursor`, and the cursor of the next one."""
    if cursor is not None:
        after = str(from_cursor(kind, cursor, (str,))[0])
        rows = [row for row in rows if id_of(row) > after]
    page = list(rows[:limit])
    more = len(rows) > limit
    return page, to_cursor(kind, id_of(page[-1])) if more else None


def resume(kind: str, cursor: str | None) -> str | None:
    """The store's own place inside a cursor made with `onward`."""
    if cursor is None:
        return None
    after = str(from_cursor(kind, cursor, (str,))[0])
    if not _PLACE.fullmatch(after):
        raise bad_parameter("cursor", "use the 'next' of an earlier answer as it is, or leave it out")
    return after


def onward(kind: str, after: str | None) -> str | None:
    """A cursor around the store's own place."""
    return None if after is None else to_cursor(kind, after)
