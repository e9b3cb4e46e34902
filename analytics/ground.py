"""The ground as arrays: what the registry says of every site, and who flows to whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from analytics.tables import F64, Bool
from devices.sites import Registry, Section, Site, SiteKind

#: Branches are followed so far through sites without a sensor.
REACH = 8


@dataclass(frozen=True, slots=True)
class Ground:
    """Sites by number. Heights (n,) in metres, NaN where unknown; `interval_s` (n,) 0 where not configured.

    `bearing` (n,) says which sites have a device mounted now; where the registry knows no devices at all
    (a history folder) every site counts as bearing one once it has spoken.
    """

    sites: tuple[Site, ...]
    index: Mapping[str, int]
    downstream: tuple[tuple[int, ...], ...]
    upstream: tuple[tuple[int, ...], ...]
    invert_m: F64
    depth_m: F64
    crown_m: F64
    interval_s: F64
    bearing: Bool


def ground_of(registry: Registry) -> Ground:
    """The ground of this registry; downstream ids that are not sites are left out."""
    sites = tuple(registry.sites.values())
    index = {site.id: number for number, site in enumerate(sites)}
    downstream = tuple(
        tuple(index[below] for below in site.downstream if below in index and below != site.id)
        for site in sites
    )
    upstream: list[list[int]] = [[] for _ in sites]
    for number, belows in enumerate(downstream):
        for below in belows:
            upstream[below].append(number)
    return Ground(
        sites=sites,
        index=index,
        downstream=downstream,
        upstream=tuple(map(tuple, upstream)),
        invert_m=_metres(site.invert_m for site in sites),
        depth_m=_metres(site.depth_to_ground_m for site in sites),
        crown_m=_metres(_crown(site) for site in sites),
        interval_s=_intervals(registry, sites),
        bearing=_bearing(registry, sites),
    )


def flood_level_m(ground: Ground, site: int, before_street_m: float) -> float:
    """Level at which the street is about to flood; infinite where nothing is known.

    Without the height of the street the conduit has to do: a closed pipe may run full without harm, so
    water must stand well over its crown; an open ditch overflows at its bank.
    """
    depth = ground.depth_m[site]
    if depth > before_street_m:
        return float(depth - before_street_m)
    height = ground.crown_m[site]
    if not height > 0:
        return float("inf")
    factor = {Section.CIRCULAR: 2.0, Section.BOX: 1.25}.get(ground.sites[site].section or Section.OPEN, 1.0)
    return float(height * factor)


def obvious_level_m(ground: Ground, site: int) -> float:
    """Level of a drain that is too high in dry weather whatever its habits; infinite where unknown."""
    if ground.sites[site].kind is not SiteKind.DRAIN:
        return float("inf")
    depth, crown = 0.8 * ground.depth_m[site], ground.crown_m[site]
    if ground.sites[site].section is Section.OPEN:
        crown = 0.9 * crown
    return float(np.nan_to_num(np.fmin(depth, crown), nan=np.inf))


def _metres(values: Iterator[float | None]) -> F64:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _crown(site: Site) -> float | None:
    return site.height_m if site.height_m is not None else site.width_m


def _intervals(registry: Registry, sites: tuple[Site, ...]) -> F64:
    """The site's own configured interval, else the shortest its devices are expected to keep."""
    promised: dict[str, int] = {}
    for device_id, mountings in registry.mountings.items():
        device = registry.devices.get(device_id)
        if device and device.expected_interval_s and mountings and mountings[-1].to_ms is None:
            site_id = mountings[-1].site_id
            promised[site_id] = min(device.expected_interval_s, promised.get(site_id, 2**31))
    return np.array([site.report_interval_s or promised.get(site.id, 0) for site in sites], np.float64)


def _bearing(registry: Registry, sites: tuple[Site, ...]) -> Bool:
    if not registry.mountings:
        return np.ones(len(sites), np.bool_)
    mounted = {
        spans[-1].site_id for spans in registry.mountings.values() if spans and spans[-1].to_ms is None
    }
    return np.array([site.id in mounted for site in sites], np.bool_)
