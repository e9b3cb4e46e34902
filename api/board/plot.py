"""Curves over time as SVG numbers: scales, ticks, paths. Knows no site, no quantity and no language."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Box:
    """Where a picture keeps its plot: outer size, and the margins around the plot."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float

    @property
    def x1(self) -> float:
        """Right edge of the plot."""
        return self.width - self.right

    @property
    def y1(self) -> float:
        """Lower edge of the plot."""
        return self.height - self.bottom


@dataclass(frozen=True, slots=True)
class Scale:
    """Values to picture units, both ends given; `at` clips to them so that nothing leaves the plot."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The place of a value, clipped to the ends."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + min(1.0, max(0.0, share)) * (self.end - self.start), 1)


def nice_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that cuts `span` (> 0) into at most `most` pieces."""
    power = 10.0 ** math.floor(math.log10(span / most))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if span / (step * power) <= most + 1e-9)


def nice_range(
    values: Sequence[float], most: int, *, floor: float | None, least: float
) -> tuple[float, float, float]:
    """(low, high, step) of an axis that holds all values and ends on its own ticks.

    It begins at `floor` (if given) unless something lies below it, and spans at least `least` (> 0).
    """
    low, high = min(values), max(values)
    if floor is not None:
        low = min(low, floor)
    if high - low < least:
        high = low + least if floor is not None else (low + high + least) / 2
        low = low if floor is not None else high - least
    step = nice_step(high - low, most)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step


def ticks(low: float, high: float, step: float) -> list[float]:
    """The ticks from `low` to `high`, both included."""
    return [round(low + index * step, 10) for index in range(round((high - low) / step) + 1)]


def decimals_of(step: float) -> int:
    """How many decimals tell the ticks of this step apart."""
    return next((places for places in range(6) if abs(round(step, places) - step) < 1e-9), 6)


def path(time_ms: I64, value: F64, x: Scale, y: Scale, gap_ms: float) -> str:
    """SVG path of a curve, broken where nothing was measured for longer than `gap_ms`.

    What is not known is not drawn. A reading on its own becomes a dot: a stroke of no length, round capped.
    """
    parts: list[str] = []
    previous = -math.inf
    for index, (at_ms, number) in enumerate(zip(time_ms.tolist(), value.tolist(), strict=True)):
        broken = at_ms - previous > gap_ms
        alone = broken and (index + 1 == len(time_ms) or time_ms[index + 1] - at_ms > gap_ms)
        parts.append(f"{'M' if broken else 'L'}{x.at(at_ms):g} {y.at(number):g}{'h0' if alone else ''}")
        previous = at_ms
    return "".join(parts)


def area(time_ms: Sequence[int], low: F64, high: F64, x: Scale, y: Scale) -> list[str]:
    """SVG paths of a band between two curves, one for each stretch where both are known (not NaN)."""
    known = ~(np.isnan(low) | np.isnan(high))
    paths = []
    for stretch in _stretches(known):
        upper = [f"{x.at(time_ms[i]):g} {y.at(float(high[i])):g}" for i in stretch]
        lower = [f"{x.at(time_ms[i]):g} {y.at(float(low[i])):g}" for i in reversed(stretch)]
        paths.append("M" + "L".join(upper + lower) + "Z")
    return paths


def thin(time_ms: I64, value: F64, most: int) -> tuple[I64, F64]:
    """At most about `most` points that keep every peak: least and greatest of each piece."""
    if len(time_ms) <= most:
        return time_ms, value
    kept: set[int] = {0, len(time_ms) - 1}
    edges = np.linspace(0, len(time_ms), most // 2 + 1).astype(int)
    for start, end in pairwise(edges.tolist()):
        piece = value[start:end]
        kept |= {int(start + piece.argmin()), int(start + piece.argmax())}
    index = np.array(sorted(kept))
    return time_ms[index], value[index]


def gap_of(time_ms: I64, least_ms: float) -> float:
    """Where a curve breaks: three usual steps, at least `least_ms`."""
    if len(time_ms) < 3:
        return least_ms
    return max(least_ms, 3.0 * float(np.median(np.diff(time_ms))))


def _stretches(known: NDArray[np.bool_]) -> list[list[int]]:
    stretches: list[list[int]] = []
    for index, is_known in enumerate(known.tolist()):
        if is_known and (index == 0 or not known[index - 1]):
            stretches.append([])
        if is_known:
            stretches[-1].append(index)
    return [stretch for stretch in stretches if len(stretch) > 1]
