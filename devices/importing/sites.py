"""Sites, with the villages and clusters they name, from CSV or GeoJSON."""

from dataclasses import dataclass
from typing import Literal

from devices.importing import csv_text, geojson
from devices.importing.places import Places
from devices.importing.problems import ImportRefused
from devices.importing.rows import Row, unknown_columns
from devices.sites import Cluster, Registry, Section, Site, SiteKind, Village

REQUIRED = ("site_id", "kind")
COLUMNS = (
    *(
        "site_id",
        "kind",
        "name",
        "village",
        "lat",
        "lon",
        "downstream_site_id",
        "section",
        "width_m",
        "height_m",
    ),
    *("invert_m", "ground_m", "report_interval_s", "name_en", "cluster", "side", "route"),
    *("village_name", "cluster_name", "commune_id"),
)
_SIDES = ("", "trong_de", "ngoai_de")


@dataclass(frozen=True, slots=True)
class SitesFile:
    """What a file of sites holds. `villages` and `clusters` are only those the registry did not have."""

    sites: tuple[Site, ...]
    villages: tuple[Village, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    notices: tuple[str, ...] = ()


def read_sites(text: str, fmt: Literal["csv", "geojson"], registry: Registry | None = None) -> SitesFile:
    """Read a file of sites; ImportRefused with every problem, and then nothing is taken.

    `village` and `cluster` hold an id, or the name of one that `registry` knows; any other text makes a new
    one with that name (or the one in `village_name`, `cluster_name`). `downstream_site_id` names sites of
    the file or of `registry`.
    """
    known = registry or Registry()
    rows, columns = geojson.rows_of(text) if fmt == "geojson" else csv_text.rows_of(text, REQUIRED)
    places = Places(known)
    sites = [_site(row, places) for row in rows]
    _check_ids(rows, sites)
    _check_downstream(rows, sites, known)
    problems = [problem for row in rows for problem in row.problems]
    if problems:
        raise ImportRefused(problems)
    notices = unknown_columns(columns, COLUMNS) + (() if rows else ("the file holds no sites",))
    return SitesFile(tuple(sites), tuple(places.villages.values()), tuple(places.clusters.values()), notices)


def _site(row: Row, places: Places) -> Site:
    kind = row.choice_or_none("kind", SiteKind)
    if not row.text("kind"):
        row.refuse("kind", "is empty", f"Use one of: {', '.join(SiteKind)}")
    lat, lon = _position(row)
    invert, ground = row.number_or_none("invert_m", -100, 5000), row.number_or_none("ground_m", -100, 5000)
    if invert is not None and ground is not None and ground < invert:
        row.refuse("ground_m", f"{ground:g} is below invert_m {invert:g}", "Give both in metres of one datum")
    if row.text("side") not in _SIDES:
        row.refuse(
            "side", f"{row.text('side')[:80]!r} is not known", "Use trong_de, ngoai_de, or leave it empty"
        )
    return Site(
        id=row.needed_id("site_id"),
        kind=kind or SiteKind.DRAIN,
        name=row.text("name"),
        name_en=row.text("name_en"),
        village_id=places.village_id(row),
        lat=lat,
        lon=lon,
        downstream=row.listed_ids("downstream_site_id"),
        section=row.choice_or_none("section", Section),
        width_m=row.number_or_none("width_m", 0.01, 1000),
        height_m=row.number_or_none("height_m", 0.01, 100),
        invert_m=invert,
        ground_m=ground,
        report_interval_s=row.whole_or_none("report_interval_s", 1, 604_800),
        side=row.text("side"),
        route=row.text("route"),
        commune_id=row.id_or_none("commune_id") or "",
    )


def _position(row: Row) -> tuple[float | None, float | None]:
    lat, lon = row.number_or_none("lat", -90, 90), row.number_or_none("lon", -180, 180)
    if bool(row.text("lat")) != bool(row.text("lon")):
        row.refuse("lat" if row.text("lon") else "lon", "is empty", "Give both lat and lon, or neither")
        return None, None
    return lat, lon


def _check_ids(rows: list[Row], sites: list[Site]) -> None:
    first: dict[str, int] = {}
    for row, site in zip(rows, sites, strict=True):
        if site.id and first.setdefault(site.id, row.number) != row.number:
            row.refuse(
                "site_id", f"{site.id} stands in row {first[site.id]} already", "Give every site its own id"
            )


def _check_downstream(rows: list[Row], sites: list[Site], known: Registry) -> None:
    ids = {site.id for site in sites}
    for row, site in zip(rows, sites, strict=True):
        for other in site.downstream:
            if other == site.id:
                row.refuse("downstream_site_id", "the site names itself", "Name the next site downstream")
            elif other not in ids and other not in known.sites:
                row.refuse(
                    "downstream_site_id", f"{other!r} is no site", "Add a row for it, or leave the cell empty"
                )
