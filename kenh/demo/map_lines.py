"""River, canals and dyke as plain labelled lines: schematic, good to a few hundred metres."""

from itertools import pairwise
from typing import NamedTuple


class MapLine(NamedTuple):
    """A labelled line under the points. `kind` is `river`, `canal` or `dyke`; `points` are (lat, lon)."""

    id: str
    kind: str
    label_vi: str
    label_en: str
    points: tuple[tuple[float, float], ...]


RED_RIVER = MapLine(
    "song-hong",
    "river",
    "Sông Hồng",
    "Red River",
    (
        (21.003, 105.902),
        (20.985, 105.904),
        (20.970, 105.905),
        (20.955, 105.897),
        (20.935, 105.885),
        (20.918, 105.883),
    ),
)
DYKE = MapLine(
    "de-ta-hong",
    "dyke",
    "Đê tả Hồng",
    "Red River dyke",
    (
        (21.004, 105.9116),
        (20.9961, 105.9121),
        (20.988, 105.9165),
        (20.978, 105.9205),
        (20.970, 105.918),
        (20.966, 105.9125),
        (20.955, 105.9090),
        (20.940, 105.9035),
        (20.917, 105.9005),
    ),
)
MAP_LINES: tuple[MapLine, ...] = (
    RED_RIVER,
    MapLine(
        "bac-hung-hai",
        "canal",
        "Sông Bắc Hưng Hải",
        "Bắc Hưng Hải canal",
        ((20.969, 105.908), (20.968, 105.920), (20.962, 105.940), (20.958, 105.958)),
    ),
    MapLine(
        "cau-bay",
        "canal",
        "Sông Cầu Bây",
        "Cầu Bây river",
        ((21.003, 105.944), (20.990, 105.945), (20.975, 105.950), (20.962, 105.956)),
    ),
    DYKE,
)


def longitude_at(line: MapLine, lat: float) -> float:
    """Where a line that runs north to south crosses a latitude; beyond its ends, its end."""
    points = sorted(line.points)
    if lat <= points[0][0]:
        return points[0][1]
    for (south, west), (north, east) in pairwise(points):
        if lat <= north:
            return west + (east - west) * (lat - south) / (north - south)
    return points[-1][1]
