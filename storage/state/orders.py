"""Work orders. A revision guards every saving, and an index the rule of one live order a site and kind."""

from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select, update
from sqlalchemy.exc import IntegrityError

from analytics.findings import FindingKind, Severity
from dispatch.orders import LastAnswer, OrderState, WorkOrder
from storage.errors import ConflictError
from storage.state import tables
from storage.state.paging import before, cursor
from storage.state.upserting import insert_into

_TABLE = tables.orders


class OrderRepository:
    """Work orders by id, by place and by page."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, order_id: str) -> WorkOrder | None:
        """The work order with that id."""
        return self._first(select(_TABLE).where(_TABLE.c.id == order_id))

    def live(self) -> list[WorkOrder]:
        """Every live order, oldest first."""
        query = select(_TABLE).where(_TABLE.c.live == 1).order_by(_TABLE.c.opened_ms, _TABLE.c.id)
        return [_order(row) for row in self._connection.execute(query).mappings()]

    def live_for(self, site_id: str, kind: FindingKind) -> WorkOrder | None:
        """The live order for that site and kind, if there is one."""
        return self._first(_at(site_id, kind).where(_TABLE.c.live == 1))

    def latest_for(self, site_id: str, kind: FindingKind) -> WorkOrder | None:
        """The newest order for that site and kind, live or ended."""
        return self._first(_newest(_at(site_id, kind)))

    def by_finding(self, finding_id: str) -> WorkOrder | None:
        """The newest order held open by that finding."""
        return self._first(_newest(select(_TABLE).where(_TABLE.c.finding_id == finding_id)))

    def save(self, order: WorkOrder) -> WorkOrder:
        """Save the order under the next revision, and return it so. Revision 0 is a new order.

        Raises:
            ConflictError: the stored revision is not `order.revision`, or another order is live for its
                site and kind: load afresh and decide again.
        """
        saved = replace(order, revision=order.revision + 1)
        if not (self._insert(saved) if order.revision == 0 else self._update(saved)):
            raise ConflictError(order.id)
        return saved

    def _insert(self, order: WorkOrder) -> bool:
        # DO NOTHING rather than an error: on PostgreSQL an error would end the whole transaction.
        statement = insert_into(self._connection, _TABLE).values(_row(order)).on_conflict_do_nothing()
        return self._connection.execute(statement.returning(_TABLE.c.id)).first() is not None

    def _update(self, order: WorkOrder) -> bool:
        statement = update(_TABLE).where(_TABLE.c.id == order.id, _TABLE.c.revision == order.revision - 1)
        try:
            with self._connection.begin_nested():
                return self._connection.execute(statement.values(_row(order))).rowcount == 1
        except IntegrityError:
            return False

    def page(
        self,
        *,
        state: OrderState | None = None,
        crew_id: str | None = None,
        site_id: str | None = None,
        kind: FindingKind | None = None,
        live_only: bool = False,
        limit: int = 100,
        after: str | None = None,
    ) -> tuple[list[WorkOrder], str | None]:
        """Orders newest first, and the cursor of the next page (None: that was all).

        Raises:
            ValueError: `after` is no cursor.
        """
        query = _newest(select(_TABLE)).limit(limit + 1)
        wanted = {"state": state, "crew_id": crew_id, "site_id": site_id, "kind": kind}
        for name, value in wanted.items():
            if value is not None:
                query = query.where(_TABLE.c[name] == str(value))
        if live_only:
            query = query.where(_TABLE.c.live == 1)
        if after is not None:
            query = query.where(before(after, _TABLE.c.opened_ms, _TABLE.c.id))
        found = [_order(row) for row in self._connection.execute(query).mappings()]
        if len(found) <= limit:
            return found, None
        return found[:limit], cursor(found[limit - 1].opened_ms, found[limit - 1].id)

    def _first(self, query: Select[Any]) -> WorkOrder | None:
        row = self._connection.execute(query.limit(1)).mappings().first()
        return None if row is None else _order(row)


def _at(site_id: str, kind: FindingKind) -> Select[Any]:
    return select(_TABLE).where(_TABLE.c.site_id == site_id, _TABLE.c.kind == str(kind))


def _newest(query: Select[Any]) -> Select[Any]:
    return query.order_by(_TABLE.c.opened_ms.desc(), _TABLE.c.id.desc())


def _row(order: WorkOrder) -> dict[str, Any]:
    row = {field.name: getattr(order, field.name) for field in fields(order)}
    for name in ("kind", "severity", "state"):
        row[name] = str(row[name])
    return {**row, "live": int(order.is_live)}


def _order(row: RowMapping) -> WorkOrder:
    values = {name: row[name] for name in row if name != "live"}
    values["kind"] = FindingKind(row["kind"])
    values["severity"] = Severity(row["severity"])
    values["state"] = OrderState(row["state"])
    values["last_answer"] = LastAnswer(**row["last_answer"]) if row["last_answer"] else None
    return WorkOrder(**values)
