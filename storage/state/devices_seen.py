"""When each device and gateway was last heard, and through which gateways each device is heard."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Table, select

from storage.state import tables
from storage.state.upserting import insert_into


class DevicesSeenRepository:
    """Times of last hearing; they only ever move forward."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def touch(self, heard: Sequence[tuple[str, int, str | None]]) -> None:
        """Devices were heard: (device, received at, gateway or None), once for each gateway."""
        devices = _newest(((device,), at_ms) for device, at_ms, _ in heard)
        gateways = _newest(((gateway,), at_ms) for _, at_ms, gateway in heard if gateway)
        links = _newest(((device, gateway), at_ms) for device, at_ms, gateway in heard if gateway)
        self._raise(tables.devices_seen, devices)
        self._raise(tables.gateways_seen, gateways)
        self._raise(tables.links_seen, links)

    def all(self) -> dict[str, int]:
        """When each device was last heard."""
        table = tables.devices_seen.c
        return {
            row.device_id: row.last_ms
            for row in self._connection.execute(select(table.device_id, table.last_ms))
        }

    def gateways(self) -> dict[str, int]:
        """When each gateway last heard a device."""
        table = tables.gateways_seen.c
        return {
            row.gateway_id: row.last_ms
            for row in self._connection.execute(select(table.gateway_id, table.last_ms))
        }

    def links(self, since_ms: int = 0) -> dict[str, tuple[str, ...]]:
        """For each device, the gateways that have heard it since then."""
        table = tables.links_seen.c
        query = select(table.device_id, table.gateway_id).where(table.last_ms >= since_ms)
        found: dict[str, tuple[str, ...]] = {}
        for device, gateway in self._connection.execute(query.order_by(table.device_id, table.gateway_id)):
            found[device] = (*found.get(device, ()), gateway)
        return found

    def _raise(self, table: Table, newest: Mapping[tuple[str, ...], int]) -> None:
        if not newest:
            return
        key = [column.name for column in table.primary_key]
        statement = insert_into(self._connection, table)
        later = statement.on_conflict_do_update(
            index_elements=key,
            set_={"last_ms": statement.excluded.last_ms},
            where=statement.excluded.last_ms > table.c.last_ms,
        )
        # Sorted, so that two writers on PostgreSQL lock rows in the same order.
        rows = [
            {**dict(zip(key, ids, strict=True)), "last_ms": at_ms} for ids, at_ms in sorted(newest.items())
        ]
        self._connection.execute(later, rows)


def _newest(heard: Iterable[tuple[tuple[str, ...], int]]) -> dict[tuple[str, ...], int]:
    newest: dict[tuple[str, ...], int] = {}
    for ids, at_ms in heard:
        newest[ids] = max(at_ms, newest.get(ids, at_ms))
    return newest
