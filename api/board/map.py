"""The map: an SVG drawn from the sites themselves, with the water lines under them."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from api.board.states import Standing, group_of, standing_label
from api.board.words import say
from api.ports import MapLine
from devices.sites import Registry, Site
from dispatch.phrases import site_name
from dispatch.words import Lang

WIDTH = 640.0
_MARGIN = 26.0
_TALLEST, _FLATTEST = 860.0, 300.0
#: Above so many sites only those that need eyes are drawn: a page stays a page.
MOST_MARKS = 700
#: A map of one place is not drawn closer than this, in degrees.
_SMALLEST_SPAN = 0.004
#: About how wide a letter of a name is, for its height.
_LETTER = 0.52
_Rectangle = tuple[float, float, float, float]
#: Drawn last is seen best.
_ORDER = (Standing.UNKNOWN, Standing.OK, Standing.INFO, Standing.MINOR, Standing.MAJOR, Standing.CRITICAL)


@dataclass(frozen=True, slots=True)
class Mark:
    """One site: a shape for its kind, filled by its standing."""

    href: str
    title: str
    shape: str
    standing: str
    x: float
    y: float
    needs_eyes: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A polyline with its label, or a piece of flow without one."""

    kind: str
    points: str
    label: str = ""
    x: float = 0.0
    y: float = 0.0
    angle: float = 0.0


