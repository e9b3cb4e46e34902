"""From measurements of a device to readings of a site: geometry, range, quality, and the clock."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from devices.clock import Moment, is_plausible, moment
from devices.geometry import Sight, from_depth, from_distance
from devices.model import Model
from devices.quantities import QUANTITIES
from devices.readings import Qc, Reading
from devices.sites import Mounting, Site
from devices.uplinks import GatewayRx, Measured, Rejected, RejectReason, Uplink


class _Context(NamedTuple):
    """What all readings of one uplink share."""

    uplink: Uplink
    mounting: Mounting
    site: Site
    sight: Sight
    now: Moment
    tilted: bool
    received_ms: int


def normalise(
    uplink: Uplink,
    decoded: Sequence[Measured],
    mounting: Mounting,
    site: Site,
    model: Model | None,
    received_ms: int,
) -> tuple[list[Reading], list[Rejected]]:
    """Readings of the site's channel, and what could not become one.

    Distances and depths become levels by the mounting's geometry and the kind of site; a tilted device makes
    the distance of the same uplink suspect; a value outside its quantity's bounds is QC fail; nothing
    measured is altered, `Reading.raw` keeps what the device said. Best signal and its gateway's noise ratio
    are added as readings. The clock rule is `devices.clock.moment`.
    """
    context = _Context(
        uplink,
        mounting,
        site,
        _sight(mounting, model),
        moment(uplink.time_ms, received_ms),
        any(one.quantity == "tilt" and one.value > 0 and one.time_ms is None for one in decoded),
        received_ms,
    )
    readings: list[Reading] = []
    rejected: list[Rejected] = []
    for measured in decoded:
        result = _reading(measured, context)
        if isinstance(result, Reading):
            readings.append(result)
        else:
            rejected.append(result)
    if uplink.gateways:
        readings += _radio(uplink.gateways, context)
    return readings, rejected


def _sight(mounting: Mounting, model: Model | None) -> Sight:
    own = mounting.geometry
    dead_mm, range_mm = own.dead_zone_mm, own.max_range_mm
    if model is not None:
        dead_mm = model.dead_zone_mm if dead_mm is None else dead_mm
        range_mm = model.max_range_mm if range_mm is None else range_mm
    return Sight(dead_mm, range_mm)


def _reading(measured: Measured, context: _Context) -> Reading | Rejected:
    name, value, _unit, qc, own_ms = measured
    if not math.isfinite(value):
        return _refuse(RejectReason.NOT_FINITE, f"{name} is {value}", context)
    time_ms, time_qc = context.now
    if own_ms is not None:
        problem = _history_problem(own_ms, name, context)
        if problem is not None:
            return problem
        time_ms, time_qc = own_ms, Qc.GOOD
    raw = None
    if name in ("distance_mm", "depth_mm"):
        level = _level(measured, context)
        if isinstance(level, str):
            return _refuse(RejectReason.NO_GEOMETRY, f"{name} at {context.site.id}: {level}", context)
        raw = value
        name, value, level_qc = level
        qc = max(qc, level_qc)
    quantity = QUANTITIES.get(name)
    if quantity is None:
        return _refuse(
            RejectReason.UNKNOWN_QUANTITY,
            f"{name[:64]!r} cannot be stored; counters are not read yet",
            context,
        )
    if not quantity.minimum <= value <= quantity.maximum:
        qc = Qc.FAIL
    return _stored(name, value, time_ms, max(qc, time_qc), raw, context)


def _history_problem(own_ms: int, name: str, context: _Context) -> Rejected | None:
    """Stored measurements are filed under their own time or not at all: a guess would falsify history."""
    if not is_plausible(own_ms, context.received_ms):
        return _refuse(RejectReason.CLOCK, f"stored {name} of {own_ms} ms: that clock was not set", context)
    if not context.mounting.covers(own_ms):
        return _refuse(
            RejectReason.NOT_MOUNTED,
            f"stored {name} of {own_ms} ms: the device was not at {context.site.id} then",
            context,
        )
    return None


def _level(measured: Measured, context: _Context) -> tuple[str, float, Qc] | str:
    geometry = context.mounting.geometry
    if measured.quantity == "depth_mm":
        return from_depth(measured.value, context.site.kind, geometry)
    # A device that says itself that it saw nothing is treated as one that had no echo.
    seen_mm = math.inf if measured.qc >= Qc.FAIL else measured.value
    sight = context.sight._replace(max_range_mm=1e9) if seen_mm == math.inf else context.sight
    level = from_distance(seen_mm, context.site.kind, geometry, sight)
    if not isinstance(level, str) and context.tilted and measured.time_ms is None:
        return level._replace(qc=max(level.qc, Qc.SUSPECT))
    return level


def _radio(gateways: tuple[GatewayRx, ...], context: _Context) -> list[Reading]:
    """Signal and noise ratio of the gateway that heard the uplink best."""
    heard = [gateway for gateway in gateways if gateway.rssi_dbm is not None]
    if not heard:
        return []
    best = max(heard, key=lambda gateway: gateway.rssi_dbm or 0.0)
    return [
        _stored(name, value, context.now.time_ms, context.now.qc, None, context)
        for name, value in (("rssi_dbm", best.rssi_dbm), ("snr_db", best.snr_db))
        if value is not None
    ]


def _stored(name: str, value: float, time_ms: int, qc: int, raw: float | None, context: _Context) -> Reading:
    return Reading(
        context.site.id,
        context.mounting.channel,
        name,
        time_ms,
        value,
        qc,
        raw,
        context.uplink.seq,
        context.received_ms,
    )


def _refuse(reason: RejectReason, detail: str, context: _Context) -> Rejected:
    return Rejected(reason, detail, context.uplink.device_id)
