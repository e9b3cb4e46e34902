"""What analytics may be tuned with: one frozen tree, units in the names, defaults sane for a commune."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ClockSettings:
    """The grid of event time, and what is too far ahead to be believed."""

    grid_s: int = 30
    timers_s: int = 300
    future_s: int = 300
    #: In a backtest a row this far ahead moves the clock only with two more like it.
    leap_s: int = 6 * 3600


@dataclass(frozen=True, slots=True)
class RainSettings:
    """When it counts as wet, by the gauges or by the drains themselves."""

    wet_mm_per_h: float = 1.0
    gauge_stale_s: int = 2 * 3600
    storm_score: float = 3.0
    storm_sites: int = 4
    storm_spread_floor_m: float = 0.02


@dataclass(frozen=True, slots=True)
class NormalSettings:
    """How the dry-weather normal of a level is learnt."""

    hours_to_learn: int = 36
    dry_before_h: int = 6
    commissioning_days: int = 7
    drift_cap_m: float = 0.03
    margin_m: float = 0.08
    margin_spreads: float = 3.0
    margin_cap_m: float = 0.30


@dataclass(frozen=True, slots=True)
class BlockageSettings:
    """When a raised level in dry weather is a blocked drain, and when it is a high canal."""

    hold_s: int = 30 * 60
    unlearnt_hold_s: int = 2 * 3600
    blind_hold_s: int = 6 * 3600
    dry_h: float = 6.0
    #: Between these two a level must not be falling: what remains of a storm falls.
    least_dry_h: float = 2.0
    probability: float = 0.8
    backwater_m: float = 0.10
    canal_rise_m: float = 0.15
    canal_hold_s: int = 45 * 60
    explained_s: int = 6 * 3600
    dry_level_m: float = 0.02


@dataclass(frozen=True, slots=True)
class FloodingSettings:
    """When water is at the street, or about to be."""

    before_street_m: float = 0.10
    clear_m: float = 0.10
    #: Greatest believable rise from one reading to the next, per 5 minutes.
    dry_rise_m_per_5min: float = 0.10
    wet_rise_m_per_5min: float = 0.40
    wet_mm_per_h: float = 5.0
    fast_cm_per_10min: float = 5.0


@dataclass(frozen=True, slots=True)
class OverflowSettings:
    """When a container is full, and when it is no longer."""

    full_pct: float = 90.0
    emptied_pct: float = 70.0
    hold_s: int = 20 * 60
    stale_s: int = 2 * 3600


@dataclass(frozen=True, slots=True)
class SilenceSettings:
    """When a site has fallen silent, and when a gateway has."""

    default_interval_s: int = 900
    intervals: float = 2.5
    minimum_s: int = 600
    #: A lossy radio link is given so many missed reports that chance alone does this once in so many.
    chance: float = 1e-6
    most_missed: int = 8
    gateway_sites: int = 3
    rising_cm_per_10min: float = 2.0
    #: More than this share of all sites at once is our own reception, not their sensors.
    everybody_share: float = 0.6
    everybody_sites: int = 5


@dataclass(frozen=True, slots=True)
class AnalyticsSettings:
    """Everything, in groups."""

    clock: ClockSettings = field(default_factory=ClockSettings)
    rain: RainSettings = field(default_factory=RainSettings)
    normal: NormalSettings = field(default_factory=NormalSettings)
    blockage: BlockageSettings = field(default_factory=BlockageSettings)
    flooding: FloodingSettings = field(default_factory=FloodingSettings)
    overflow: OverflowSettings = field(default_factory=OverflowSettings)
    silence: SilenceSettings = field(default_factory=SilenceSettings)
    #: An open finding is told again at most so often, unless it gets worse.
    update_every_s: int = 600
