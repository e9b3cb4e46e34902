"""Reading what a request asks for: times, cursors, and parameters nobody knows."""

import base64
import math
import re
from datetime import UTC, datetime

import orjson
from fastapi import Request
from fastapi.routing import APIRoute

from api.problems import FieldProblem, ProblemError, bad_parameter

#: 2100-01-01: a time beyond it is a mistake, and a number that no store has to survive.
_LAST_MS = 4_102_444_800_000
#: Epoch numbers from here on are milliseconds (as seconds they would lie in the year 5138).
_MS_FROM = 100_000_000_000


def only_known(request: Request) -> None:
    """Dependency: refuse query parameters that the operation does not declare.

    A mistyped filter that is silently ignored answers another question than the one asked.
    """
    route = request.scope.get("route")
    known = {field.alias for field in route.dependant.query_params} if isinstance(route, APIRoute) else set()
    unknown = sorted(set(request.query_params) - known)
    if not unknown:
        return
    listed = ", ".join(sorted(known)) or "none"
    raise ProblemError(
        422,
        f"unknown parameter {unknown[0]!r}; known here: {listed}",
        errors=[FieldProblem(where=f"query.{name}", what="unknown parameter") for name in unknown],
    )


def time_ms(name: str, text: str) -> int:
    """Epoch milliseconds of an RFC 3339 time or an epoch number (s or ms).

    Raises:
        ProblemError: 422, with what to write instead.
    """
    number = _epoch(text)
    if number is None:
        number = _rfc3339(text)
    if number is None or not 0 <= number <= _LAST_MS:
        raise bad_parameter(name, "write RFC 3339 with a zone (2026-11-23T07:00:00Z) or epoch seconds")
    return number


def _epoch(text: str) -> int | None:
    try:
        number = float(text)
    except ValueError:
        return None
    if not math.isfinite(number) or abs(number) > _LAST_MS:
        return None
    return int(number if number >= _MS_FROM else number * 1000)


def _rfc3339(text: str) -> int | None:
    try:
        # A '+' that was not escaped in an address arrives as a space.
        moment = datetime.fromisoformat(re.sub(r" (?=\d\d:?\d\d$)", "+", text))
        return None if moment.tzinfo is None else round(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def iso(at_ms: int) -> str:
    """RFC 3339 in UTC with Z; milliseconds only where there are any."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    spec = "milliseconds" if at_ms % 1000 else "seconds"
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")


def iso_or_none(at_ms: int | None) -> str | None:
    """`iso`, where unknown stays unknown."""
    return None if at_ms is None else iso(at_ms)


def to_cursor(kind: str, *key: str | int) -> str:
    """An opaque place to go on from, good for lists of the same kind only."""
    return base64.urlsafe_b64encode(orjson.dumps([kind, *key])).decode().rstrip("=")


def from_cursor(kind: str, cursor: str, shape: tuple[type, ...]) -> list[str | int]:
    """The key inside a cursor of ours.

    Raises:
        ProblemError: 422 for a cursor that we did not give, or gave for another list.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except ValueError:
        parts = None
    if not isinstance(parts, list) or parts[:1] != [kind] or not _has_shape(parts[1:], shape):
        raise bad_parameter("cursor", "use the 'next' of an earlier answer as it is, or leave it out")
    return list(parts[1:])


def _has_shape(parts: list[str | int], shape: tuple[type, ...]) -> bool:
    small = all(0 <= part <= _LAST_MS for part in parts if isinstance(part, int))
    return small and tuple(map(type, parts)) == shape
