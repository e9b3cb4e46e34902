"""Is what a codec said what its vector expects?"""

from collections.abc import Mapping, Sequence
from typing import Any


def differences(expected: Mapping[str, Any], data: object, said: Mapping[str, Sequence[str]]) -> list[str]:
    """Where a codec's answer is not what its vector says, each as a sentence; none if they agree.

    Numbers are compared by value (1 and 1.0 are the same, as in JavaScript), to one part in 10^9. What is not
    there and what is null are the same. Warnings count where the vector names them, errors always.
    """
    if said["errors"] and not expected.get("errors"):
        return [f"it failed: {error}" for error in said["errors"]]
    found: list[str] = []
    if "data" in expected or not expected.get("errors"):
        _compare(expected.get("data"), data, "data", found)
    if "warnings" in expected:
        _compare(expected["warnings"] or [], list(said["warnings"]), "warnings", found)
    _compare(expected.get("errors") or [], list(said["errors"]), "errors", found)
    return found


def _compare(expected: object, got: object, path: str, found: list[str]) -> None:
    if isinstance(expected, dict) and isinstance(got, dict):
        for key in [*expected, *(key for key in got if key not in expected)]:
            _compare(expected.get(key), got.get(key), f"{path}.{key}", found)
    elif isinstance(expected, list) and isinstance(got, list):
        if len(expected) != len(got):
            found.append(f"{path} has {len(got)} entries, expected {len(expected)}")
        for index, (one, other) in enumerate(zip(expected, got, strict=False)):
            _compare(one, other, f"{path}[{index}]", found)
    elif not _same(expected, got):
        found.append(f"{path} is {_shown(got)}, expected {_shown(expected)}")


def _same(expected: object, got: object) -> bool:
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, int | float) and isinstance(got, int | float):
        return expected == got or abs(expected - got) <= 1e-9 * max(abs(expected), abs(got))
    return expected == got


def _shown(value: object) -> str:
    return "missing" if value is None else repr(value)[:80]
