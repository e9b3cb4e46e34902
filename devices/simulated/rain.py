"""Rain: storms that rise fast and fade, reach each cluster at its own time, and what runs off."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from devices.simulated.local_time import HOUR_MS, MINUTE_MS
from devices.simulated.noise import F64, I64

#: A storm's response is tabulated this finely and this long.
_STEP_MS = MINUTE_MS
_SPAN_MS = 36 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Storm:
    """One storm. Intensity at a place is `peak * x * exp(1 - x)` with `x` the time since it arrived there
    over `to_peak_ms`; it stops after nine times that. `delays` are (cluster id, milliseconds).
    """

    start_ms: int
    peak_mm_per_h: float
    to_peak_ms: int
    delays: tuple[tuple[str, int], ...] = ()

    def arrival_ms(self, cluster_id: str) -> int:
        """When the first drop falls there."""
        return self.start_ms + dict(self.delays).get(cluster_id, 0)

    def fallen_mm(self, time_ms: I64, cluster_id: str) -> F64:
        """(n,) millimetres fallen there from the beginning up to each moment."""
        x = np.clip((time_ms - self.arrival_ms(cluster_id)) / self.to_peak_ms, 0.0, 9.0)
        peak_mm = self.peak_mm_per_h * self.to_peak_ms / HOUR_MS
        fallen: F64 = peak_mm * np.e * (1.0 - (1.0 + x) * np.exp(-x))
        return fallen


@dataclass(frozen=True, slots=True)
class Rain:
    """All storms of a story."""

    storms: tuple[Storm, ...]

    def fallen_mm(self, time_ms: I64, cluster_id: str) -> F64:
        """(n,) millimetres fallen since long ago: the difference of two moments is what a gauge counts."""
        fallen = np.zeros(len(time_ms))
        for storm in self.storms:
            fallen += storm.fallen_mm(time_ms, cluster_id)
        return fallen

    def runoff_mm_per_h(self, time_ms: I64, cluster_id: str, lag_ms: int) -> F64:
        """(n,) rain as a drain feels it: intensity through a linear reservoir with time constant `lag_ms`."""
        felt = np.zeros(len(time_ms))
        if len(time_ms) == 0:
            return felt
        for storm in self.storms:
            since = time_ms - storm.arrival_ms(cluster_id)
            if since.max() > 0 and since.min() < _SPAN_MS:
                felt += np.interp(since, *_response(storm, lag_ms), left=0.0, right=0.0)
        return felt


@lru_cache(maxsize=256)
def _response(storm: Storm, lag_ms: int) -> tuple[F64, F64]:
    """The storm's own response curve: milliseconds since arrival, and mm/h.

    Between two steps the inflow is constant, so that each step is exact: y1 = y0 k + i (1 - k).
    """
    since: F64 = np.arange(0, _SPAN_MS, _STEP_MS, dtype=np.float64)
    fallen = storm.fallen_mm((since + storm.start_ms).astype(np.int64), "")
    intensity = np.diff(fallen, prepend=0.0) * (HOUR_MS / _STEP_MS)
    keep = float(np.exp(-_STEP_MS / lag_ms))
    felt = np.zeros_like(since)
    level = 0.0
    for place, inflow in enumerate(intensity.tolist()):
        level = level * keep + inflow * (1.0 - keep)
        felt[place] = level
    return since, felt
