"""Devices nobody has registered yet: seen, kept aside, and adopted with one command or click."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from storage.state import tables
from storage.state.upserting import insert_into

_TABLE = tables.quarantine
_KEPT_BYTES = 4_096
_KEPT_TEXT = 256


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """An unknown device: since when, until when, how often it was heard, and what it said last."""

    device_id: str
    first_ms: int
    last_ms: int
    count: int
    topic: str
    payload: bytes
    name: str = ""
    model_hint: str = ""


class QuarantineRepository:
    """Unknown devices by id, at most `CAP` of them."""

    CAP = 1_000

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def saw(
        self,
        device_id: str,
        at_ms: int,
        topic: str,
        payload: bytes,
        name: str = "",
        model_hint: str = "",
        *,
        count: int = 1,
    ) -> None:
        """An unknown device was heard, `count` times. Beyond the cap, the one silent for longest is let go.

        Only the beginning of what it said is kept: anybody may say anything here.
        """
        said = {
            "topic": topic[:_KEPT_TEXT],
            "payload": payload[:_KEPT_BYTES],
            "name": name[:_KEPT_TEXT],
            "model_hint": model_hint[:_KEPT_TEXT],
        }
        row = {"device_id": device_id, "first_ms": at_ms, "last_ms": at_ms, "count": count, **said}
        statement = insert_into(self._connection, _TABLE).values(row)
        changed = {**said, "last_ms": at_ms, "count": _TABLE.c.count + count}
        total = self._connection.execute(
            statement.on_conflict_do_update(index_elements=["device_id"], set_=changed).returning(
                _TABLE.c.count
            )
        ).scalar_one()
        if total == count:
            self._keep_to_cap([device_id])

    def saw_all(self, heard: Sequence[tuple[QuarantineRow, int]]) -> None:
        """Unknown devices were heard, each once with how often; of more than the cap, the last ones stay.

        As `saw` for each of them, but the list is cut once: a flood of new ids costs little.
        """
        kept = heard[-self.CAP :]
        rows = [
            {
                "device_id": row.device_id,
                "first_ms": row.first_ms,
                "last_ms": row.last_ms,
                "count": count,
                "topic": row.topic[:_KEPT_TEXT],
                "payload": row.payload[:_KEPT_BYTES],
                "name": row.name[:_KEPT_TEXT],
                "model_hint": row.model_hint[:_KEPT_TEXT],
            }
            for row, count in kept
        ]
        if not rows:
            return
        statement = insert_into(self._connection, _TABLE)
        new = statement.excluded
        changed = {name: new[name] for name in ("last_ms", "topic", "payload", "name", "model_hint")}
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["device_id"], set_=changed | {"count": _TABLE.c.count + new.count}
            ),
            sorted(rows, key=lambda row: str(row["device_id"])),
        )
        self._keep_to_cap([row.device_id for row, _ in kept])

    def _keep_to_cap(self, newcomers: Sequence[str]) -> None:
        total = self._connection.execute(select(func.count()).select_from(_TABLE)).scalar_one()
        if total <= self.CAP:
            return
        oldest = (
            select(_TABLE.c.device_id)
            .where(_TABLE.c.device_id.not_in(newcomers))
            .order_by(_TABLE.c.last_ms, _TABLE.c.device_id)
            .limit(total - self.CAP)
        )
        self._connection.execute(delete(_TABLE).where(_TABLE.c.device_id.in_(oldest)))

    def all(self) -> list[QuarantineRow]:
        """Every unknown device, the one heard last first."""
        query = select(_TABLE).order_by(_TABLE.c.last_ms.desc(), _TABLE.c.device_id)
        return [QuarantineRow(**row) for row in self._connection.execute(query).mappings()]

    def get(self, device_id: str) -> QuarantineRow | None:
        """One unknown device."""
        row = (
            self._connection.execute(select(_TABLE).where(_TABLE.c.device_id == device_id)).mappings().first()
        )
        return None if row is None else QuarantineRow(**row)

    def remove(self, device_id: str) -> None:
        """It was adopted, or is not wanted."""
        self._connection.execute(delete(_TABLE).where(_TABLE.c.device_id == device_id))
