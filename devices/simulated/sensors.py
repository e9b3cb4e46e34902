"""What a device makes of the truth: noise, the grain of its sensor, its battery."""

from typing import NamedTuple

import numpy as np

from devices.models import MODELS
from devices.simulated.local_time import DAY_MS
from devices.simulated.noise import F64, I64, gaussian, pick, seed_of
from devices.simulated.world import World, main_quantity
from devices.sites import Device, Mounting, Site, SiteKind

_DISTANCE_NOISE_MM = {SiteKind.WASTE_POINT: 5.0, SiteKind.WATCH_SPOT: 8.0}
_TIP_MM = 0.2
_AIR_GRAIN = {
    "pm2_5_ug_m3": 0.1,
    "pm10_ug_m3": 0.1,
    "temperature_c": 0.01,
    "humidity_pct": 0.01,
    "pressure_hpa": 0.02,
}
_AIR_NOISE = {"pm2_5_ug_m3": 0.04, "pm10_ug_m3": 0.05}


class Probe(NamedTuple):
    """One device where it hangs."""

    device: Device
    mounting: Mounting
    site: Site

    @property
    def quantity(self) -> str:
        """What its site is watched for."""
        return main_quantity(self.site.kind)

    @property
    def measures_distance(self) -> bool:
        """Does it look at what it measures from above?"""
        return self.mounting.geometry.mount_height_mm is not None


class Observed(NamedTuple):
    """One quantity of a device at n moments; `raw` is the distance in mm where geometry made the value."""

    quantity: str
    value: F64
    raw: F64 | None = None


def observe(world: World, probe: Probe, time_ms: I64, since_ms: I64) -> list[Observed]:
    """What the device reports at each moment, already as quantities of its site.

    `since_ms` (n,) is when it reported before: a rain gauge counts what fell in between.
    """
    if probe.measures_distance:
        distance_mm = distances_mm(world, probe, time_ms)
        return [Observed(probe.quantity, _from_distance(probe, distance_mm), distance_mm)]
    site_id, channel = probe.site.id, probe.mounting.channel
    if probe.site.kind is SiteKind.AIR:
        return [Observed(name, _air(world, probe, name, time_ms)) for name in _AIR_GRAIN]
    if probe.site.kind is SiteKind.RAIN_GAUGE:
        now, before = (
            np.floor(world.value(site_id, channel, "rain_mm", moments) / _TIP_MM + 1e-6)
            for moments in (time_ms, since_ms)
        )
        return [Observed("rain_mm", np.round((now - before) * _TIP_MM, 1))]
    return [Observed(probe.quantity, world.value(site_id, channel, probe.quantity, time_ms))]


def distances_mm(world: World, probe: Probe, time_ms: I64) -> F64:
    """(n,) whole millimetres from the sensor's face, within what it can tell."""
    geometry = probe.mounting.geometry
    mount_mm = geometry.mount_height_mm or 0.0
    true = world.value(probe.site.id, probe.mounting.channel, probe.quantity, time_ms)
    height_mm = true / 100.0 * (mount_mm - _full_mm(probe)) if probe.quantity == "fill_pct" else true * 1000.0
    noise = _DISTANCE_NOISE_MM.get(probe.site.kind, 2.5) * gaussian(seed_of(probe.device.id), time_ms // 1000)
    dead_mm, range_mm = _sight_mm(probe)
    seen: F64 = np.clip(np.round(mount_mm - height_mm + noise), dead_mm + 1.0, range_mm)
    return seen


def _from_distance(probe: Probe, distance_mm: F64) -> F64:
    mount_mm = probe.mounting.geometry.mount_height_mm or 0.0
    height_mm = mount_mm - distance_mm
    if probe.quantity == "fill_pct":
        return 100.0 * height_mm / (mount_mm - _full_mm(probe))
    return height_mm / 1000.0


def _full_mm(probe: Probe) -> float:
    return probe.mounting.geometry.full_distance_mm or 0.0


def _sight_mm(probe: Probe) -> tuple[float, float]:
    model = MODELS.get(probe.device.model)
    dead_mm = model.dead_zone_mm if model else None
    range_mm = model.max_range_mm if model else None
    return dead_mm or 0.0, range_mm or 10_000.0


def _air(world: World, probe: Probe, name: str, time_ms: I64) -> F64:
    true = world.value(probe.site.id, probe.mounting.channel, name, time_ms)
    noise = _AIR_NOISE.get(name, 0.0) * gaussian(seed_of(f"{probe.device.id}/{name}"), time_ms // 1000)
    grain = _AIR_GRAIN[name]
    measured: F64 = np.round(np.maximum(true * (1.0 + noise), 0.0) / grain) * grain
    return measured


def battery_pct(probe: Probe, time_ms: I64) -> F64:
    """(n,) whole per cent left: batteries last for years and were not all fitted at once."""
    fresh = 62.0 + 36.0 * pick(f"battery/{probe.device.id}")
    left: F64 = np.round(fresh - (time_ms // DAY_MS % 365) * 0.01)
    return left


def battery_quantity(probe: Probe) -> str:
    """How the device tells of its battery."""
    model = MODELS.get(probe.device.model)
    return "battery_v" if model and "battery_v" in model.quantities else "battery_pct"


def battery_v(probe: Probe, time_ms: I64) -> F64:
    """(n,) volts of a lithium cell that is so far used, to the millivolt."""
    volts: F64 = np.round(3.3 + 0.003 * battery_pct(probe, time_ms), 3)
    return volts


def battery(probe: Probe, time_ms: I64) -> Observed:
    """What the device tells of its battery."""
    quantity = battery_quantity(probe)
    return Observed(quantity, (battery_v if quantity == "battery_v" else battery_pct)(probe, time_ms))
