"""Findings: conclusions about a site, with the evidence for them.

What stands in `Finding.facts`, by kind (the sentences of dispatch/sentences.py are written from these; a fact
that is not known is None, never left out). `_m` metres of water above the site's invert unless "elevation"
(above the commune's datum), `_ms` epoch milliseconds, `_h` hours.

| kind | fact | meaning |
|---|---|---|
| every kind | `at_ms` | event time of the reading (or of the tick) the facts describe |
| blocked_drain | `level_m` | water level now |
| | `normal_low_m`, `normal_high_m` | usual at this hour (10 % and 90 %); None while still learning |
| | `dry_h` | hours without rain, at most 999; None: not known |
| | `downstream_id` | next sensed site down the pipe, else the next site, else None |
| | `downstream_state` | `dry`, `normal`, `raised`, `unknown` |
| | `downstream_level_m` | its level now, or None |
| | `time_to_overflow_h` | hours until water reaches the cover at this rise; None: not rising, unknown |
| | `rise_cm_per_h` | present rise, negative while falling |
| | `also_raised` | ids of other sites in the same standing pool, joined by `;` |
| flooding | `level_m` | water level at `at_ms`; None if the level itself was never good |
| | `depth_over_street_cm` | water over the street, 0 if still below it; None: depth of the site unknown |
| | `rise_cm_per_10min` | present rise, 0 if it stands still or falls |
| | `rain_1h_mm` | greatest rain in the last hour over all gauges; None: no gauge speaks |
| | `submerged` | True: fell silent while rising fast ("silent while rising") |
| | `silent_since_ms` | last reading before the silence; None unless `submerged` |
| backwater | `level_m` | water level in the drain (or canal) |
| | `receiver_id` | the canal or river that stands high (the site itself if it is one) |
| | `receiver_elevation_m` | its water surface; None: no datum known |
| | `above_drain_cm` | receiver above the drain's water, may be < 0; None: no datum, or the site itself |
| | `receiver_rise_cm` | receiver above its own usual high at this hour; None: still learning |
| | `dry_h` | as above |
| overflow | `full_containers`, `containers` | how many are full, of how many with a fresh reading |
| | `level_pct` | lowest level among the full ones ("above 95 %") |
| | `since_ms` | when the first of the full ones became full |
| sensor_silent | `since_ms` | last reading of the site |
| | `missed` | reports missed so far |
| | `battery_pct` | last battery reading, or None |
| gateway_silent | `since_ms` | last reading of the first site to fall silent |
| | `sites` | how many sensed sites went with it |
| | `site_ids` | their ids, joined by `;` (the finding's own `site_id` is the gateway's id) |

Names of evidence (`Evidence.name`, unit): `surplus` (m, the level, with its usual band), `depth_used` (%),
`dry_hours` (h), `rise` (cm/h), `downstream_dry`, `downstream_normal`, `downstream_raised` (m, level there),
`upstream_raised` (m), `canal_high` (cm above its usual), `sudden_step` (m, looks like the sensor),
`receiver_surface` (m, elevation), `over_street` (cm), `fast_rise` (cm/10min), `rain_1h` (mm),
`second_reading` (m), `neighbour_high` (m), `silent_while_rising` (min), `fill_level` (%),
`full_containers` (count), `silent_for` (min), `missed_reports` (count), `battery` (%),
`silent_sites` (count).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256


class FindingKind(StrEnum):
    """Everything Kênh can conclude about a site."""

    BLOCKED_DRAIN = "blocked_drain"
    HIGH_WATER = "high_water"
    FLOODING = "flooding"
    SILTING = "silting"
    BACKWATER = "backwater"
    OVERFLOW = "overflow"
    OVERFLOW_EXPECTED = "overflow_expected"
    MISSED_COLLECTION = "missed_collection"
    SUSPECTED_DUMPING = "suspected_dumping"
    POOR_AIR = "poor_air"
    SMOKE_SUSPECTED = "smoke_suspected"
    SENSOR_SILENT = "sensor_silent"
    SENSOR_FAULT = "sensor_fault"
    BATTERY_LOW = "battery_low"
    GATEWAY_SILENT = "gateway_silent"
    COVER_MOVED = "cover_moved"


class Severity(StrEnum):
    """How much it matters, most first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the most severe."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was seen and how much it counts (positive for the finding, negative against it).

    `normal` is what is usual: a low and a high bound, either of them None where unknown.
    """

    name: str
    value: float
    unit: str
    weight: float
    normal: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Finding:
    """One conclusion about one site, from the moment it is raised until it clears.

    `facts` are the numbers and ids its sentence needs (see dispatch/sentences.py), JSON-plain.
    `opened_ms` is when the live service would have raised it, `closed_ms` is None while it holds.
    """

    site_id: str
    kind: FindingKind
    severity: Severity
    opened_ms: int
    updated_ms: int
    confidence: float
    closed_ms: int | None = None
    channel: str = ""
    conduit_from: str = ""
    conduit_to: str = ""
    evidence: tuple[Evidence, ...] = ()
    facts: Mapping[str, float | int | str | bool | None] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Derived from site, kind and `opened_ms`, so that replaying history only upserts."""
        return finding_id(self.site_id, self.kind, self.opened_ms)


def finding_id(site_id: str, kind: FindingKind, opened_ms: int) -> str:
    """The id of the finding of that kind raised at that site at that moment."""
    return "f-" + sha256(f"{site_id}|{kind}|{opened_ms}".encode()).hexdigest()[:20]
