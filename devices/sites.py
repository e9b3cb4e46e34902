"""Places and who looks after them: sites, villages, crews, and the devices mounted there.

All values are immutable. Identity is an id, never a name: villages split, merge and share names.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

#: Every id in Kênh: case-sensitive, safe in a topic, a path and a file name. DevEUIs are kept in lower case.
ID_PATTERN = r"[A-Za-z0-9._:-]{1,64}"
_ID = re.compile(ID_PATTERN)

DEFAULT_CHANNEL = "1"


def is_id(text: str) -> bool:
    """Is this a well-formed id?"""
    return _ID.fullmatch(text) is not None


class SiteKind(StrEnum):
    """What is watched at a site."""

    DRAIN = "drain"
    CANAL = "canal"
    RIVER = "river"
    POND = "pond"
    GATE = "gate"
    PUMP = "pump"
    WASTE_POINT = "waste_point"
    WATCH_SPOT = "watch_spot"
    AIR = "air"
    RAIN_GAUGE = "rain_gauge"


#: Kinds whose level is measured in metres of water.
WATER_KINDS = frozenset(
    {SiteKind.DRAIN, SiteKind.CANAL, SiteKind.RIVER, SiteKind.POND, SiteKind.GATE, SiteKind.PUMP}
)


class Section(StrEnum):
    """Shape of the outgoing conduit."""

    CIRCULAR = "circular"
    BOX = "box"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A former commune (cụm): the contest and the lists are run by cluster."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Village:
    """A thôn or tổ dân phố. Names repeat: show it through `Registry.village_label`."""

    id: str
    name: str
    cluster_id: str


@dataclass(frozen=True, slots=True)
class Site:
    """A place that is watched.

    Heights are metres in one vertical datum; `None` is unknown. Readings of `water_level_m` are above the
    site's own invert, so `ground_m - invert_m` is the depth at which water reaches the street.
    `downstream` lists the sites its water flows to. `side` is `trong_de` or `ngoai_de` (inside or outside
    the dyke). `route` is the collection route of a waste point.
    """

    id: str
    kind: SiteKind
    name: str = ""
    name_en: str = ""
    village_id: str = ""
    lat: float | None = None
    lon: float | None = None
    downstream: tuple[str, ...] = ()
    section: Section | None = None
    width_m: float | None = None
    height_m: float | None = None
    invert_m: float | None = None
    ground_m: float | None = None
    report_interval_s: int | None = None
    side: str = ""
    route: str = ""
    commune_id: str = ""

    @property
    def depth_to_ground_m(self) -> float | None:
        """Depth of water at which it reaches the street, if both heights are known."""
        if self.invert_m is None or self.ground_m is None:
            return None
        return self.ground_m - self.invert_m


@dataclass(frozen=True, slots=True)
class Geometry:
    """How a sensor looks at what it measures, all in millimetres along its beam.

    `mount_height_mm`: sensor face to bed or container floor. `full_distance_mm`: sensor face to the 100 %
    line of a container. `dead_zone_mm`: nearer than this the sensor cannot tell (None: the model's own).
    `offset_mm` is added to every distance; of a submerged probe it is its height above the bed. `assumed_c`:
    the air temperature at which an ultrasonic sensor that does not compensate measures right (None: it does).
    """

    mount_height_mm: float | None = None
    full_distance_mm: float | None = None
    dead_zone_mm: float | None = None
    max_range_mm: float | None = None
    offset_mm: float = 0.0
    assumed_c: float | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """From `from_ms` on, a quantity's value is `scale * value + offset`, in the unit of the quantity.

    It corrects what is stored (`water_level_m`, `pm2_5_ug_m3`, ...); of several for one quantity the latest
    that has begun counts. `by` and `note` say who found it out, and how.
    """

    from_ms: int
    quantity: str
    offset: float = 0.0
    scale: float = 1.0
    by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mounting:
    """A device at a site's channel from one time (inclusive) to another (exclusive; None: still there).

    A changed geometry is a new mounting from that time on; `calibrations` stand in order of time.
    """

    device_id: str
    site_id: str
    channel: str = DEFAULT_CHANNEL
    from_ms: int = 0
    to_ms: int | None = None
    geometry: Geometry = field(default_factory=Geometry)
    calibrations: tuple[Calibration, ...] = ()

    def covers(self, time_ms: int) -> bool:
        """Was the device here at that time?"""
        return self.from_ms <= time_ms and (self.to_ms is None or time_ms < self.to_ms)


def calibration_at(mounting: Mounting, quantity: str, time_ms: int) -> Calibration | None:
    """The correction of a quantity that counts at that time: the latest that has begun."""
    for calibration in reversed(mounting.calibrations):
        if calibration.quantity == quantity and calibration.from_ms <= time_ms:
            return calibration
    return None


def with_calibration(mounting: Mounting, calibration: Calibration) -> Mounting:
    """The mounting with one correction more, in order of time.

    It takes the place of one of the same quantity from the same time. Raises ValueError where it is none
    that can be used.
    """
    if not (math.isfinite(calibration.offset) and math.isfinite(calibration.scale) and calibration.scale):
        raise ValueError("a calibration needs a finite offset and a finite scale other than 0")
    if calibration.quantity == "rain_total_mm":
        # A counter scaled from one day on would jump that day; what it counts is scaled instead.
        raise ValueError("calibrate rain_mm: the counter itself is kept as it stands")
    others = [
        other
        for other in mounting.calibrations
        if (other.quantity, other.from_ms) != (calibration.quantity, calibration.from_ms)
    ]
    in_order = sorted([*others, calibration], key=lambda one: (one.from_ms, one.quantity))
    return replace(mounting, calibrations=tuple(in_order))


class Clock(StrEnum):
    """Whose time a device's readings are filed under, if it is plausible."""

    DEVICE = "device"
    GATEWAY = "gateway"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Device:
    """A sensor unit. `model` is `vendor/model`, or empty for devices that name their quantities themselves.

    `clock` is whose time to believe first; one that is further than `max_skew_s` ahead of the next better
    one is not believed.
    """

    id: str
    model: str = ""
    name: str = ""
    expected_interval_s: int | None = None
    clock: Clock = Clock.DEVICE
    max_skew_s: int = 300


@dataclass(frozen=True, slots=True)
class Gateway:
    """A radio gateway that hears devices."""

    id: str
    name: str = ""
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Crew:
    """People who are sent: a drainage unit, a contractor's team, the commune police.

    `kinds` are the finding kinds they are sent for. An empty `villages`, `clusters` and `side` covers
    everywhere; otherwise a site is covered if it matches any of the lists given, and the side if given.
    """

    id: str
    name: str
    name_en: str = ""
    kinds: tuple[str, ...] = ()
    villages: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    side: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything that stands in the commune, as one immutable value with a version.

    `mountings` holds each device's mountings, oldest first; they do not overlap.
    """

    version: int = 0
    sites: Mapping[str, Site] = field(default_factory=dict)
    villages: Mapping[str, Village] = field(default_factory=dict)
    clusters: Mapping[str, Cluster] = field(default_factory=dict)
    devices: Mapping[str, Device] = field(default_factory=dict)
    mountings: Mapping[str, tuple[Mounting, ...]] = field(default_factory=dict)
    gateways: Mapping[str, Gateway] = field(default_factory=dict)
    crews: Mapping[str, Crew] = field(default_factory=dict)

    def mounting_at(self, device_id: str, time_ms: int) -> Mounting | None:
        """Where the device was at that time."""
        for mounting in reversed(self.mountings.get(device_id, ())):
            if mounting.covers(time_ms):
                return mounting
        return None

    def village_label(self, village_id: str) -> str:
        """The village's name, with its cluster in brackets where the name alone is ambiguous."""
        village = self.villages.get(village_id)
        if village is None:
            return village_id
        twice = sum(other.name == village.name for other in self.villages.values()) > 1
        cluster = self.clusters.get(village.cluster_id)
        return f"{village.name} ({cluster.name})" if twice and cluster else village.name
