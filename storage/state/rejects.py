"""The newest refused uplinks, with the reason, for whoever mends the sender or the codec."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from storage.state import tables
from storage.state.paging import number

_TABLE = tables.rejects
_LONG = 4_096


@dataclass(frozen=True, slots=True)
class RejectRow:
    """One refused uplink. `reason` is a `RejectReason`; `id` is given by the database."""

    received_ms: int
    topic: str
    device_id: str
    reason: str
    detail: str
    payload: bytes
    id: int = 0


class RejectRepository:
    """Rejects by number: the newest `CAP` of them, and no more than `CAP_BYTES` of long payloads."""

    CAP = 10_000
    CAP_BYTES = 32 << 20

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, row: RejectRow) -> int:
        """Keep one reject, and let go of the oldest beyond the cap; its number."""
        given: int = self._connection.execute(
            insert(_TABLE).values(_values(row)).returning(_TABLE.c.id)
        ).scalar_one()
        self._keep_to_cap()
        return given

    def add_all(self, rows: Sequence[RejectRow]) -> None:
        """Keep several, of which the newest `CAP` stay."""
        if rows:
            self._connection.execute(insert(_TABLE), [_values(row) for row in rows[-self.CAP :]])
            self._keep_to_cap()
            if any(len(row.payload) > _LONG for row in rows):
                self._keep_to_bytes()

    def get(self, reject_id: int) -> RejectRow | None:
        """One reject, whole."""
        row = self._connection.execute(select(_TABLE).where(_TABLE.c.id == reject_id)).mappings().first()
        return None if row is None else RejectRow(**row)

    def remove(self, reject_ids: Sequence[int]) -> None:
        """They were understood after all."""
        self._connection.execute(delete(_TABLE).where(_TABLE.c.id.in_(reject_ids)))

    def _keep_to_cap(self) -> None:
        newest = self._connection.execute(select(func.max(_TABLE.c.id))).scalar_one()
        self._connection.execute(delete(_TABLE).where(_TABLE.c.id <= newest - self.CAP))

    def _keep_to_bytes(self) -> None:
        """Ordinary payloads fit under the cap on rows; looked at only when a long one came."""
        size = func.length(_TABLE.c.payload)
        long = select(_TABLE.c.id, size).where(size > _LONG).order_by(_TABLE.c.id.desc())
        total, over = 0, []
        for reject_id, length in self._connection.execute(long):
            total += length
            if total > self.CAP_BYTES:
                over.append(reject_id)
        if over:
            self.remove(over)

    def page(
        self, limit: int = 100, after: str | None = None, *, reason: str = "", device_id: str = ""
    ) -> tuple[list[RejectRow], str | None]:
        """Rejects newest first, and the cursor of the next page (None: that was all).

        `reason` and `device_id` keep those of one reason or device.

        Raises:
            ValueError: `after` is no cursor.
        """
        query = select(_TABLE).order_by(_TABLE.c.id.desc()).limit(limit + 1)
        if reason:
            query = query.where(_TABLE.c.reason == reason)
        if device_id:
            query = query.where(_TABLE.c.device_id == device_id)
        if after is not None:
            query = query.where(_TABLE.c.id < number(after))
        found = [RejectRow(**row) for row in self._connection.execute(query).mappings()]
        return found[:limit], str(found[limit - 1].id) if len(found) > limit else None

    def count_by_reason(self) -> dict[str, int]:
        """How many of those kept were refused for which reason."""
        query = select(_TABLE.c.reason, func.count()).group_by(_TABLE.c.reason).order_by(_TABLE.c.reason)
        return {row[0]: row[1] for row in self._connection.execute(query)}


def _values(row: RejectRow) -> dict[str, Any]:
    values: dict[str, Any] = asdict(row)
    del values["id"]
    values["reason"] = str(row.reason)
    return values
