"""Work orders: what a crew is asked to do about a finding, as immutable values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from analytics.findings import FindingKind, Severity


class OrderState(StrEnum):
    """Where a work order stands."""

    OPEN = "open"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ON_SITE = "on_site"
    DONE = "done"
    VERIFIED = "verified"
    CLOSED = "closed"
    REJECTED = "rejected"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    REOPENED = "reopened"
    DONE_UNVERIFIED = "done_unverified"


#: States from which nothing more happens by itself; an order in any other state is live.
ENDED = frozenset({OrderState.CLOSED, OrderState.CANCELLED})


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """The crew's latest answer as it came, and why it was refused if it was."""

    status: str
    by: str = ""
    note: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """One job at one site. There is at most one live order for a site and kind.

    `finding_id` is the finding that holds it open (the latest, if the finding came back).
    `revision` grows by one with every saved change: a writer that holds an old revision decides again.
    `cleared_ms` is when the sensor last said the trouble is gone, None while it holds.
    """

    id: str
    site_id: str
    kind: FindingKind
    severity: Severity
    state: OrderState
    finding_id: str
    opened_ms: int
    updated_ms: int
    revision: int = 0
    crew_id: str = ""
    confidence: float = 1.0
    sentence_vi: str = ""
    sentence_en: str = ""
    acknowledged_ms: int | None = None
    accepted_ms: int | None = None
    on_site_ms: int | None = None
    done_ms: int | None = None
    cleared_ms: int | None = None
    closed_ms: int | None = None
    close_reason: str = ""
    last_answer: LastAnswer | None = None

    @property
    def is_live(self) -> bool:
        """Is somebody still expected to do or decide something?"""
        return self.state not in ENDED


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the append-only log: who did what to which work order or finding, and when."""

    at_ms: int
    what: str
    actor: str
    order_id: str = ""
    finding_id: str = ""
    site_id: str = ""
    data: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that must leave. `key` makes it idempotent; an empty `body` on MQTT clears what is retained.

    `channel` names a folder-mate in alerts/channels (`mqtt`); `target` is its address (a topic).
    """

    channel: str
    target: str
    body: bytes
    key: str
    due_ms: int
    order_id: str = ""


def order_id(site_id: str, kind: FindingKind, opened_ms: int, day: str) -> str:
    """A short id people can read out: `WO-261123-K7Q2MX`. `day` is the local date as yymmdd."""
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    number = int.from_bytes(sha256(f"{site_id}|{kind}|{opened_ms}".encode()).digest()[:5])
    return f"WO-{day}-" + "".join(alphabet[(number >> (5 * place)) % 32] for place in range(6))
