"""Findings: conclusions about a site, with the evidence for them."""

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
