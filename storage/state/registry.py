"""What stands in the commune: sites, villages, devices and where they were mounted, gateways, crews."""

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, and_, delete, func, or_, select, update

from devices.sites import (
    Calibration,
    Clock,
    Cluster,
    Crew,
    Device,
    Gateway,
    Geometry,
    Mounting,
    Registry,
    Section,
    Site,
    SiteKind,
    Village,
)
from storage.state import tables
from storage.state.upserting import insert_into, upsert


class LastRegistry:
    """The registry as a snapshot last loaded it, so that nobody reads a thousand rows to learn of no change.

    Only snapshots leave one here: what a transaction has changed may yet be rolled back, and another may
    then count up to the same version.
    """

    def __init__(self) -> None:
        self.value: Registry | None = None


class RegistryRepository:
    """Loads the registry as one value; every saving counts its version up."""

    def __init__(self, connection: Connection, last: LastRegistry, *, committed: bool) -> None:
        """`committed` says that this connection only reads what is committed."""
        self._connection = connection
        self._last = last
        self._committed = committed
        self._changed = False

    def load(self) -> Registry:
        """Everything, as one immutable value."""
        last = self._last.value
        if last is not None and not self._changed and last.version == self.version():
            return last
        loaded = self._load()
        if self._committed:
            self._last.value = loaded
        return loaded

    def _load(self) -> Registry:
        mountings: dict[str, tuple[Mounting, ...]] = {}
        for mounting in self._mountings():
            mountings[mounting.device_id] = (*mountings.get(mounting.device_id, ()), mounting)
        return Registry(
            version=self.version(),
            sites={row["id"]: _site(row) for row in self._all(tables.sites)},
            villages={row["id"]: Village(**row) for row in self._all(tables.villages)},
            clusters={row["id"]: Cluster(**row) for row in self._all(tables.clusters)},
            devices={row["id"]: _device(row) for row in self._all(tables.devices)},
            mountings=mountings,
            gateways={row["id"]: Gateway(**row) for row in self._all(tables.gateways)},
            crews={row["id"]: _crew(row) for row in self._all(tables.crews)},
        )

    def version(self) -> int:
        """Grows with every change; 0 while nothing was ever saved."""
        return self._connection.execute(select(tables.registry_version.c.version)).scalar() or 0

    def save_sites(
        self, sites: Sequence[Site], villages: Sequence[Village] = (), clusters: Sequence[Cluster] = ()
    ) -> None:
        """Add or change sites, villages and clusters; what is not named stays as it is."""
        upsert(self._connection, tables.clusters, [asdict(cluster) for cluster in clusters])
        upsert(self._connection, tables.villages, [asdict(village) for village in villages])
        upsert(self._connection, tables.sites, [_plain(site) for site in sites])
        self._count_up()

    def save_devices(self, devices: Sequence[Device], mountings: Sequence[Mounting] = ()) -> None:
        """Add or change devices and mountings (a mounting is known by its device and start).

        A device's mountings never overlap: an earlier one ends where the next begins.
        """
        upsert(self._connection, tables.devices, [asdict(device) for device in devices])
        self._save_mountings(mountings)
        for device_id in {mounting.device_id for mounting in mountings}:
            known = self._mountings(device_id)
            self._save_mountings(
                [
                    replace(one, to_ms=following.from_ms)
                    for one, following in pairwise(known)
                    if one.to_ms is None or one.to_ms > following.from_ms
                ]
            )
        self._count_up()

    def save_crews(self, crews: Sequence[Crew]) -> None:
        """Add or change crews."""
        upsert(self._connection, tables.crews, [_plain(crew) for crew in crews])
        self._count_up()

    def save_gateways(self, gateways: Sequence[Gateway]) -> None:
        """Add or change gateways."""
        upsert(self._connection, tables.gateways, [asdict(gateway) for gateway in gateways])
        self._count_up()

    def remount(self, mounting: Mounting) -> None:
        """Mount a device from `mounting.from_ms` on: it leaves where it was, and whatever is there leaves.

        What is already recorded for a later time stays, and the new mounting ends where that begins.
        """
        table = tables.mountings.c
        same_device = table.device_id == mounting.device_id
        same_place = and_(table.site_id == mounting.site_id, table.channel == mounting.channel)
        concerned = or_(same_device, same_place)
        start = mounting.from_ms
        self._connection.execute(delete(tables.mountings).where(concerned, table.from_ms == start))
        running = and_(table.from_ms < start, or_(table.to_ms.is_(None), table.to_ms > start))
        self._connection.execute(update(tables.mountings).where(concerned, running).values(to_ms=start))
        later = select(func.min(table.from_ms)).where(concerned, table.from_ms > start)
        end = self._connection.execute(later).scalar()
        if end is not None and (mounting.to_ms is None or mounting.to_ms > end):
            mounting = replace(mounting, to_ms=end)
        self._save_mountings([mounting])
        self._count_up()

    def _all(self, table: Table) -> Sequence[RowMapping]:
        return self._connection.execute(select(table).order_by(table.c.id)).mappings().all()

    def _mountings(self, device_id: str | None = None) -> list[Mounting]:
        query = select(tables.mountings).order_by(tables.mountings.c.device_id, tables.mountings.c.from_ms)
        if device_id is not None:
            query = query.where(tables.mountings.c.device_id == device_id)
        return [_mounting(row) for row in self._connection.execute(query).mappings()]

    def _save_mountings(self, mountings: Sequence[Mounting]) -> None:
        upsert(self._connection, tables.mountings, [asdict(mounting) for mounting in mountings])

    def _count_up(self) -> None:
        self._changed = True
        first = insert_into(self._connection, tables.registry_version).values(id=1, version=1)
        version = tables.registry_version.c.version
        self._connection.execute(
            first.on_conflict_do_update(index_elements=["id"], set_={"version": version + 1})
        )


def _device(row: RowMapping) -> Device:
    return Device(**{**row, "clock": Clock(row["clock"])})


def _mounting(row: RowMapping) -> Mounting:
    calibrations = tuple(Calibration(**one) for one in row["calibrations"])
    return Mounting(**{**row, "geometry": Geometry(**row["geometry"]), "calibrations": calibrations})


def _plain(value: Site | Crew) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _site(row: RowMapping) -> Site:
    section = Section(row["section"]) if row["section"] is not None else None
    lists = {"downstream": tuple(row["downstream"])}
    return Site(**{**row, **lists, "kind": SiteKind(row["kind"]), "section": section})


def _crew(row: RowMapping) -> Crew:
    return Crew(**{**row, **{name: tuple(row[name]) for name in ("kinds", "villages", "clusters")}})
