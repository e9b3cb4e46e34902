"""Does the place make sense: does the site lie among the others, or in the sea?"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from devices.signs import Sign, SignState
from devices.sites import Registry, Site
from devices.vietnamese import number

#: A village is a kilometre or two across, a commune some seven.
_NEAR_KM, _FAR_KM = 3.0, 10.0
_KM_PER_DEGREE = 111.32


class Position(NamedTuple):
    """Degrees (WGS 84)."""

    lat: float
    lon: float


def neighbours_of(site: Site, registry: Registry) -> list[Position]:
    """Where the other sites of its village are; of the whole commune where the village has no other."""
    placed = [
        (other.village_id, Position(other.lat, other.lon))
        for other in registry.sites.values()
        if other.id != site.id and other.lat is not None and other.lon is not None
    ]
    near = [position for village_id, position in placed if site.village_id and village_id == site.village_id]
    return near or [position for _, position in placed]


def place_sign(site: Site, neighbours: Sequence[Position]) -> Sign:
    """The sign `place`: how far the nearest of `neighbours` is."""
    if site.lat is None or site.lon is None:
        return Sign(
            "place",
            SignState.WARN,
            "chưa có tọa độ: đứng tại chỗ và ghi lại",
            "no coordinates: stand at the place and note them",
        )
    here = Position(site.lat, site.lon)
    if not neighbours:
        return Sign(
            "place",
            SignState.UNKNOWN,
            "chưa có điểm nào khác để so tọa độ",
            "no other site to compare the coordinates with",
        )
    km = _nearest_km(here, neighbours)
    far_vi, far_en = (number(km, 1 if km < _FAR_KM else 0, lang) for lang in ("vi", "en"))
    vi, en = f"cách điểm gần nhất {far_vi} km", f"{far_en} km from the nearest site"
    if km <= _NEAR_KM:
        return Sign("place", SignState.OK, f"{vi}: hợp lý", f"{en}: makes sense")
    if abs(here.lon) <= 90 and _nearest_km(Position(here.lon, here.lat), neighbours) <= _NEAR_KM:
        return Sign(
            "place",
            SignState.BAD,
            f"{vi}: vĩ độ và kinh độ bị ghi ngược",
            f"{en}: latitude and longitude are the wrong way round",
        )
    if km <= _FAR_KM:
        return Sign("place", SignState.WARN, f"{vi}: xem lại tọa độ", f"{en}: look at the coordinates again")
    return Sign("place", SignState.BAD, f"{vi}: tọa độ sai", f"{en}: the coordinates are wrong")


def _nearest_km(here: Position, others: Sequence[Position]) -> float:
    return min(_apart_km(here, other) for other in others)


def _apart_km(one: Position, other: Position) -> float:
    """Over a commune the earth is flat; far away it only has to be far."""
    north = (one.lat - other.lat) * _KM_PER_DEGREE
    east = (one.lon - other.lon) * _KM_PER_DEGREE * math.cos(math.radians(other.lat))
    return math.hypot(north, east)
