"""Evidence as rows of a small table: what was seen, what is usual, how much it counts."""

from dataclasses import dataclass

from analytics.findings import Evidence, Finding
from api.board.words import say
from dispatch.evidence import evidence_name, normal_text, value_text
from dispatch.words import Lang


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One row. `share` (0..100) is how long its bar is; `favours` whether it speaks for the finding."""

    name: str
    seen: str
    usual: str
    share: int
    favours: bool


def rows_of(finding: Finding, lang: Lang) -> tuple[EvidenceRow, ...]:
    """The finding's evidence, what counts most first."""
    most = max((abs(row.weight) for row in finding.evidence), default=0.0) or 1.0
    ordered = sorted(finding.evidence, key=lambda row: -abs(row.weight))
    return tuple(_row(row, most, lang) for row in ordered)


def _row(evidence: Evidence, most: float, lang: Lang) -> EvidenceRow:
    usual = normal_text(evidence, lang)
    for word in ("thường ", "usually "):
        usual = usual.removeprefix(word)
    return EvidenceRow(
        name=evidence_name(evidence.name, lang),
        seen=_seen(evidence, lang),
        usual=usual or "–",
        share=round(100 * abs(evidence.weight) / most),
        favours=evidence.weight >= 0,
    )


def _seen(evidence: Evidence, lang: Lang) -> str:
    if evidence.unit in ("", "1") and evidence.value in (0.0, 1.0):
        return say("yes" if evidence.value else "no", lang)
    return value_text(evidence, evidence.value, lang)
