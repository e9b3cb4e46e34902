"""What waste does by itself: households bring it in the evening, the truck comes by route, markets twice."""

from dataclasses import dataclass

import numpy as np

from devices.simulated.local_time import day_number, hour_of_day, is_sunday, local_ms
from devices.simulated.noise import F64, I64, pick, seed_of, uniform
from devices.sites import Site

#: Share of a day's waste that has been brought by each full hour.
_HOURS = np.arange(25.0)
_BROUGHT = np.concatenate(
    (
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.01, 0.04, 0.08, 0.12, 0.15, 0.18, 0.21, 0.24],
        [0.26, 0.28, 0.30, 0.33, 0.38, 0.55, 0.74, 0.90, 0.96, 0.99, 1.0, 1.0],
    )
)
#: When the truck begins each route, in local hours.
_ROUTE_STARTS = {"Tuyến 1": 19.5, "Tuyến 2": 20.5, "Tuyến 3": 20.0, "Tuyến 4": 21.5}
_MARKET_ROUND = 5.25
#: A missed evening says nothing about the morning round.
NOON = 12.0


@dataclass(frozen=True, slots=True)
class Container:
    """One container: how much comes in a day (in % of it), what stays behind, and when it is emptied.

    `rounds` are local hours of each day; `extra_ms` further emptyings; `missed_days` local days on which
    the evening truck did not come.
    """

    daily_pct: float
    left_pct: float
    rounds: tuple[float, ...]
    extra_ms: tuple[int, ...]
    missed_days: frozenset[int]
    seed: int


def container_of(
    site: Site, channel: str, *, extra_ms: tuple[int, ...] = (), missed_days: frozenset[int] = frozenset()
) -> Container:
    """The behaviour of one container of a collection point."""
    seed = f"waste/{site.id}/{channel}"
    start = _ROUTE_STARTS.get(site.route, 20.0)
    evening = start + 1.5 * pick(f"stop/{site.id}")
    is_market = ", chợ " in site.name
    return Container(
        daily_pct=38.0 + 18.0 * pick(seed) + (16.0 if is_market else 0.0),
        left_pct=6.0 + 6.0 * pick(f"{seed}/left"),
        rounds=(_MARKET_ROUND, evening) if is_market else (evening,),
        extra_ms=extra_ms,
        missed_days=missed_days,
        seed=seed_of(seed),
    )


def fill_pct(container: Container, time_ms: I64) -> F64:
    """(n,) how full it is: what came since it was last emptied, on what stayed behind; at most 104 %."""
    if len(time_ms) == 0:
        return np.zeros(0)
    since = _last_emptied(container, time_ms)
    days = np.arange(int(day_number(since).min()), int(day_number(time_ms).max()) + 1, dtype=np.int64)
    came = _brought_pct(container, time_ms, days) - _brought_pct(container, since, days)
    filled = container.left_pct + came
    # What is thrown on a full container falls beside it.
    heaped: F64 = np.where(filled < 95.0, filled, 95.0 + 9.0 * np.tanh((filled - 95.0) / 9.0))
    return heaped


def _brought_pct(container: Container, time_ms: I64, days: I64) -> F64:
    """(n,) everything brought since the beginning of `days`: the whole days, and the last one's share."""
    amounts = _of_day(container, days)
    before = np.concatenate(([0.0], np.cumsum(amounts)))
    place = day_number(time_ms) - days[0]
    brought: F64 = before[place] + amounts[place] * np.interp(hour_of_day(time_ms), _HOURS, _BROUGHT)
    return brought


def _of_day(container: Container, day: I64) -> F64:
    lively = 0.88 + 0.24 * uniform(container.seed, day)
    amount: F64 = container.daily_pct * lively * (1.0 + 0.15 * is_sunday(day))
    return amount


def _last_emptied(container: Container, time_ms: I64) -> I64:
    """(n,) the last emptying at or before each moment."""
    first = int(day_number(time_ms).min()) - 4
    last = int(day_number(time_ms).max())
    regular = [
        local_ms(day, hour)
        for day in range(first, last + 1)
        for hour in container.rounds
        if hour < NOON or day not in container.missed_days
    ]
    moments = np.array(sorted([*regular, *container.extra_ms]), dtype=np.int64)
    return moments[np.searchsorted(moments, time_ms, side="right") - 1]
