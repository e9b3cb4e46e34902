"""Who hears a device, how well, and which of its uplinks get lost under a cast cover."""

from math import cos, log10, radians, sqrt
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from devices.simulated.noise import I64, gaussian, pick, seed_of, uniform
from devices.simulated.sensors import Probe
from devices.sites import Gateway, Registry, SiteKind

#: Share of the sites whose devices only one gateway hears: what shadows one container shadows its neighbours.
_ALONE = 0.25
_METRES_PER_DEGREE = 111_320.0


class Ear(NamedTuple):
    """A gateway that hears a device, and its usual signal there."""

    gateway: Gateway
    rssi_dbm: float
    snr_db: float


def ears_of(probe: Probe, registry: Registry, *, well_heard: bool) -> tuple[Ear, ...]:
    """The gateways that hear a device, nearest first: one for a quarter of them, else two.

    `well_heard` devices are never alone. A device without a model speaks over the Internet by itself.
    """
    if not probe.device.model:
        return ()
    near = sorted(((_metres(probe, gateway), gateway) for gateway in _placed(registry)), key=itemgetter(0))
    if not near:
        return ()
    count = 1 if not well_heard and pick(f"alone/{probe.site.id}") < _ALONE else 2
    return tuple(_ear(metres, gateway, probe) for metres, gateway in near[:count])


def _placed(registry: Registry) -> list[Gateway]:
    return [gateway for gateway in registry.gateways.values() if gateway.lat is not None]


def _metres(probe: Probe, gateway: Gateway) -> float:
    lat, lon = probe.site.lat or 0.0, probe.site.lon or 0.0
    north = lat - (gateway.lat or 0.0)
    east = (lon - (gateway.lon or 0.0)) * cos(radians(lat))
    return _METRES_PER_DEGREE * sqrt(north**2 + east**2)


def _ear(metres: float, gateway: Gateway, probe: Probe) -> Ear:
    # Under a cast cover some 12 dB are lost.
    cover_db = 12.0 if probe.site.kind is SiteKind.DRAIN else 0.0
    rssi_dbm = max(-119.0, -62.0 - 27.0 * log10(max(metres, 60.0) / 60.0) - cover_db)
    return Ear(gateway, rssi_dbm, min(9.5, (rssi_dbm + 122.0) / 2.5))


def signal(ear: Ear, probe: Probe, time_ms: int) -> tuple[int, float]:
    """Signal in whole dBm and signal to noise in quarter dB of one uplink."""
    wobble = float(gaussian(seed_of(f"{probe.device.id}/{ear.gateway.id}"), np.array([time_ms // 1000]))[0])
    return max(-130, round(ear.rssi_dbm + 2.5 * wobble)), round((ear.snr_db + wobble) * 4) / 4


def lost_share(probe: Probe) -> float:
    """Share of a device's uplinks that nobody hears: only cast covers swallow any."""
    if not probe.device.model or probe.site.kind is not SiteKind.DRAIN:
        return 0.0
    return 0.03 + 0.07 * pick(f"cover/{probe.device.id}")


def is_lost(probe: Probe, counter: I64) -> NDArray[np.bool_]:
    """(n,) whether the uplinks with these counters are lost.

    Only even ones are, twice as often: never two in a row, which would read as a silent sensor.
    """
    chance = uniform(seed_of(f"lost/{probe.device.id}"), counter)
    lost: NDArray[np.bool_] = (counter % 2 == 0) & (chance < 2.0 * lost_share(probe))
    return lost
