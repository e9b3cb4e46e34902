"""What stands in the demo commune: villages, sites, devices, gateways and crews, as one `Registry`.

The tables lie beside this file as CSV. Everything is worked out the same way every time, so two processes
(or two machines) agree on every id and every place.
"""

import csv
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from math import cos, pi, radians, sin, sqrt

from devices.sites import (
    Cluster,
    Device,
    Gateway,
    Geometry,
    Mounting,
    Registry,
    Site,
    SiteKind,
    Village,
)
from kenh.demo.crews import crews
from kenh.demo.map_lines import DYKE, MAP_LINES, longitude_at
from kenh.demo.shapes import SHAPES

__all__ = ["GATEWAYS", "MAP_LINES", "STORY_SITES", "commune"]

#: Watched every minute: the places of the story. Their interval is left for analytics to learn.
STORY_SITES = frozenset({"G06", "G07", "G03", "G32", "G33", "S02", "X03", "M01", "D15", "W01"})

#: Its devices speak Kênh's own JSON over Wi-Fi, without a LoRaWAN network.
OWN_JSON_VILLAGE = "dao-xuyen"

GATEWAYS: tuple[Gateway, ...] = (
    Gateway("0016c001f1500801", "GW-1 (Đa Tốn)", 20.9856, 105.9342),
    Gateway("0016c001f1500802", "GW-2 (UBND xã)", 20.9790, 105.9150),
    Gateway("0016c001f1500803", "GW-3 (Văn Đức)", 20.9300, 105.8930),
)

INTERVAL_S: Mapping[SiteKind, int] = {
    SiteKind.WASTE_POINT: 900,
    SiteKind.WATCH_SPOT: 900,
    SiteKind.AIR: 900,
    SiteKind.PUMP: 600,
    SiteKind.RAIN_GAUGE: 600,
}
_WATER_INTERVAL_S = 600

_EUI_PREFIX = {"milesight": "24e124", "dragino": "a84041", "decentlab": "70b3d5"}
_METRES_PER_DEGREE = 111_320.0
#: Turning by the golden angle spreads points evenly however many there are.
_GOLDEN_ANGLE = pi * (3 - sqrt(5))


