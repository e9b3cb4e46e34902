"""The event log: only ever appended to."""

from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, insert, select

from dispatch.orders import Event
from storage.state import tables

_TABLE = tables.events


class EventRepository:
    """Events by number."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, event: Event) -> int:
        """Write one line of the log; its number."""
        row = {
            "at_ms": event.at_ms,
            "what": event.what,
            "actor": event.actor,
            "order_id": event.order_id,
            "finding_id": event.finding_id,
            "site_id": event.site_id,
            "data": dict(event.data),
        }
        seq: int = self._connection.execute(insert(_TABLE).values(row).returning(_TABLE.c.seq)).scalar_one()
        return seq

    def of_order(self, order_id: str) -> list[Event]:
        """What happened to one work order, in order."""
        query = select(_TABLE).where(_TABLE.c.order_id == order_id).order_by(_TABLE.c.seq)
        return [event for _, event in self._read(query)]

    def after(self, seq: int, limit: int) -> list[tuple[int, Event]]:
        """Up to `limit` events numbered above `seq`, oldest first."""
        return self._read(select(_TABLE).where(_TABLE.c.seq > seq).order_by(_TABLE.c.seq).limit(limit))

    def head(self) -> int:
        """The number of the newest event; 0 if there is none."""
        return self._connection.execute(select(func.max(_TABLE.c.seq))).scalar() or 0

    def _read(self, query: Select[Any]) -> list[tuple[int, Event]]:
        return [(row["seq"], _event(row)) for row in self._connection.execute(query).mappings()]


def _event(row: RowMapping) -> Event:
    return Event(**{name: row[name] for name in row if name != "seq"})
