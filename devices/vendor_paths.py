"""Paths into the output of a codec: `battery`, `distance.value`, `history[].level`, `list[id=4097].value`."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

_STEP: Final = re.compile(r"([^.\[\]]*)((?:\[[^\]]*\])*)")


class Found(NamedTuple):
    """A value in the output and the object that holds it."""

    value: object
    beside: Mapping[str, object]


class _Step(NamedTuple):
    """One part of a path: the rest as one name, a name, and what picks elements of lists behind it."""

    whole: str
    name: str
    folded: str
    picks: tuple[str, ...]


class Search:
    """Finds paths in one output; names are folded once per object, and only if needed."""

    def __init__(self, lenient: bool) -> None:
        self._lenient = lenient
        self._folded: dict[int, dict[str, object]] = {}

    def find(self, output: dict[str, object] | list[object], path: str) -> Iterable[Found]:
        """Every value the path leads to."""
        steps = _steps(path)
        if len(steps) == 1 and not steps[0].picks and isinstance(output, dict):
            value = self._get(output, steps[0])
            return () if value is None else (Found(value, output),)
        return self._walk(output, steps, {})

    def _walk(self, value: object, steps: tuple[_Step, ...], beside: Mapping[str, object]) -> Iterator[Found]:
        if not steps:
            yield Found(value, beside)
            return
        step = steps[0]
        if step.name:
            if not isinstance(value, dict):
                return
            beside = value
            if len(steps) > 1 and step.whole in value:
                # A name with a point in it ("PM2.5") looks like a path.
                yield Found(value[step.whole], beside)
                return
            value = self._get(value, step)
        for element in _picked(value, step.picks):
            yield from self._walk(element, steps[1:], beside)

    def _get(self, holder: dict[str, object], step: _Step) -> object:
        if step.name in holder or not self._lenient:
            return holder.get(step.name)
        folded = self._folded.get(id(holder))
        if folded is None:
            folded = self._folded[id(holder)] = {}
            for key, value in holder.items():
                folded.setdefault(_fold(key), value)
        return folded.get(step.folded)


def is_path(path: str) -> bool:
    """Can this be followed?"""
    try:
        return bool(_steps(path))
    except ValueError:
        return False


@lru_cache(maxsize=4096)
def _fold(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


@lru_cache(maxsize=2048)
def _steps(path: str) -> tuple[_Step, ...]:
    steps: list[_Step] = []
    at = 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None or match.end() == at:
            message = f"{path!r} is no path"
            raise ValueError(message)
        picks = tuple(match[2][1:-1].split("][")) if match[2] else ()
        steps.append(_Step(path[at:], match[1], _fold(match[1]), picks))
        at = match.end() + 1
    return tuple(steps)


def _picked(value: object, picks: tuple[str, ...]) -> Sequence[object]:
    values: Sequence[object] = [value]
    for pick in picks:
        inside = [element for one in values if isinstance(one, list) for element in one]
        name, equals, wanted = pick.partition("=")
        if equals:
            values = [one for one in inside if isinstance(one, dict) and str(one.get(name)) == wanted]
        elif pick:
            values = inside[int(pick) :][:1]
        else:
            values = inside
    return values
