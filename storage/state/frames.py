"""Which frames of each device arrived, as blocks of bits."""

from collections.abc import Sequence

from sqlalchemy import Connection, case, delete, select

from devices.frames import FrameBlock
from storage.state import tables
from storage.state.upserting import insert_into

_TABLE = tables.frames
_KEY = ["device_id", "session", "block", "gateway_id"]


class FrameRepository:
    """Blocks by device, session, number and gateway; bits are only ever added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def mark(self, blocks: Sequence[FrameBlock]) -> None:
        """Add what arrived; adding it again changes nothing."""
        if not blocks:
            return
        statement = insert_into(self._connection, _TABLE)
        new, old = statement.excluded, _TABLE.c
        merged = {
            "seen": old.seen.op("|")(new.seen),
            "first_ms": case((new.first_ms < old.first_ms, new.first_ms), else_=old.first_ms),
            "last_ms": case((new.last_ms > old.last_ms, new.last_ms), else_=old.last_ms),
        }
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=_KEY, set_=merged),
            [block._asdict() for block in blocks],
        )

    def of_device(self, device_id: str, since_ms: int = 0) -> list[FrameBlock]:
        """One device's blocks that hold something heard since then."""
        return self._blocks(since_ms, device_id)

    def since(self, since_ms: int) -> dict[str, list[FrameBlock]]:
        """Every device's blocks that hold something heard since then."""
        found: dict[str, list[FrameBlock]] = {}
        for block in self._blocks(since_ms):
            found.setdefault(block.device_id, []).append(block)
        return found

    def trim(self, before_ms: int) -> None:
        """Forget blocks that hold nothing newer."""
        self._connection.execute(delete(_TABLE).where(_TABLE.c.last_ms < before_ms))

    def _blocks(self, since_ms: int, device_id: str | None = None) -> list[FrameBlock]:
        query = (
            select(_TABLE).where(_TABLE.c.last_ms >= since_ms).order_by(*[_TABLE.c[name] for name in _KEY])
        )
        if device_id is not None:
            query = query.where(_TABLE.c.device_id == device_id)
        return [FrameBlock(**row) for row in self._connection.execute(query).mappings()]
