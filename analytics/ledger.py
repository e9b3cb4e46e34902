"""The ledger: what is found and not yet cleared, and what has changed since anybody last asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from analytics.findings import Evidence, Finding, FindingKind, Severity

Facts = Mapping[str, float | int | str | bool | None]


@dataclass(slots=True)
class Ledger:
    """At most one open finding for a site and kind. `out` collects every change in order."""

    update_every_ms: int
    open: dict[tuple[str, FindingKind], Finding] = field(default_factory=dict)
    out: list[Finding] = field(default_factory=list)

    def get(self, site_id: str, kind: FindingKind) -> Finding | None:
        """The open finding of that kind at that site."""
        return self.open.get((site_id, kind))

    def of_kind(self, kind: FindingKind) -> list[Finding]:
        """All open findings of a kind, oldest first."""
        return [finding for (_, other), finding in self.open.items() if other is kind]

    def enter(self, finding: Finding) -> None:
        """A finding is raised."""
        self.open[finding.site_id, finding.kind] = finding
        self.out.append(finding)

    def is_due(self, finding: Finding, at_ms: int) -> bool:
        """Is it time to tell it again?"""
        return at_ms - finding.updated_ms >= self.update_every_ms

    def renew(
        self,
        finding: Finding,
        at_ms: int,
        severity: Severity,
        confidence: float,
        evidence: tuple[Evidence, ...],
        facts: Facts,
    ) -> None:
        """New facts for an open finding. It may get worse at once; it never gets milder while it holds."""
        worse = severity.rank < finding.severity.rank
        if not worse and (not self.is_due(finding, at_ms) or facts == finding.facts):
            return
        self._change(
            replace(
                finding,
                severity=severity if worse else finding.severity,
                updated_ms=at_ms,
                confidence=confidence,
                evidence=evidence,
                facts=facts,
            )
        )

    def clear(self, finding: Finding, at_ms: int) -> None:
        """It no longer holds. The facts stay those of when it last did."""
        del self.open[finding.site_id, finding.kind]
        self.out.append(replace(finding, updated_ms=at_ms, closed_ms=at_ms))

    def take(self) -> list[Finding]:
        """What has changed since the last time, in order."""
        out, self.out = self.out, []
        return out

    def _change(self, finding: Finding) -> None:
        self.open[finding.site_id, finding.kind] = finding
        self.out.append(finding)
