"""How each device is reached by radio, and which reporting interval was asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from storage.state import tables
from storage.state.upserting import insert_into

_TABLE = tables.device_radio


@dataclass(frozen=True, slots=True)
class RadioRow:
    """A device's application at its network server, how far away it sounds, and what was asked of it."""

    device_id: str
    application: str
    spreading_factor: int | None
    heard_ms: int
    wanted_interval_s: int | None = None
    sent_ms: int | None = None
    reason: str = ""


class RadioRepository:
    """One row a device."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def heard(self, rows: Sequence[tuple[str, str, int | None, int]]) -> None:
        """Devices were heard: (device, application, spreading factor, at); the newest stands."""
        if not rows:
            return
        statement = insert_into(self._connection, _TABLE)
        new = statement.excluded
        names = ("device_id", "application", "spreading_factor", "heard_ms")
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["device_id"],
                set_={name: new[name] for name in names[1:]},
                where=new.heard_ms >= _TABLE.c.heard_ms,
            ),
            [dict(zip(names, row, strict=True)) for row in sorted(rows)],
        )

    def get(self, device_id: str) -> RadioRow | None:
        """One device's row."""
        query = select(_TABLE).where(_TABLE.c.device_id == device_id)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else RadioRow(**row)

    def all(self) -> list[RadioRow]:
        """Every device's row, by id."""
        query = select(_TABLE).order_by(_TABLE.c.device_id)
        return [RadioRow(**row) for row in self._connection.execute(query).mappings()]

    def asked(self, device_id: str, interval_s: int | None, sent_ms: int, reason: str) -> None:
        """That an interval was asked of a device (None: its usual one), and why."""
        self._connection.execute(
            update(_TABLE)
            .where(_TABLE.c.device_id == device_id)
            .values(wanted_interval_s=interval_s, sent_ms=sent_ms, reason=reason)
        )
