"""The registry as the files it can be imported from."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from devices.importing import crews, csv_text, devices, geojson, sites
from devices.sites import Crew, Device, Geometry, Mounting, Registry, Site

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def export_sites_csv(registry: Registry) -> str:
    """Every site, in order of id, as `read_sites` reads it."""
    rows = (_site(registry.sites[key], registry) for key in sorted(registry.sites))
    return csv_text.text_from(
        sites.COLUMNS, ([_cell(row[column]) for column in sites.COLUMNS] for row in rows)
    )


def export_sites_geojson(registry: Registry) -> str:
    """Every site, in order of id, as a FeatureCollection of points."""
    return geojson.text_from(_site(registry.sites[key], registry) for key in sorted(registry.sites))


def export_devices_csv(registry: Registry) -> str:
    """Every mounting of every device, by device and time; spare devices have a row without a site."""
    rows: list[list[str]] = []
    for key in sorted(registry.devices):
        for mounting in registry.mountings.get(key, ()) or (None,):
            row = _device(registry.devices[key], mounting)
            rows.append([_cell(row[column]) for column in devices.COLUMNS])
    return csv_text.text_from(devices.COLUMNS, rows)


def export_crews_csv(registry: Registry) -> str:
    """Every crew, in order of id."""
    rows = (_crew(registry.crews[key]) for key in sorted(registry.crews))
    return csv_text.text_from(
        crews.COLUMNS, ([_cell(row[column]) for column in crews.COLUMNS] for row in rows)
    )


_Columns = Mapping[str, str | float | None]


def _site(site: Site, registry: Registry) -> _Columns:
    village = registry.villages.get(site.village_id)
    cluster = registry.clusters.get(village.cluster_id) if village else None
    return {
        "site_id": site.id,
        "kind": site.kind.value,
        "name": site.name,
        "village": site.village_id,
        "lat": site.lat,
        "lon": site.lon,
        "downstream_site_id": ";".join(site.downstream),
        "section": site.section.value if site.section else None,
        "width_m": site.width_m,
        "height_m": site.height_m,
        "invert_m": site.invert_m,
        "ground_m": site.ground_m,
        "report_interval_s": site.report_interval_s,
        "name_en": site.name_en,
        "cluster": village.cluster_id if village else None,
        "side": site.side,
        "route": site.route,
        "village_name": village.name if village else None,
        "cluster_name": cluster.name if cluster else None,
        "commune_id": site.commune_id,
    }


def _device(device: Device, mounting: Mounting | None) -> _Columns:
    geometry = mounting.geometry if mounting else Geometry()
    return {
        "device_id": device.id,
        "model": device.model,
        "name": device.name,
        "site_id": mounting.site_id if mounting else None,
        "channel": mounting.channel if mounting else None,
        "mounted_from": _time(mounting.from_ms) if mounting and mounting.from_ms else None,
        "mount_height_mm": geometry.mount_height_mm,
        "full_distance_mm": geometry.full_distance_mm,
        "dead_zone_mm": geometry.dead_zone_mm,
        "max_range_mm": geometry.max_range_mm,
        "offset_mm": geometry.offset_mm or None,
        "expected_interval_s": device.expected_interval_s,
        "mounted_to": _time(mounting.to_ms) if mounting and mounting.to_ms is not None else None,
        "clock": device.clock.value,
        "max_skew_s": device.max_skew_s,
        "assumed_c": geometry.assumed_c,
    }


def _crew(crew: Crew) -> _Columns:
    return {
        "crew_id": crew.id,
        "name": crew.name,
        "name_en": crew.name_en,
        "kinds": ";".join(crew.kinds),
        "villages": ";".join(crew.villages),
        "clusters": ";".join(crew.clusters),
        "side": crew.side,
        "phone": crew.phone,
    }


def _time(time_ms: int) -> str:
    return (
        (_EPOCH + timedelta(milliseconds=time_ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def _cell(value: str | float | None) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
