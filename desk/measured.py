"""What storm mode needs of the readings: rain by gauge, batteries, and how often devices really report."""

from collections.abc import Mapping, Sequence

import numpy as np

from devices.models import MODELS
from devices.readings import Qc, SeriesKey
from devices.sites import Mounting, Registry, SiteKind
from dispatch.weather import LOOK_BACK_MS, rate_mm_per_h
from storage.protocols import ReadingsStore

_RAIN = frozenset({"rain_mm", "rain_total_mm"})
#: Uplinks are looked for this many usual intervals back.
_INTERVALS_BACK = 8


def rain_rates(readings: ReadingsStore, registry: Registry, now_ms: int) -> dict[str, float | None]:
    """mm/h at every site with a gauge; None where it has not spoken lately."""
    keys = sorted({SeriesKey(each.site_id, each.channel, "rain_mm") for each in _gauges(registry, now_ms)})
    rates: dict[str, float | None] = {}
    for column in readings.range(keys, now_ms - LOOK_BACK_MS, now_ms + 1):
        # What is suspect is an amount at best: a counter that began again, or that was silent for hours.
        good = column.qc < Qc.SUSPECT
        rate = rate_mm_per_h(column.time_ms[good], column.value[good], now_ms)
        site_id = column.key.site_id
        known = rates.get(site_id)
        rates[site_id] = rate if known is None else max(known, rate or 0.0)
    return rates


def percentages(
    readings: ReadingsStore, registry: Registry, device_ids: Sequence[str], now_ms: int
) -> dict[str, float]:
    """The newest battery percentage of each device that tells one."""
    mounted = _mounted(registry, device_ids, now_ms)
    latest = {
        (each.key.site_id, each.key.channel): each.value
        for each in readings.latest(sorted({site_id for site_id, _ in mounted.values()}))
        if each.key.quantity == "battery_pct" and each.qc < Qc.FAIL
    }
    return {device_id: latest[place] for device_id, place in mounted.items() if place in latest}


def intervals_s(
    readings: ReadingsStore, registry: Registry, asked: Mapping[str, tuple[int, int]], now_ms: int
) -> dict[str, float]:
    """Seconds between the newest levels of each device, the shorter of the last two gaps.

    `asked` gives the time of the last request and the usual interval in seconds; only levels measured after
    the request count, and fewer than three say nothing.
    """
    if not asked:
        return {}
    mounted = _mounted(registry, list(asked), now_ms)
    earliest_ms = min(_from_ms(*each, now_ms) for each in asked.values())
    keys = sorted({SeriesKey(*place, "water_level_m") for place in mounted.values()})
    times = {column.key[:2]: column.time_ms for column in readings.range(keys, earliest_ms, now_ms + 1)}
    found: dict[str, float] = {}
    for device_id, place in mounted.items():
        since = times[place][times[place] >= _from_ms(*asked[device_id], now_ms)]
        if len(since) >= 3:
            found[device_id] = float(np.diff(since[-3:]).min()) / 1000
    return found


def _from_ms(sent_ms: int, usual_s: int, now_ms: int) -> int:
    return max(sent_ms + 1, now_ms - _INTERVALS_BACK * usual_s * 1000)


def _gauges(registry: Registry, now_ms: int) -> list[Mounting]:
    found = []
    for device_id, device in registry.devices.items():
        mounting = registry.mounting_at(device_id, now_ms)
        site = registry.sites.get(mounting.site_id) if mounting else None
        model = MODELS.get(device.model)
        measures = model is not None and not _RAIN.isdisjoint(model.quantities)
        if mounting and site and (measures or site.kind is SiteKind.RAIN_GAUGE):
            found.append(mounting)
    return found


def _mounted(registry: Registry, device_ids: Sequence[str], now_ms: int) -> dict[str, tuple[str, str]]:
    """Site and channel of the devices that hang somewhere."""
    mountings = ((each, registry.mounting_at(each, now_ms)) for each in device_ids)
    return {each: (mounting.site_id, mounting.channel) for each, mounting in mountings if mounting}
