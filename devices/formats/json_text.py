"""JSON from strangers: opened under limits, refused with a reason, never an exception."""

import json
from typing import Any, Final

import orjson

from devices.uplinks import Rejected, RejectReason

MAX_BYTES: Final = 65536
MAX_DEPTH: Final = 8
#: Fields of any one object. Lists are bounded by `MAX_BYTES` alone: a backfill may hold hundreds of entries.
MAX_FIELDS: Final = 256


class _TwiceError(ValueError):
    """A key stands twice in one object."""


def load(payload: bytes) -> object | Rejected:
    """The JSON value in `payload`, or why it is refused; of a key that stands twice the last one is taken.

    Numbers that JSON cannot write (NaN, Infinity, 1e999) come out as floats that are not finite, so that
    the caller refuses that one value and keeps its neighbours.
    """
    if len(payload) > MAX_BYTES:
        return Rejected(RejectReason.TOO_LARGE, f"{len(payload)} bytes; at most {MAX_BYTES} are read")
    try:
        value: object = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        value = _load_slowly(payload, str(error))
        if isinstance(value, Rejected):
            return value
    return _limit_broken(value) or value


def load_strictly(payload: bytes) -> object | Rejected:
    """As `load`, but a key that stands twice is refused: which of the two was meant nobody can know."""
    value = load(payload)
    if isinstance(value, Rejected):
        return value
    twice = _key_that_stands_twice(payload)
    if twice is not None:
        return Rejected(
            RejectReason.BAD_SHAPE, f"the key {twice[:64]!r} stands twice in one object; send it once"
        )
    return value


def _limit_broken(value: object) -> Rejected | None:
    # Every message passes here, so this is written for speed: one flat loop, no calls.
    level: list[Any] = [[value]]
    for _ in range(MAX_DEPTH + 1):  # one more than there is: `value` itself stands in a list here
        containers: list[Any] = []
        for holder in level:
            if type(holder) is dict:
                if len(holder) > MAX_FIELDS:
                    return Rejected(
                        RejectReason.BAD_SHAPE,
                        f"{len(holder)} fields in one object; at most {MAX_FIELDS} are read",
                    )
                holder = holder.values()
            for item in holder:
                kind = type(item)
                if kind is dict or kind is list:
                    containers.append(item)
        if not containers:
            return None
        level = containers
    return Rejected(RejectReason.TOO_DEEP, f"nested more than {MAX_DEPTH} deep")


def _key_that_stands_twice(payload: bytes) -> str | None:
    """A key that stands twice in one object of this valid JSON, if there is one."""
    try:
        json.loads(payload.decode(), object_pairs_hook=_unique)
    except _TwiceError as error:
        return str(error)
    return None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(next(key for key in keys if keys.count(key) > 1))
    return fields


def _load_slowly(payload: bytes, problem: str) -> object | Rejected:
    """What orjson refused: NaN and the like pass, everything else gets its reason."""
    try:
        text = payload.decode()
    except UnicodeDecodeError as error:
        return Rejected(RejectReason.NOT_UTF8, f"not UTF-8 at byte {error.start}")
    if not text.strip():
        return Rejected(RejectReason.NOT_JSON, "the payload is empty")
    try:
        value: object = json.loads(text)
        orjson.dumps(value)  # refuses lone surrogates and integers beyond 64 bits, takes NaN
    except RecursionError:
        return Rejected(RejectReason.TOO_DEEP, f"nested more than {MAX_DEPTH} deep")
    except (ValueError, TypeError) as error:
        if "ecursion" in str(error):
            return Rejected(RejectReason.TOO_DEEP, f"nested more than {MAX_DEPTH} deep")
        return Rejected(RejectReason.NOT_JSON, f"not JSON: {problem}")
    return value