@dataclass(frozen=True, slots=True)
class Name:
    """A village's or a cluster's name, beside its sites."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class MapPicture:
    """Everything the map template draws, in its own units."""

    width: float
    height: float
    lines: tuple[Drawn, ...]
    flows: tuple[Drawn, ...]
    villages: tuple[Name, ...]
    clusters: tuple[Name, ...]
    marks: tuple[Mark, ...]
    partial: bool


@dataclass(frozen=True, slots=True)
class _Frame:
    """Degrees to picture units: an equirectangular map, true to shape at its middle."""

    west: float
    north: float
    scale: float
    squeeze: float
    left: float
    top: float
    height: float

    def xy(self, lat: float, lon: float) -> tuple[float, float]:
        x = self.left + (lon - self.west) * self.squeeze * self.scale
        return round(x, 1), round(self.top + (self.north - lat) * self.scale, 1)


def draw(
    sites: Sequence[Site],
    registry: Registry,
    standings: Mapping[str, Standing],
    map_lines: Sequence[MapLine],
    lang: Lang,
) -> MapPicture | None:
    """The map of these sites, None if none of them has a position."""
    placed = [site for site in sites if site.lat is not None and site.lon is not None]
    if not placed:
        return None
    frame = _frame([(site.lat or 0.0, site.lon or 0.0) for site in placed])
    is_partial = len(placed) > MOST_MARKS
    shown = [site for site in placed if not is_partial or standings[site.id].needs_eyes][:MOST_MARKS]
    marks = [_mark(site, frame, standings[site.id], lang) for site in shown]
    marks.sort(key=lambda mark: _ORDER.index(Standing(mark.standing)))
    return MapPicture(
        width=WIDTH,
        height=frame.height,
        lines=tuple(_line(line, frame, lang) for line in map_lines),
        flows=() if is_partial else tuple(_flows(placed, frame)),
        villages=tuple(_names(placed, frame, partial(_village, registry), 12.0)),
        clusters=tuple(_names(placed, frame, partial(_cluster, registry), 20.0)),
        marks=tuple(marks),
        partial=is_partial,
    )


def _frame(points: Sequence[tuple[float, float]]) -> _Frame:
    lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
    middle = (min(lats) + max(lats)) / 2
    squeeze = math.cos(math.radians(middle))
    tall = max(max(lats) - min(lats), _SMALLEST_SPAN)
    wide = max((max(lons) - min(lons)) * squeeze, _SMALLEST_SPAN)
    scale = min((WIDTH - 2 * _MARGIN) / wide, (_TALLEST - 2 * _MARGIN) / tall)
    height = max(tall * scale + 2 * _MARGIN, _FLATTEST)
    return _Frame(
        west=(min(lons) + max(lons)) / 2 - wide / squeeze / 2,
        north=middle + tall / 2,
        scale=scale,
        squeeze=squeeze,
        left=(WIDTH - wide * scale) / 2,
        top=(height - tall * scale) / 2,
        height=round(height, 1),
    )


def _mark(site: Site, frame: _Frame, standing: Standing, lang: Lang) -> Mark:
    x, y = frame.xy(site.lat or 0.0, site.lon or 0.0)
    return Mark(
        href=f"/sites/{site.id}",
        title=f"{site_name(site, lang)}: {standing_label(standing, lang)}",
        shape=group_of(site.kind).name,
        standing=standing.value,
        x=x,
        y=y,
        needs_eyes=standing.needs_eyes,
    )


def _line(line: MapLine, frame: _Frame, lang: Lang) -> Drawn:
    points = [frame.xy(lat, lon) for lat, lon in line.points]
    x, y, angle = _label_place(points, frame.height)
    return Drawn(
        kind=line.kind,
        points=_text_of(points),
        label=line.label_vi if lang == "vi" else line.label_en,
        x=x,
        y=y,
        angle=angle,
    )


def _label_place(points: Sequence[tuple[float, float]], height: float) -> tuple[float, float, float]:
    """The middle of the longest stretch inside the picture, and the angle along it, never upside down."""
    best = (-1.0, 0.0, 0.0, 0.0)
    for (x1, y1), (x2, y2) in pairwise(points):
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        inside = 0 < x < WIDTH and 0 < y < height
        length = math.hypot(x2 - x1, y2 - y1) * (1.0 if inside else 0.01)
        if length > best[0]:
            angle = math.degrees(math.atan2(y2 - y1, x2 - x1))
            angle = angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle
            best = (length, x, y, angle)
    return round(best[1], 1), round(best[2], 1), round(best[3], 1)


def _flows(sites: Iterable[Site], frame: _Frame) -> Iterable[Drawn]:
    placed = {site.id: site for site in sites}
    for site in placed.values():
        start = frame.xy(site.lat or 0.0, site.lon or 0.0)
        for below in site.downstream:
            target = placed.get(below)
            if target is not None:
                yield Drawn("flow", _text_of([start, frame.xy(target.lat or 0.0, target.lon or 0.0)]))


def _village(registry: Registry, site: Site) -> str:
    return registry.village_label(site.village_id) if site.village_id in registry.villages else ""


def _cluster(registry: Registry, site: Site) -> str:
    village = registry.villages.get(site.village_id)
    cluster = registry.clusters.get(village.cluster_id) if village else None
    return cluster.name if cluster else ""


def _names(
    sites: Iterable[Site], frame: _Frame, name_of: Callable[[Site], str], size: float
) -> Iterable[Name]:
    """Each name beside the marks of its sites, where it covers no mark and no other name; else left out.

    `size` is the height of its letters. Names with many sites choose first.
    """
    members: dict[str, list[tuple[float, float]]] = {}
    for site in sites:
        members.setdefault(name_of(site), []).append(frame.xy(site.lat or 0.0, site.lon or 0.0))
    taken = [(x - 6, y - 6, x + 6, y + 6) for points in members.values() for x, y in points]
    members.pop("", None)
    for text in sorted(members, key=lambda text: (-len(members[text]), text)):
        width = len(text) * _LETTER * size
        for x, y in _places_beside(members[text], width, size):
            box = (x - width / 2, y - 0.9 * size, x + width / 2, y + 0.3 * size)
            if _is_inside(box, frame.height) and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                yield Name(text, round(x, 1), round(y, 1))
                break


def _places_beside(
    points: Sequence[tuple[float, float]], width: float, size: float
) -> list[tuple[float, float]]:
    """Where a name could stand (middle, baseline): above, below, right and left, then further out."""
    xs, ys = zip(*points, strict=True)
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2 + size / 3
    places = []
    for away in (0.0, 12.0, 26.0):
        places += [
            (middle_x, top - 10 - away),
            (right + width / 2 + 11 + away, middle_y),
            (left - width / 2 - 11 - away, middle_y),
            (middle_x, bottom + 7 + size + away),
        ]
    return places


def _is_inside(box: _Rectangle, height: float) -> bool:
    return box[0] > 0 and box[2] < WIDTH and box[1] > 0 and box[3] < height


def _overlap(one: _Rectangle, other: _Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _text_of(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def legend(lang: Lang) -> list[tuple[str, str]]:
    """Shapes and the words for them."""
    return [(name, say(f"group_{name}", lang)) for name in ("water", "waste", "air", "rain")]
