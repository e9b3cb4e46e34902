"""Messages that must leave, each once, those to one target in their order."""

from dataclasses import dataclass

from sqlalchemy import Connection, Update, delete, func, select, update

from dispatch.orders import Outgoing
from storage.state import tables
from storage.state.upserting import insert_into

_TABLE = tables.outbox


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message that waits, and how often it was tried."""

    id: int
    outgoing: Outgoing
    attempts: int = 0
    last_error: str = ""


class OutboxRepository:
    """Messages by number. A message is settled once it was sent, or given up as dead."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, outgoing: Outgoing) -> None:
        """Add a message; one with the same key, waiting or settled, is kept instead."""
        row = {
            "key": outgoing.key,
            "channel": outgoing.channel,
            "target": outgoing.target,
            "body": outgoing.body,
            "due_ms": outgoing.due_ms,
            "order_id": outgoing.order_id,
        }
        statement = insert_into(self._connection, _TABLE).values(row)
        self._connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))

    def due(self, now_ms: int, limit: int) -> list[OutboxRow]:
        """The first waiting message for each (channel, target), where it is due, by number.

        One that waits for its next attempt holds back the later ones for its target: a retained message
        must not be overtaken by the one it replaces.
        """
        first = (
            select(func.min(_TABLE.c.id))
            .where(_TABLE.c.settled_ms.is_(None))
            .group_by(_TABLE.c.channel, _TABLE.c.target)
        )
        query = (
            select(_TABLE)
            .where(_TABLE.c.id.in_(first), _TABLE.c.due_ms <= now_ms)
            .order_by(_TABLE.c.id)
            .limit(limit)
        )
        return [
            OutboxRow(
                row.id,
                Outgoing(row.channel, row.target, row.body, row.key, row.due_ms, row.order_id),
                row.attempts,
                row.last_error,
            )
            for row in self._connection.execute(query)
        ]

    def sent(self, row_id: int, at_ms: int) -> None:
        """The message has left."""
        self._connection.execute(_one(row_id).values(settled_ms=at_ms, delivered=1, last_error=""))

    def failed(self, row_id: int, next_ms: int, error: str) -> None:
        """It did not leave; try again at `next_ms`."""
        attempts = _TABLE.c.attempts + 1
        self._connection.execute(_one(row_id).values(due_ms=next_ms, attempts=attempts, last_error=error))

    def dead(self, row_id: int, error: str) -> None:
        """It will never leave: give it up, and let the ones behind it go."""
        attempts = _TABLE.c.attempts + 1
        # Without a clock here, the time it was last due stands for the time it was given up.
        self._connection.execute(
            _one(row_id).values(settled_ms=_TABLE.c.due_ms, attempts=attempts, last_error=error)
        )

    def withdraw(self, channel: str, target: str) -> int:
        """Take back what still waits for a target; returns how many messages."""
        waiting = (
            _TABLE.c.channel == channel,
            _TABLE.c.target == target,
            _TABLE.c.settled_ms.is_(None),
        )
        return self._connection.execute(delete(_TABLE).where(*waiting)).rowcount

    def depth(self) -> int:
        """How many messages wait."""
        query = select(func.count()).select_from(_TABLE).where(_TABLE.c.settled_ms.is_(None))
        return self._connection.execute(query).scalar_one()

    def forget(self, settled_before_ms: int) -> int:
        """Remove messages settled before that time; returns how many. Their keys may then be put again."""
        return self._connection.execute(
            delete(_TABLE).where(_TABLE.c.settled_ms < settled_before_ms)
        ).rowcount


def _one(row_id: int) -> Update:
    return update(_TABLE).where(_TABLE.c.id == row_id)
