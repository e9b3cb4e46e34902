"""A hamlet for the simulated fleet: one of each sort of device, three gateways, and a quiet story."""

from collections.abc import Iterable

from devices.readings import Reading
from devices.simulated.fleet import Fleet
from devices.simulated.story import Story
from devices.simulated.world import World
from devices.sites import (
    Cluster,
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

START_MS = 1_795_421_702_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

_SITES = (
    Site(
        "G1", SiteKind.DRAIN, "Ga G1", "", "v", 20.98, 105.91, ("S1",), Section.CIRCULAR, 0.6, 0.6, 3.0, 4.5
    ),
    Site("S1", SiteKind.CANAL, "Kênh S1", "", "v", 20.981, 105.911, (), Section.OPEN, 9.0, 3.0, 1.0, 4.0),
    Site("D1", SiteKind.WASTE_POINT, "Điểm Đ1, đình", "", "v", 20.982, 105.912, route="Tuyến 1"),
    Site("B1", SiteKind.WATCH_SPOT, "Bãi B1", "", "t", 20.983, 105.913),
    Site("K1", SiteKind.AIR, "Trạm K1", "", "v", 20.984, 105.914),
    Site("W1", SiteKind.RAIN_GAUGE, "Mưa W1", "", "v", 20.985, 105.915),
    Site("P1", SiteKind.PUMP, "Bơm P1", "", "v", 20.986, 105.916),
)
_DEVICES = (
    (
        Device("a840410000000001", "dragino/dds75-lb", "g1", 600),
        Mounting("", "G1", geometry=Geometry(1450.0)),
    ),
    (
        Device("24e1240000000001", "milesight/em500-udl", "s1", 600),
        Mounting("", "S1", geometry=Geometry(3500.0)),
    ),
    (
        Device("24e1240000000002", "milesight/em310-udl", "d1", 900),
        Mounting("", "D1", geometry=Geometry(1000.0, 200.0)),
    ),
    (
        Device("24e1240000000003", "milesight/em310-udl", "b1", 900),
        Mounting("", "B1", geometry=Geometry(3000.0)),
    ),
    (Device("70b3d50000000001", "decentlab/dl-pm", "k1", 900), Mounting("", "K1")),
    (Device("kenh-w1", "", "w1", 600), Mounting("", "W1")),
    (Device("kenh-p1", "", "p1", 600), Mounting("", "P1")),
)


def hamlet() -> Registry:
    """Seven sites and their devices; the watch spot's cluster uses The Things Stack."""
    return Registry(
        sites={site.id: site for site in _SITES},
        villages={"v": Village("v", "Làng", "c"), "t": Village("t", "Bãi", "cum-van-duc")},
        clusters={"c": Cluster("c", "Cụm"), "cum-van-duc": Cluster("cum-van-duc", "Văn Đức")},
        devices={device.id: device for device, _ in _DEVICES},
        mountings={
            device.id: (Mounting(device.id, place.site_id, geometry=place.geometry),)
            for device, place in _DEVICES
        },
        gateways={f"gw{n}": Gateway(f"gw{n}", "", 20.98 + n / 100, 105.91) for n in (1, 2, 3)},
    )


def fleet(story: Story | None = None) -> Fleet:
    """The hamlet's fleet."""
    registry = hamlet()
    return Fleet(registry, World(registry, START_MS, story))


def flat(batches: Iterable[list[Reading]]) -> list[Reading]:
    """All readings of all batches."""
    return [reading for batch in batches for reading in batch]
