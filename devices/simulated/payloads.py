"""One report of a device as the bytes its maker puts into an uplink, or as Kênh's own JSON fields."""

from collections.abc import Callable, Mapping

import numpy as np

from devices.decentlab.dl_pm.encode import encode as dl_pm
from devices.dragino.dds75_lb.encode import encode as dds75_lb
from devices.milesight.em310_udl.encode import encode as em310_udl
from devices.milesight.em500_udl.encode import encode as em500_udl
from devices.simulated.noise import I64
from devices.simulated.sensors import Probe, battery_pct, battery_v, distances_mm, observe
from devices.simulated.world import World


def maker_payload(world: World, probe: Probe, time_ms: int) -> tuple[int, bytes]:
    """Port and bytes of one report at that moment.

    Raises:
        KeyError: the simulated fleet has no device of that model.
    """
    return _ENCODERS[probe.device.model](world, probe, np.array([time_ms], np.int64))


def own_fields(world: World, probe: Probe, time_ms: int, since_ms: int) -> dict[str, float]:
    """The `readings` of one report in Kênh's own JSON."""
    moment, since = np.array([time_ms], np.int64), np.array([since_ms], np.int64)
    fields: dict[str, float] = {}
    for quantity, value, raw in observe(world, probe, moment, since):
        if raw is None:
            fields[quantity] = float(value[0])
        else:
            fields["distance_mm"] = int(raw[0])
    return fields | {"battery_pct": int(battery_pct(probe, moment)[0])}


def _em310(world: World, probe: Probe, moment: I64) -> tuple[int, bytes]:
    distance_mm = int(distances_mm(world, probe, moment)[0])
    return em310_udl(distance_mm=distance_mm, battery_pct=int(battery_pct(probe, moment)[0]))


def _em500(world: World, probe: Probe, moment: I64) -> tuple[int, bytes]:
    distance_mm = int(distances_mm(world, probe, moment)[0])
    return em500_udl(distance_mm=distance_mm, battery_pct=int(battery_pct(probe, moment)[0]))


def _dds75(world: World, probe: Probe, moment: I64) -> tuple[int, bytes]:
    distance_mm = int(distances_mm(world, probe, moment)[0])
    return dds75_lb(distance_mm=distance_mm, battery_v=float(battery_v(probe, moment)[0]))


def _dl_pm(world: World, probe: Probe, moment: I64) -> tuple[int, bytes]:
    air = {quantity: float(value[0]) for quantity, value, _ in observe(world, probe, moment, moment)}
    return dl_pm(
        battery_v=float(battery_v(probe, moment)[0]),
        pm2_5_ug_m3=air["pm2_5_ug_m3"],
        pm10_ug_m3=air["pm10_ug_m3"],
        temperature_c=air["temperature_c"],
        humidity_pct=air["humidity_pct"],
        pressure_hpa=air["pressure_hpa"],
    )


_ENCODERS: Mapping[str, Callable[[World, Probe, I64], tuple[int, bytes]]] = {
    "milesight/em310-udl": _em310,
    "milesight/em500-udl": _em500,
    "dragino/dds75-lb": _dds75,
    "decentlab/dl-pm": _dl_pm,
}
