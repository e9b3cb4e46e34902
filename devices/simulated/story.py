"""What is staged: curves laid over the world, devices that fall silent, gateways without power.

Everything is in epoch milliseconds. A curve acts only between its first and its last moment, so a story is
over by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from devices.simulated.noise import F64, I64
from devices.simulated.rain import Storm


class How(StrEnum):
    """What a curve does to the value the world would have."""

    ADD = "add"
    SCALE = "scale"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Curve:
    """A piecewise-linear change of one quantity (in its unit) at one site's channel.

    `at_ms` increases; `value` has one entry for each.
    """

    site_id: str
    quantity: str
    how: How
    at_ms: tuple[int, ...]
    value: tuple[float, ...]
    channel: str = "1"

    def laid_over(self, time_ms: I64, world: F64) -> F64:
        """(n,) the world's values with this curve laid over them."""
        inside = (time_ms >= self.at_ms[0]) & (time_ms <= self.at_ms[-1])
        if not inside.any():
            return world
        curve = np.interp(time_ms, np.array(self.at_ms, np.float64), np.array(self.value))
        match self.how:
            case How.ADD:
                changed = world + curve
            case How.SCALE:
                changed = world * curve
            case How.SET:
                changed = curve
        laid: F64 = np.where(inside, changed, world)
        return laid


@dataclass(frozen=True, slots=True)
class Outage:
    """A device or a gateway that says nothing from one moment (inclusive) to another (exclusive)."""

    id: str
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class Story:
    """Everything staged around one start.

    `low_spots` multiply what rain does at a site. `closely` are the sites watched every minute from
    `closely_from_ms` on. `phase_ms` puts a device's reports at given milliseconds within its interval,
    counted from `start_ms`. `extra_emptyings` are by site, `missed_days` (local days) too.
    """

    start_ms: int
    storms: tuple[Storm, ...] = ()
    curves: tuple[Curve, ...] = ()
    outages: tuple[Outage, ...] = ()
    low_spots: Mapping[str, float] = field(default_factory=dict)
    closely: frozenset[str] = frozenset()
    closely_from_ms: int = 0
    phase_ms: Mapping[str, int] = field(default_factory=dict)
    extra_emptyings: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    missed_days: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def silent_until_ms(self, name: str, time_ms: int) -> int | None:
        """When the silence of a device or gateway at that moment ends; None if it speaks."""
        ends = [outage.to_ms for outage in self.outages if _within(outage, name, time_ms)]
        return max(ends) if ends else None


def _within(outage: Outage, name: str, time_ms: int) -> bool:
    return outage.id == name and outage.from_ms <= time_ms < outage.to_ms


def filling_behind(
    start_ms: int, minutes: float, height_m: float, steps: int = 24
) -> tuple[list[int], list[float]]:
    """How water rises behind a plug: as the square root of time, because the pool grows longer as it rises.

    Returns moments (ms) and rises (m) from 0 to `height_m`, close together where it is steep.
    """
    shares = [(step / steps) ** 2 for step in range(steps + 1)]
    return (
        [start_ms + round(share * minutes * 60_000) for share in shares],
        [height_m * share**0.5 for share in shares],
    )
