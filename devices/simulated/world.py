"""What is true in the simulated commune at any moment, for the imported past and live uplinks alike."""

from functools import lru_cache

import numpy as np

from devices.simulated import air, waste, water
from devices.simulated.noise import F64, I64
from devices.simulated.rain import Rain
from devices.simulated.story import Story
from devices.sites import WATER_KINDS, Registry, Site, SiteKind

#: Water never stands nearer to a sensor's dead zone than this.
_CLEAR_OF_SENSOR_M = 0.03
_LARGEST_DEAD_ZONE_M = 0.30


class World:
    """The commune of a registry, with a story laid over it. Pure: every value follows from the time asked."""

    def __init__(self, registry: Registry, start_ms: int, story: Story | None = None) -> None:
        """`start_ms` is when the live part begins; `story` defaults to quiet days without rain."""
        self.registry = registry
        self.start_ms = start_ms
        self.story = story or Story(start_ms)
        self.rain = Rain(self.story.storms)
        self._curves: dict[tuple[str, str, str], list[int]] = {}
        for number, curve in enumerate(self.story.curves):
            self._curves.setdefault((curve.site_id, curve.channel, curve.quantity), []).append(number)
        self._drainage = lru_cache(maxsize=None)(self._drainage_of)
        self._container = lru_cache(maxsize=None)(self._container_of)

    def value(self, site_id: str, channel: str, quantity: str, time_ms: I64) -> F64:
        """(n,) the true value of a quantity in its unit at each moment.

        Quantities: water_level_m, fill_pct, heap_m, pm2_5_ug_m3, pm10_ug_m3, temperature_c, humidity_pct,
        pressure_hpa, pump_running, and rain_mm as the total since long ago.

        Raises:
            KeyError: no such site, or a quantity this site does not have.
        """
        site = self.registry.sites[site_id]
        plain = self._plain(site, channel, quantity, time_ms)
        for number in self._curves.get((site_id, channel, quantity), ()):
            plain = self.story.curves[number].laid_over(time_ms, plain)
        if quantity == "water_level_m":
            return water.contained_m(self._drainage(site_id), plain)
        return plain

    def cluster_id(self, site: Site) -> str:
        """The cluster a site lies in, empty if its village is not known."""
        village = self.registry.villages.get(site.village_id)
        return village.cluster_id if village else ""

    def _plain(self, site: Site, channel: str, quantity: str, time_ms: I64) -> F64:
        cluster_id = self.cluster_id(site)
        match quantity:
            case "water_level_m":
                drainage = self._drainage(site.id)
                level: F64 = water.dry_level_m(drainage, time_ms) + water.rise_in_rain_m(
                    drainage, time_ms, self.rain, cluster_id
                )
                return level
            case "fill_pct":
                return waste.fill_pct(self._container(site.id, channel), time_ms)
            case "rain_mm":
                return self.rain.fallen_mm(time_ms, cluster_id)
            case "heap_m":
                return np.full(len(time_ms), 0.06)
            case "pump_running":
                runoff = self.rain.runoff_mm_per_h(time_ms, cluster_id, 4 * 3_600_000)
                running: F64 = (runoff > 1.5).astype(np.float64)
                return running
            case _:
                return self._air(site, quantity, time_ms, cluster_id)

    def _air(self, site: Site, quantity: str, time_ms: I64, cluster_id: str) -> F64:
        match quantity:
            case "pm2_5_ug_m3":
                return air.pm2_5_ug_m3(air.air_of(site, self.registry), time_ms, self.rain, cluster_id)
            case "pm10_ug_m3":
                fine = self.value(site.id, "1", "pm2_5_ug_m3", time_ms)
                coarse: F64 = 1.45 * fine + 4.0
                return coarse
            case "temperature_c":
                return air.temperature_c(time_ms)
            case "humidity_pct":
                return air.humidity_pct(time_ms)
            case "pressure_hpa":
                return air.pressure_hpa(time_ms)
        message = f"{site.id} has no {quantity}"
        raise KeyError(message)

    def _drainage_of(self, site_id: str) -> water.Drainage:
        site = self.registry.sites[site_id]
        return water.drainage_of(
            site, self.registry, self._ceiling_m(site_id), self.story.low_spots.get(site_id, 1.0)
        )

    def _container_of(self, site_id: str, channel: str) -> waste.Container:
        return waste.container_of(
            self.registry.sites[site_id],
            channel,
            extra_ms=self.story.extra_emptyings.get(site_id, ()),
            missed_days=self.story.missed_days.get(site_id, frozenset()),
        )

    def _ceiling_m(self, site_id: str) -> float:
        """The highest level the device there can still see, so that a curve never ends in its dead zone."""
        heights = [
            mounting.geometry.mount_height_mm
            for mountings in self.registry.mountings.values()
            for mounting in mountings
            if mounting.site_id == site_id and mounting.geometry.mount_height_mm
        ]
        return min(heights) / 1000.0 - _LARGEST_DEAD_ZONE_M - _CLEAR_OF_SENSOR_M if heights else 20.0


def main_quantity(kind: SiteKind) -> str:
    """The quantity a site of that kind is watched for."""
    if kind is SiteKind.PUMP:
        return "pump_running"
    if kind in WATER_KINDS:
        return "water_level_m"
    return {
        SiteKind.WASTE_POINT: "fill_pct",
        SiteKind.WATCH_SPOT: "heap_m",
        SiteKind.AIR: "pm2_5_ug_m3",
    }.get(kind, "rain_mm")
