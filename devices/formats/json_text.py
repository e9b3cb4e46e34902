"""JSON from strangers: opened under limits, refused with a reason, never an exception."""

import json
from typing import Any, Final

import orjson

from devices.uplinks import Rejected, RejectReason

MAX_BYTES: Final = 65536
MAX_DEPTH: Final = 8
#: Fields of any one object. Lists are bounded by `MAX_BYTES` alone: a backfill may hold hundreds of entries.
MAX_FIELDS: Final = 256

_AFTER_A_KEY: Final = (b'":', b" :", b"\t:", b"\n:", b"\r:")


class _TwiceError(ValueError):
    """A key stands twice in one object."""


def load_envelope(payload: bytes) -> object | Rejected:
    """The JSON value in `payload`, or why it is refused; of a key that stands twice the last one is taken.

    For network servers, of whose messages only known places are read: how deep or wide the rest is (the
    output of a codec, say) costs nobody anything, and is no reason to lose an uplink.

    Numbers that JSON cannot write (NaN, Infinity, 1e999) come out as floats that are not finite, so that
    the caller refuses that one value and keeps its neighbours.
    """
    if len(payload) > MAX_BYTES:
        return Rejected(RejectReason.TOO_LARGE, f"{len(payload)} bytes; at most {MAX_BYTES} are read")
    try:
        value: object = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        return _load_slowly(payload, str(error))
    return value


def load(payload: bytes) -> object | Rejected:
    """As `load_envelope`, under limits, for what devices and people write themselves.

    Refused is what nests too deep, has too many fields in one object, or a key twice in one: which of the two
    was meant nobody can know.
    """
    value = load_envelope(payload)
    if isinstance(value, Rejected):
        return value
    few = payload.count(b"{") + payload.count(b"[") <= MAX_DEPTH and payload.count(b":") <= MAX_FIELDS
    # Too few brackets to nest too deep and too few colons for too many keys: then counting is enough.
    keys = _keys(value) if few else _keys_within_limits(value)
    if isinstance(keys, Rejected):
        return keys
    # Each key is followed by a colon, after its quotation mark or after white space. As many of those as
    # there are keys: none was lost. If there are more (some stand in texts) only a close look can tell.
    if payload.count(b":") == keys or sum(payload.count(mark) for mark in _AFTER_A_KEY) == keys:
        return value
    twice = _key_that_stands_twice(payload)
    if twice is not None:
        return Rejected(
            RejectReason.BAD_SHAPE, f"the key {twice[:64]!r} stands twice in one object; send it once"
        )
    return value


def _keys(value: object) -> int:
    """How many keys all objects in the value have together."""
    keys = 0
    holders: list[Any] = [value]
    for holder in holders:  # grows while it is walked
        if type(holder) is dict:
            keys += len(holder)
            holder = holder.values()
        elif type(holder) is not list:
            continue
        for item in holder:
            kind = type(item)
            if kind is dict or kind is list:
                holders.append(item)
    return keys


def _keys_within_limits(value: object) -> int | Rejected:
    """As `_keys`, level by level; or which limit is broken."""
    keys = 0
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
                keys += len(holder)
                holder = holder.values()
            for item in holder:
                kind = type(item)
                if kind is dict or kind is list:
                    containers.append(item)
        if not containers:
            return keys
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
