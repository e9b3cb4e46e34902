"""What a measure is."""

from collections.abc import Callable

#: Figures by name; the unit stands in the name.
Figures = dict[str, float]
#: Told in a few words what is being done.
Say = Callable[[str], None]
#: Given a scale (1: full size) and where to say how far it is.
Measure = Callable[[float, Say], Figures]


class SkippedError(Exception):
    """This machine lacks what the measure needs; the message says what, as a sentence."""


def scaled(full: int, scale: float, *, least: int = 1) -> int:
    """A count at this scale."""
    return max(least, round(full * scale))
