"""What travels about the ground: places, devices, quantities and crews."""

from dataclasses import asdict

from pydantic import BaseModel, ConfigDict, Field

from api.params import iso, iso_or_none
from devices.quantities import Quantity
from devices.sites import (
    Calibration,
    Crew,
    Device,
    Gateway,
    Geometry,
    Mounting,
    Registry,
    Site,
    Village,
)


class ClusterOut(BaseModel):
    """A cụm, a former commune."""

    id: str
    name: str


class VillageOut(BaseModel):
    """A thôn or tổ dân phố. `label` tells villages of one name apart."""

    id: str
    name: str
    label: str
    cluster: ClusterOut | None

    @classmethod
    def of(cls, village: Village, registry: Registry) -> "VillageOut":
        """From the registry's village."""
        cluster = registry.clusters.get(village.cluster_id)
        return cls(
            id=village.id,
            name=village.name,
            label=registry.village_label(village.id),
            cluster=ClusterOut(id=cluster.id, name=cluster.name) if cluster else None,
        )


class SiteOut(BaseModel):
    """A place that is watched. Heights are metres in one vertical datum; null is unknown."""

    id: str
    kind: str
    name: str
    name_en: str
    village_id: str
    village: str
    lat: float | None
    lon: float | None
    downstream: list[str]
    section: str | None
    width_m: float | None
    height_m: float | None
    invert_m: float | None
    ground_m: float | None
    report_interval_s: int | None
    side: str
    route: str
    commune_id: str

    @classmethod
    def of(cls, site: Site, registry: Registry) -> "SiteOut":
        """From the registry's site."""
        return cls(
            id=site.id,
            kind=site.kind.value,
            name=site.name,
            name_en=site.name_en,
            village_id=site.village_id,
            village=registry.village_label(site.village_id) if site.village_id else "",
            lat=site.lat,
            lon=site.lon,
            downstream=list(site.downstream),
            section=site.section.value if site.section else None,
            width_m=site.width_m,
            height_m=site.height_m,
            invert_m=site.invert_m,
            ground_m=site.ground_m,
            report_interval_s=site.report_interval_s,
            side=site.side,
            route=site.route,
            commune_id=site.commune_id,
        )


class GeometryIO(BaseModel):
    """How a sensor looks at what it measures, in millimetres along its beam; null is unknown.

    `mount_height_mm`: sensor face to bed or container floor. `full_distance_mm`: sensor face to the full
    line. `offset_mm` is added to every distance; of a submerged probe it is its height above the bed.
    `assumed_c`: the air temperature an ultrasonic sensor reckons with that does not compensate.
    """

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    mount_height_mm: float | None = Field(default=None, examples=[1850])
    full_distance_mm: float | None = Field(default=None, examples=[300])
    dead_zone_mm: float | None = None
    max_range_mm: float | None = None
    offset_mm: float = 0.0
    assumed_c: float | None = None

    @classmethod
    def of(cls, geometry: Geometry) -> "GeometryIO":
        """From a mounting's geometry."""
        return cls(**asdict(geometry))

    def geometry(self) -> Geometry:
        """As the registry keeps it."""
        return Geometry(**self.model_dump())


class CalibrationOut(BaseModel):
    """From `since` on, a quantity's value is `scale * value + offset`."""

    since: str
    quantity: str
    offset: float
    scale: float
    by: str
    note: str

    @classmethod
    def of(cls, calibration: Calibration) -> "CalibrationOut":
        """From a mounting's calibration."""
        return cls(
            since=iso(calibration.from_ms),
            quantity=calibration.quantity,
            offset=calibration.offset,
            scale=calibration.scale,
            by=calibration.by,
            note=calibration.note,
        )


class MountingOut(BaseModel):
    """Where a device stood, from one time (inclusive) to another (exclusive; null: still there), and how."""

    site_id: str
    channel: str
    since: str
    until: str | None
    geometry: GeometryIO
    calibrations: list[CalibrationOut]

    @classmethod
    def of(cls, mounting: Mounting) -> "MountingOut":
        """From the registry's mounting."""
        return cls(
            site_id=mounting.site_id,
            channel=mounting.channel,
            since=iso(mounting.from_ms),
            until=iso_or_none(mounting.to_ms),
            geometry=GeometryIO.of(mounting.geometry),
            calibrations=[CalibrationOut.of(calibration) for calibration in mounting.calibrations],
        )


class DeviceOut(BaseModel):
    """A sensor unit, all its mountings (oldest first), and when it was last heard."""

    id: str
    model: str
    name: str
    expected_interval_s: int | None
    last_seen: str | None
    mountings: list[MountingOut]

    @classmethod
    def of(cls, device: Device, registry: Registry, last_ms: int | None) -> "DeviceOut":
        """From the registry's device."""
        return cls(
            id=device.id,
            model=device.model,
            name=device.name,
            expected_interval_s=device.expected_interval_s,
            last_seen=iso_or_none(last_ms),
            mountings=[MountingOut.of(mounting) for mounting in registry.mountings.get(device.id, ())],
        )


class GatewayOut(BaseModel):
    """A radio gateway, and when it last passed something on."""

    id: str
    name: str
    lat: float | None
    lon: float | None
    last_seen: str | None

    @classmethod
    def of(cls, gateway: Gateway, last_ms: int | None) -> "GatewayOut":
        """From the registry's gateway."""
        return cls(
            id=gateway.id, name=gateway.name, lat=gateway.lat, lon=gateway.lon, last_seen=iso_or_none(last_ms)
        )


class QuantityOut(BaseModel):
    """A quantity that readings may be of, its unit, and the bounds of what is physically possible."""

    name: str
    unit: str
    family: str
    minimum: float
    maximum: float
    decimals: int
    label_vi: str
    label_en: str

    @classmethod
    def of(cls, quantity: Quantity) -> "QuantityOut":
        """From the closed list."""
        return cls(
            name=quantity.name,
            unit=quantity.unit,
            family=quantity.family.value,
            minimum=quantity.minimum,
            maximum=quantity.maximum,
            decimals=quantity.decimals,
            label_vi=quantity.label_vi,
            label_en=quantity.label_en,
        )


class CrewOut(BaseModel):
    """A crew and what it covers. `phone` is null for readers who may not act."""

    id: str
    name: str
    name_en: str
    kinds: list[str]
    villages: list[str]
    clusters: list[str]
    side: str
    phone: str | None

    @classmethod
    def of(cls, crew: Crew, *, with_phone: bool) -> "CrewOut":
        """From the registry's crew."""
        return cls(
            id=crew.id,
            name=crew.name,
            name_en=crew.name_en,
            kinds=list(crew.kinds),
            villages=list(crew.villages),
            clusters=list(crew.clusters),
            side=crew.side,
            phone=crew.phone if with_phone else None,
        )
