"""What is known of every level series: its normal, its bounds, and the excess it is in."""

from dataclasses import dataclass, field

import numpy as np

from analytics.tables import F64, I64, NEVER, Bool, Column, Table

#: Which quantiles make the band, in the order of the last axis of `band`.
QUANTILES = np.array([0.1, 0.5, 0.9])


@dataclass(slots=True)
class Levels(Table):
    """One row a slot of the memory; rows of other roles stay as they were made.

    Normal: `band` (n, 24, 3) metres by local hour; `days` (n, 24) dry days learnt of each hour, `hours` (n,)
    in all; `scale` (n,) how far readings lie from the middle; `cap` (n, 24, 3) the band when commissioned.
    Bounds now: `high` usual greatest (10 % above it), `alarm` above which it is raised, `clear` below which
    it is so no more, `flood` near the street, `obvious` too high for any drain in dry weather; inf: unknown.
    `drain` marks the series of drains, which may stand in for a rain gauge.
    Excess: `raised_since` event time at which the level rose above `alarm`, `explained_until` until when
    something else explains it. `flooding` and `standing` say that a flooding finding, or a blocked drain or
    backwater finding, is open for this very series.
    """

    band: F64 = field(default_factory=Column(np.float64, np.nan, 24, 3))
    days: I64 = field(default_factory=Column(np.int64, 0, 24))
    hours: I64 = field(default_factory=Column(np.int64, 0))
    scale: F64 = field(default_factory=Column(np.float64, 0.01))
    cap: F64 = field(default_factory=Column(np.float64, np.inf, 24, 3))
    high: F64 = field(default_factory=Column(np.float64, np.inf))
    alarm: F64 = field(default_factory=Column(np.float64, np.inf))
    clear: F64 = field(default_factory=Column(np.float64, np.inf))
    flood: F64 = field(default_factory=Column(np.float64, np.inf))
    obvious: F64 = field(default_factory=Column(np.float64, np.inf))
    drain: Bool = field(default_factory=Column(np.bool_, 0))
    raised_since: I64 = field(default_factory=Column(np.int64, NEVER))
    explained_until: I64 = field(default_factory=Column(np.int64, NEVER))
    flooding: Bool = field(default_factory=Column(np.bool_, 0))
    standing: Bool = field(default_factory=Column(np.bool_, 0))
