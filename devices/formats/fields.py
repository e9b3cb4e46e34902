"""Reading single fields out of opened JSON, where anything may stand in any place."""

import binascii
import math
from collections.abc import Mapping, Sequence

#: The longest warning kept with an uplink.
MAX_WARNING = 300

_EMPTY: Mapping[str, object] = {}


def an_object(value: object) -> Mapping[str, object]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else _EMPTY


def a_list(value: object) -> Sequence[object]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else ()


def a_text(value: object) -> str:
    """The value if it is text, else empty text."""
    return value if isinstance(value, str) else ""


def a_number(value: object) -> float | None:
    """The value if it is a finite number (true and false are none)."""
    kind = type(value)  # opened JSON holds no subclasses, and asking for the type costs a third
    if kind is not float and kind is not int:
        return None
    number = float(value)  # type: ignore[arg-type]
    return number if math.isfinite(number) else None


def a_count(value: object, limit: int = 2**63) -> int | None:
    """The value if it is a whole number from 0 to below `limit`."""
    if type(value) is not int:
        return None
    return value if 0 <= value < limit else None


def some_bytes(value: object) -> bytes | None:
    """The bytes a base64 text stands for; b"" where nothing is given, None where it is not base64."""
    if value is None:
        return b""
    if not isinstance(value, str):
        return None
    try:
        return binascii.a2b_base64(value.encode(), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
