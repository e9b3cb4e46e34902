"""What a viewer may see: everything, or the sites of the one village their key is for."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from api.auth import Viewer
from api.problems import not_found
from devices.sites import Registry, Site

Row = TypeVar("Row")


def sees(viewer: Viewer, registry: Registry, site_id: str) -> bool:
    """May this viewer see what happens at that site?"""
    if not viewer.village_id:
        return True
    site = registry.sites.get(site_id)
    return site is not None and site.village_id == viewer.village_id


def visible(
    viewer: Viewer, registry: Registry, rows: Iterable[Row], site_id: Callable[[Row], str]
) -> list[Row]:
    """The rows whose site the viewer may see, in their order."""
    if not viewer.village_id:
        return list(rows)
    return [row for row in rows if sees(viewer, registry, site_id(row))]


def visible_sites(viewer: Viewer, registry: Registry) -> list[Site]:
    """The sites the viewer may see, by id."""
    rows = visible(viewer, registry, registry.sites.values(), lambda site: site.id)
    return sorted(rows, key=lambda site: site.id)


def site_or_404(viewer: Viewer, registry: Registry, site_id: str) -> Site:
    """The site, or the same 404 whether it does not exist or is not this viewer's to see."""
    site = registry.sites.get(site_id)
    if site is None or not sees(viewer, registry, site_id):
        raise not_found("site", site_id)
    return site
