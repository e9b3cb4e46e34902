"""What travels over HTTP: lists, readings, findings and work orders, built from the house's own values.

The shapes of places, devices and crews are in api/wire_ground.py.
"""

from collections.abc import Mapping
from typing import Generic, TypeVar

from pydantic import BaseModel

from analytics.findings import Evidence, Finding
from api.params import iso, iso_or_none
from devices.readings import Reading
from devices.sites import Registry
from dispatch.orders import Event, WorkOrder
from dispatch.sentences import evidence_text, sentence
from storage.protocols import Latest

Item = TypeVar("Item")
Plain = str | int | float | bool | None


class Listing(BaseModel, Generic[Item]):
    """One page of a list; `next` goes into `cursor` for the following page, null when that was all."""

    items: list[Item]
    next: str | None = None


class ReadingOut(BaseModel):
    """One value of one quantity, on one channel of one site, at one time.

    `qc` is the QARTOD code: 1 good, 2 not evaluated, 3 suspect, 4 fail, 9 missing. `source` is empty for a
    device and names the kind of report for a person's reading.
    """

    site: str
    channel: str
    quantity: str
    time: str
    value: float
    qc: int
    raw: float | None
    received_at: str
    source: str

    @classmethod
    def of(cls, reading: Reading) -> "ReadingOut":
        """From a stored reading."""
        return cls(
            site=reading.site_id,
            channel=reading.channel,
            quantity=reading.quantity,
            time=iso(reading.time_ms),
            value=reading.value,
            qc=reading.qc,
            raw=reading.raw,
            received_at=iso(reading.received_ms),
            source=reading.source,
        )


class LatestOut(BaseModel):
    """The newest reading of one series, and how old it is."""

    site: str
    channel: str
    quantity: str
    time: str
    value: float
    qc: int
    received_at: str
    age_s: int

    @classmethod
    def of(cls, latest: Latest, now_ms: int) -> "LatestOut":
        """From the store's latest."""
        return cls(
            site=latest.key.site_id,
            channel=latest.key.channel,
            quantity=latest.key.quantity,
            time=iso(latest.time_ms),
            value=latest.value,
            qc=latest.qc,
            received_at=iso(latest.received_ms),
            age_s=max(0, (now_ms - latest.time_ms) // 1000),
        )


class EvidenceOut(BaseModel):
    """One thing that was seen, what is usual, and how much it counts for (or against) the finding."""

    name: str
    value: float
    normal: list[float | None]
    unit: str
    weight: float
    text_vi: str
    text_en: str

    @classmethod
    def of(cls, evidence: Evidence) -> "EvidenceOut":
        """From a finding's evidence."""
        return cls(
            name=evidence.name,
            value=evidence.value,
            normal=list(evidence.normal),
            unit=evidence.unit,
            weight=evidence.weight,
            text_vi=evidence_text(evidence, "vi"),
            text_en=evidence_text(evidence, "en"),
        )


class FindingOut(BaseModel):
    """One conclusion about one site, from the moment it is raised until it clears."""

    id: str
    site_id: str
    channel: str
    kind: str
    severity: str
    confidence: float
    opened_at: str
    updated_at: str
    closed_at: str | None
    conduit_from: str
    conduit_to: str
    reason_vi: str
    reason_en: str
    evidence: list[EvidenceOut]
    facts: Mapping[str, Plain]

    @classmethod
    def of(cls, finding: Finding, registry: Registry) -> "FindingOut":
        """From a finding, with its sentences."""
        return cls(
            id=finding.id,
            site_id=finding.site_id,
            channel=finding.channel,
            kind=finding.kind.value,
            severity=finding.severity.value,
            confidence=finding.confidence,
            opened_at=iso(finding.opened_ms),
            updated_at=iso(finding.updated_ms),
            closed_at=iso_or_none(finding.closed_ms),
            conduit_from=finding.conduit_from,
            conduit_to=finding.conduit_to,
            reason_vi=sentence(finding, registry, "vi"),
            reason_en=sentence(finding, registry, "en"),
            evidence=[EvidenceOut.of(row) for row in finding.evidence],
            facts=dict(finding.facts),
        )


class LastAnswerOut(BaseModel):
    """The crew's latest answer as it came; `refused` says why it was not followed, if it was not."""

    status: str
    by: str
    note: str
    refused: str


class EventOut(BaseModel):
    """One line of the log of a work order or finding."""

    seq: int | None = None
    at: str
    what: str
    actor: str
    order_id: str
    finding_id: str
    site_id: str
    data: Mapping[str, Plain]

    @classmethod
    def of(cls, event: Event, seq: int | None = None) -> "EventOut":
        """From the event log; `seq` is the event's place in the stream."""
        return cls(
            seq=seq,
            at=iso(event.at_ms),
            what=event.what,
            actor=event.actor,
            order_id=event.order_id,
            finding_id=event.finding_id,
            site_id=event.site_id,
            data=dict(event.data),
        )


class OrderOut(BaseModel):
    """What a crew is asked to do, where it stands, and when each step was made."""

    id: str
    site_id: str
    kind: str
    severity: str
    state: str
    finding_id: str
    crew_id: str
    confidence: float
    opened_at: str
    updated_at: str
    revision: int
    sentence_vi: str
    sentence_en: str
    acknowledged_at: str | None
    accepted_at: str | None
    on_site_at: str | None
    done_at: str | None
    cleared_at: str | None
    closed_at: str | None
    close_reason: str
    last_answer: LastAnswerOut | None

    @classmethod
    def of(cls, order: WorkOrder) -> "OrderOut":
        """From a work order."""
        return cls.model_validate(order_fields(order))


class OrderWithEvents(OrderOut):
    """A work order and everything that happened to it, oldest first."""

    events: list[EventOut]

    @classmethod
    def told(cls, order: WorkOrder, events: list[Event]) -> "OrderWithEvents":
        """From a work order and its events."""
        told = [EventOut.of(event) for event in events]
        return cls.model_validate({**order_fields(order), "events": told})


def order_fields(order: WorkOrder) -> dict[str, object]:
    """The fields of `OrderOut`."""
    said = order.last_answer
    return {
        "id": order.id,
        "site_id": order.site_id,
        "kind": order.kind.value,
        "severity": order.severity.value,
        "state": order.state.value,
        "finding_id": order.finding_id,
        "crew_id": order.crew_id,
        "confidence": order.confidence,
        "opened_at": iso(order.opened_ms),
        "updated_at": iso(order.updated_ms),
        "revision": order.revision,
        "sentence_vi": order.sentence_vi,
        "sentence_en": order.sentence_en,
        "acknowledged_at": iso_or_none(order.acknowledged_ms),
        "accepted_at": iso_or_none(order.accepted_ms),
        "on_site_at": iso_or_none(order.on_site_ms),
        "done_at": iso_or_none(order.done_ms),
        "cleared_at": iso_or_none(order.cleared_ms),
        "closed_at": iso_or_none(order.closed_ms),
        "close_reason": order.close_reason,
        "last_answer": said
        and LastAnswerOut(status=said.status, by=said.by, note=said.note, refused=said.refused),
    }
