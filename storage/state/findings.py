"""Findings, from the moment they are raised until long after they cleared."""

from typing import Any

from sqlalchemy import Connection, RowMapping, select

from analytics.findings import Evidence, Finding, FindingKind, Severity
from storage.state import tables
from storage.state.paging import before, cursor
from storage.state.upserting import upsert

_TABLE = tables.findings


class FindingRepository:
    """Findings by id."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, finding: Finding) -> None:
        """Add the finding, or bring the one with its id up to date."""
        upsert(self._connection, _TABLE, [_row(finding)])

    def get(self, finding_id: str) -> Finding | None:
        """The finding with that id."""
        row = self._connection.execute(select(_TABLE).where(_TABLE.c.id == finding_id)).mappings().first()
        return None if row is None else _finding(row)

    def open(self, site_id: str | None = None) -> list[Finding]:
        """Findings that hold, of one site or of all, oldest first."""
        query = select(_TABLE).where(_TABLE.c.closed_ms.is_(None)).order_by(_TABLE.c.opened_ms, _TABLE.c.id)
        if site_id is not None:
            query = query.where(_TABLE.c.site_id == site_id)
        return [_finding(row) for row in self._connection.execute(query).mappings()]

    def page(
        self,
        *,
        site_id: str | None = None,
        kind: FindingKind | None = None,
        open_only: bool = False,
        limit: int = 100,
        after: str | None = None,
    ) -> tuple[list[Finding], str | None]:
        """Findings newest first, and the cursor of the next page (None: that was all).

        Raises:
            ValueError: `after` is no cursor.
        """
        query = select(_TABLE).order_by(_TABLE.c.opened_ms.desc(), _TABLE.c.id.desc()).limit(limit + 1)
        if site_id is not None:
            query = query.where(_TABLE.c.site_id == site_id)
        if kind is not None:
            query = query.where(_TABLE.c.kind == str(kind))
        if open_only:
            query = query.where(_TABLE.c.closed_ms.is_(None))
        if after is not None:
            query = query.where(before(after, _TABLE.c.opened_ms, _TABLE.c.id))
        found = [_finding(row) for row in self._connection.execute(query).mappings()]
        if len(found) <= limit:
            return found, None
        return found[:limit], cursor(found[limit - 1].opened_ms, found[limit - 1].id)


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "site_id": finding.site_id,
        "kind": str(finding.kind),
        "severity": str(finding.severity),
        "opened_ms": finding.opened_ms,
        "updated_ms": finding.updated_ms,
        "confidence": finding.confidence,
        "closed_ms": finding.closed_ms,
        "channel": finding.channel,
        "conduit_from": finding.conduit_from,
        "conduit_to": finding.conduit_to,
        "evidence": list(finding.evidence),
        "facts": dict(finding.facts),
    }


def _finding(row: RowMapping) -> Finding:
    values = {name: row[name] for name in row if name != "id"}
    values["kind"] = FindingKind(row["kind"])
    values["severity"] = Severity(row["severity"])
    values["evidence"] = tuple(
        Evidence(**{**item, "normal": tuple(item["normal"])}) for item in row["evidence"]
    )
    return Finding(**values)
