"""Rain from a counter that only ever counts up: what fell between two of its totals."""

from typing import NamedTuple

from devices.quantities import QUANTITIES
from devices.readings import Qc

COUNTER = "rain_total_mm"
RAIN = "rain_mm"

#: A gauge silent for longer says nothing of when it rained, and its next total begins anew.
LONGEST_GAP_MS = 7 * 24 * 3_600_000
#: What fell in a longer interval is an amount, but no intensity.
_HONEST_GAP_MS = 3_600_000
#: More than this cannot fall: the bucket was rinsed, or it is another counter.
_MOST_MM_PER_H = 200.0
#: Shorter gaps are judged as this one, or a single tip of the bucket would look like a cloudburst.
_SHORTEST_GAP_MS = 60_000
_MOST_MM = QUANTITIES[RAIN].maximum
#: Where counters of 16 bits run over: in hundredths and tenths of a mm, and in tips of 0.2 mm.
_RUNS_OVER_AT_MM = (655.36, 6553.6, 13107.2)
#: A counter that would have to have missed more than this to run over has restarted: that is more usual.
_MOST_OVER_MM = 50.0
#: Below what any bucket resolves: what is left of a difference of two floats.
_DECIMALS = 4


class Increment(NamedTuple):
    """What fell between two totals, and what to think of it."""

    rain_mm: float
    qc: Qc


def increment(before_mm: float, after_mm: float, gap_ms: int) -> Increment:
    """The rain between two totals of one counter, `gap_ms` apart (> 0, at most LONGEST_GAP_MS).

    A total below the one before means that the counter began again: from 0 after a restart (what fell before
    the restart since the last report is lost), or at the end of its digits where it stood so near to it that
    little rain was missing. Neither is sure, so both are SUSPECT, as is an interval of more than an hour.
    More than 200 mm/h is FAIL and kept as it was counted; more than any interval can hold
    (`QUANTITIES["rain_mm"].maximum`) is another counter in the same place, and FAIL with no rain at all.

    It looks at nothing but these two totals, so that the order in which others arrive cannot matter.
    """
    rain_mm, qc = after_mm - before_mm, Qc.GOOD
    most_mm = _MOST_MM_PER_H * max(gap_ms, _SHORTEST_GAP_MS) / 3_600_000
    if rain_mm < 0:
        rain_mm, qc = _since_restart(before_mm, after_mm, most_mm), Qc.SUSPECT
    elif gap_ms > _HONEST_GAP_MS:
        qc = Qc.SUSPECT
    rain_mm = round(rain_mm, _DECIMALS)
    if rain_mm > _MOST_MM:
        return Increment(0.0, Qc.FAIL)
    return Increment(rain_mm, Qc.FAIL if rain_mm > most_mm else qc)


def _since_restart(before_mm: float, after_mm: float, most_mm: float) -> float:
    for end_mm in _RUNS_OVER_AT_MM:
        over_mm = end_mm - before_mm + after_mm
        if before_mm < end_mm and over_mm <= min(most_mm, _MOST_OVER_MM):
            return over_mm
    return after_mm