@lru_cache(maxsize=1)
def commune() -> Registry:
    """The whole demo commune; the same value every time."""
    villages = {row["id"]: row for row in _rows("villages.csv")}
    sites = _sites(villages)
    mounted = list(_mounted(sites))
    return Registry(
        version=1,
        sites=sites,
        villages={key: Village(key, row["name"], row["cluster_id"]) for key, row in villages.items()},
        clusters={
            row["cluster_id"]: Cluster(row["cluster_id"], row["cluster_name"]) for row in villages.values()
        },
        devices={device.id: device for device, _ in mounted},
        mountings={device.id: (mounting,) for device, mounting in mounted},
        gateways={gateway.id: gateway for gateway in GATEWAYS},
        crews={crew.id: crew for crew in crews(_labels(villages))},
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = files("kenh.demo").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _labels(villages: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    names = [row["name"] for row in villages.values()]
    return {
        key: f"{row['name']} ({row['cluster_name']})" if names.count(row["name"]) > 1 else row["name"]
        for key, row in villages.items()
    }


def _sites(villages: Mapping[str, Mapping[str, str]]) -> dict[str, Site]:
    sites = {site.id: site for site in map(_water_site, _rows("water_points.csv"))}
    sites |= {site.id: site for site in map(_spot, _rows("spots.csv"))}
    for row in _rows("waste_points.csv"):
        site = _waste_site(row, villages[row["village"]], sites)
        sites[site.id] = site
    return sites


def _water_site(row: Mapping[str, str]) -> Site:
    shape = SHAPES[row["shape"]]
    lat, lon = float(row["lat"]), float(row["lon"])
    ground_m = float(row["ground_m"])
    in_name = shape.section is not None and shape.kind is not SiteKind.CANAL
    code_vi, code_en = (f" {row['id']},",) * 2 if in_name or shape.kind is SiteKind.PUMP else ("", "")
    return Site(
        id=row["id"],
        kind=shape.kind,
        name=f"{shape.word_vi}{code_vi} {row['place_vi']}",
        name_en=f"{shape.word_en}{code_en} {row['place_en']}",
        village_id=row["village"],
        lat=lat,
        lon=lon,
        downstream=(row["down"],) if row["down"] else (),
        section=shape.section,
        width_m=shape.width_m,
        height_m=shape.height_m,
        invert_m=round(ground_m - float(row["depth_m"]), 2) if row["surveyed"] else None,
        ground_m=ground_m,
        report_interval_s=_interval_s(row["id"], shape.kind) if row["model"] else None,
        side=_side(lat, lon),
    )


def _spot(row: Mapping[str, str]) -> Site:
    lat, lon = float(row["lat"]), float(row["lon"])
    kind = SiteKind(row["kind"])
    return Site(
        id=row["id"],
        kind=kind,
        name=row["name_vi"],
        name_en=row["name_en"],
        village_id=row["village"],
        lat=lat,
        lon=lon,
        report_interval_s=_interval_s(row["id"], kind),
        side=_side(lat, lon),
    )


def _waste_site(row: Mapping[str, str], village: Mapping[str, str], sites: Mapping[str, Site]) -> Site:
    lat, lon = _free_place(float(village["lat"]), float(village["lon"]), sites)
    label = row["id"].replace("D", "Đ")
    return Site(
        id=row["id"],
        kind=SiteKind.WASTE_POINT,
        name=f"Điểm tập kết {label}, {row['place_vi']}",
        name_en=f"Collection point {label}, {row['place_en']}",
        village_id=row["village"],
        lat=lat,
        lon=lon,
        report_interval_s=_interval_s(row["id"], SiteKind.WASTE_POINT),
        side=_side(lat, lon),
        route=village["route"],
    )


def _interval_s(site_id: str, kind: SiteKind) -> int | None:
    return None if site_id in STORY_SITES else INTERVAL_S.get(kind, _WATER_INTERVAL_S)


def _side(lat: float, lon: float) -> str:
    return "ngoai_de" if lon < longitude_at(DYKE, lat) else "trong_de"


def metres_between(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Distance of two places in the commune: flat, good to a metre over a few kilometres."""
    east = (lon_a - lon_b) * cos(radians(lat_a))
    return _METRES_PER_DEGREE * sqrt((lat_a - lat_b) ** 2 + east**2)


def _free_place(lat: float, lon: float, sites: Mapping[str, Site]) -> tuple[float, float]:
    """The nearest place on a spiral around a village's centre that keeps 45 m from everything."""
    taken = [(site.lat, site.lon) for site in sites.values() if site.lat is not None and site.lon is not None]
    for turn in range(400):
        radius_deg = 30.0 * sqrt(turn) / _METRES_PER_DEGREE
        here = (
            round(lat + radius_deg * cos(turn * _GOLDEN_ANGLE), 5),
            round(lon + radius_deg * sin(turn * _GOLDEN_ANGLE) / cos(radians(lat)), 5),
        )
        if all(metres_between(*here, *other) >= 45.0 for other in taken):
            return here
    message = f"no free place within 600 m of {lat}, {lon}"
    raise ValueError(message)


def _mounted(sites: Mapping[str, Site]) -> Iterator[tuple[Device, Mounting]]:
    for row in _rows("water_points.csv"):
        if row["model"]:
            yield _water_device(sites[row["id"]], row)
    for row in _rows("waste_points.csv"):
        for number in range(1, int(row["containers"]) + 1):
            # Carts of 450 l and bins of 660 l: 1,0 and 1,2 m deep under a sensor in the lid.
            deep_mm = 1000.0 if number % 2 else 1200.0
            geometry = Geometry(mount_height_mm=deep_mm, full_distance_mm=200.0)
            yield _device(sites[row["id"]], "milesight/em310-udl", geometry, channel=str(number))
    for row in _rows("spots.csv"):
        site = sites[row["id"]]
        if site.kind is SiteKind.AIR:
            yield _device(site, "decentlab/dl-pm", Geometry())
        elif site.kind is SiteKind.WATCH_SPOT:
            yield _device(site, "milesight/em310-udl", Geometry(mount_height_mm=3000.0))
        else:
            yield _device(site, "", Geometry())


def _water_device(site: Site, row: Mapping[str, str]) -> tuple[Device, Mounting]:
    if row["model"] == "own":
        return _device(site, "", Geometry())
    depth_m = float(row["depth_m"])
    deep_manhole = site.section is not None and site.kind is SiteKind.DRAIN and depth_m >= 1.0
    watches_street = site.id in {"G03", "G32"} or not deep_manhole
    # On a post over the grate where water may come out; else on a bracket under the cover.
    face_m = depth_m + 0.8 if watches_street else depth_m - 0.05
    if site.kind in {SiteKind.RIVER, SiteKind.CANAL}:
        face_m = min(depth_m + 0.5, 9.0 if site.kind is SiteKind.RIVER else 6.5)
    return _device(site, row["model"], Geometry(mount_height_mm=round(face_m * 1000.0)))


def _device(site: Site, model: str, geometry: Geometry, channel: str = "1") -> tuple[Device, Mounting]:
    label = f"{site.id}-{channel}" if site.kind is SiteKind.WASTE_POINT else site.id
    if model and site.village_id == OWN_JSON_VILLAGE and site.kind is SiteKind.WASTE_POINT:
        model = ""
    device_id = f"kenh-{label.lower()}" if not model else _eui(model, f"{site.id}/{channel}")
    device = Device(device_id, model, f"kenh-{label.lower()}", site.report_interval_s)
    return device, Mounting(device_id, site.id, channel, geometry=geometry)


def _eui(model: str, seed: str) -> str:
    return _EUI_PREFIX[model.partition("/")[0]] + sha256(f"kenh-demo/{seed}".encode()).hexdigest()[:10]
