"""From measurements of a device to readings of a site: geometry, calibration, quality, and the clock."""

from collections.abc import Iterator, Sequence
from math import inf, isfinite

from devices.clock import is_plausible, moment_of
from devices.geometry import USUAL_AIR_C, Level, from_depth, from_distance, stretch
from devices.model import Model
from devices.quantities import QUANTITIES
from devices.readings import Qc, Reading
from devices.sites import Clock, Device, Mounting, Site, SiteKind, calibration_at
from devices.uplinks import GatewayRx, Measured, Rejected, RejectReason, Uplink

#: What becomes another quantity on its way through the geometry.
_THROUGH_GEOMETRY = frozenset({"distance_mm", "depth_mm"})
_BOUNDS = {name: (quantity.minimum, quantity.maximum) for name, quantity in QUANTITIES.items()}
_AIR = QUANTITIES["temperature_c"]
_LONGEST_MM = 1e9
#: Bounds nothing is within: those of a quantity there is not.
_NOWHERE = (inf, -inf)
_FILL = QUANTITIES["fill_pct"]

#: Looked up once: reading a member off its Enum takes longer than comparing with it, and this runs for
#: every reading there is.
_GOOD, _SUSPECT, _FAIL = Qc.GOOD, Qc.SUSPECT, Qc.FAIL


def normalise(
    uplink: Uplink,
    decoded: Sequence[Measured],
    mounting: Mounting,
    site: Site,
    model: Model | None,
    received_ms: int,
    device: Device | None = None,
) -> tuple[list[Reading], list[Rejected]]:
    """Readings of the site's channel, and what could not become one.

    Distances and depths become levels by the mounting's geometry and the kind of site; what is stored is
    corrected by the mounting's calibration at its time. Nothing measured is lost in that: `Reading.raw` is
    what the device said before either. A distance of a sensor that leaves the temperature of the air to us
    is corrected by the temperature the same uplink gives for the same time; where it gives none, by none
    (an error of 0.17 % of the distance a degree). Best signal and its gateway's noise ratio are added as
    readings. `device` brings the clock rule (`devices.clock.moment`); None is the usual one.

    Quality codes, the worst of those that apply:

    ================  =====================================================================================
    FAIL              the device says that it saw nothing, or that the sensor failed
    FAIL              no echo: a distance beyond the range; the level is given as 0
    FAIL              the value is outside its quantity's bounds (`devices.quantities`)
    SUSPECT           inside the dead zone: the level is at least the one given
    SUSPECT           the device is tilted, of the distance of the same time
    SUSPECT           a fill below -5 % or above 105 %: the geometry is wrong, or waste stands on the rim
    SUSPECT           a clock that a better one contradicts; the reading is filed under the better one
    SUSPECT           a stored measurement of a device whose clock is not to be believed (`Device.clock`)
    what was decoded  a codec's own doubt (`VendorField.clipped`, `faulty`) is never taken back
    GOOD              everything else, an unset or missing clock included
    ================  =====================================================================================

    Increments of rain counters have codes of their own: `devices.rain`.
    """
    now_ms, now_qc = moment_of(uplink, received_ms, device)
    site_id, channel, seq = site.id, mounting.channel, uplink.seq
    readings: list[Reading] = []
    rejected: list[Rejected] = []
    for measured in decoded:
        name, value, _unit, qc, own_ms = measured
        time_ms, time_qc, raw = now_ms, now_qc, None
        if name in _THROUGH_GEOMETRY:
            level = _seen(measured, decoded, mounting, site.kind, model)
            if isinstance(level, Rejected):
                rejected.append(level)
                continue
            raw = value
            name, value, qc = level
        if own_ms is not None:
            problem = _history_problem(own_ms, measured.quantity, mounting, received_ms)
            if problem is not None:
                rejected.append(problem)
                continue
            time_ms, time_qc = own_ms, _history_qc(device)
        if mounting.calibrations and qc < _FAIL:
            value, raw = _calibrated(name, value, raw, time_ms, mounting)
        low, high = _BOUNDS.get(name, _NOWHERE)
        if not low <= value <= high:
            if name not in _BOUNDS or not isfinite(value):
                rejected.append(_useless(name, value, mounting))
                continue
            qc = _FAIL
        elif qc < time_qc:
            qc = time_qc
        # Not by `Reading(...)`: that takes half as long again, and this is done for every reading there is.
        row = (site_id, channel, name, time_ms, value, qc, raw, seq, received_ms, "")
        readings.append(tuple.__new__(Reading, row))
    for name, value in _radio(uplink.gateways) if uplink.gateways else ():
        low, high = _BOUNDS[name]
        qc = now_qc if low <= value <= high else _FAIL
        row = (site_id, channel, name, now_ms, value, qc, None, seq, received_ms, "")
        readings.append(tuple.__new__(Reading, row))
    return readings, rejected


def _seen(
    measured: Measured,
    decoded: Sequence[Measured],
    mounting: Mounting,
    kind: SiteKind,
    model: Model | None,
) -> Level | Rejected:
    """The level a distance or a depth stands for."""
    name, value, _unit, qc, own_ms = measured
    geometry = mounting.geometry
    if not isfinite(value):
        return _useless(name, value, mounting)
    if name == "depth_mm":
        level = from_depth(value, kind, geometry)
    elif qc >= _FAIL:
        # A device that says itself that it saw nothing is treated as one that had no echo.
        level = from_distance(inf, kind, geometry, max_range_mm=_LONGEST_MM)
    else:
        dead_mm, range_mm = geometry.dead_zone_mm, geometry.max_range_mm
        if model is not None:
            dead_mm = model.dead_zone_mm if dead_mm is None else dead_mm
            range_mm = model.max_range_mm if range_mm is None else range_mm
        tilted, air_c = _circumstances(decoded, own_ms)
        stretched = _stretched(air_c, geometry.assumed_c, model)
        level = from_distance(value, kind, geometry, dead_mm, range_mm, stretched)
        if tilted:
            qc = max(qc, _SUSPECT)
    if isinstance(level, str):
        detail = f"{name} at {mounting.site_id}: {level}"
        return Rejected(RejectReason.NO_GEOMETRY, detail, mounting.device_id)
    quantity, height, level_qc = level
    return quantity, height, max(qc, level_qc)


def _circumstances(decoded: Sequence[Measured], own_ms: int | None) -> tuple[bool, float | None]:
    """Was the device tilted when it measured, and how warm (°C) was the air, as far as it says so itself?"""
    tilted, air_c = False, None
    for name, value, _unit, qc, time_ms in decoded:
        if name == "tilt" and time_ms == own_ms:
            tilted = tilted or value > 0
        elif name == "temperature_c" and time_ms == own_ms and qc < _SUSPECT:
            air_c = value
    return tilted, air_c


def _stretched(air_c: float | None, assumed_c: float | None, model: Model | None) -> float:
    """What to multiply a distance by for the temperature of the air; 1 where the sensor sees to it itself."""
    if assumed_c is None:
        if model is None or model.compensates:
            return 1.0
        assumed_c = USUAL_AIR_C
    if air_c is None or not _AIR.minimum <= air_c <= _AIR.maximum:
        return 1.0
    return stretch(air_c, assumed_c)


def _history_problem(own_ms: int, name: str, mounting: Mounting, received_ms: int) -> Rejected | None:
    """Stored measurements are filed under their own time or not at all: a guess would falsify history."""
    what = f"stored {name} of {own_ms} ms"
    if not is_plausible(own_ms, received_ms):
        return Rejected(RejectReason.CLOCK, f"{what}: that clock was not set", mounting.device_id)
    if not mounting.covers(own_ms):
        detail = f"{what}: the device was not at {mounting.site_id} then"
        return Rejected(RejectReason.NOT_MOUNTED, detail, mounting.device_id)
    return None


def _history_qc(device: Device | None) -> Qc:
    """Only the device's clock can date what it stored, believed or not."""
    return _GOOD if device is None or device.clock is Clock.DEVICE else _SUSPECT


def _calibrated(
    name: str, value: float, raw: float | None, time_ms: int, mounting: Mounting
) -> tuple[float, float | None]:
    """The corrected value, and what the device said."""
    calibration = calibration_at(mounting, name, time_ms)
    if calibration is None:
        return value, raw
    corrected = calibration.scale * value + calibration.offset
    if name == _FILL.name:
        # As in the geometry: heaped above the rim is full, not impossible.
        corrected = min(corrected, max(value, _FILL.maximum))
    return corrected, value if raw is None else raw


def _radio(gateways: Sequence[GatewayRx]) -> Iterator[tuple[str, float]]:
    """Signal and noise ratio of the gateway that heard the uplink best."""
    loudest_dbm, its_snr_db = -inf, None
    for _, rssi_dbm, snr_db in gateways:
        if rssi_dbm is not None and rssi_dbm > loudest_dbm:
            loudest_dbm, its_snr_db = rssi_dbm, snr_db
    if isfinite(loudest_dbm):
        yield "rssi_dbm", loudest_dbm
        if its_snr_db is not None:
            yield "snr_db", its_snr_db


def _useless(name: str, value: float, mounting: Mounting) -> Rejected:
    """Why a value that is no number, or of no quantity there is, cannot be stored."""
    if isfinite(value):
        detail = f"{name[:64]!r} cannot be stored"
        return Rejected(RejectReason.UNKNOWN_QUANTITY, detail, mounting.device_id)
    return Rejected(RejectReason.NOT_FINITE, f"{name[:64]} is {value}", mounting.device_id)
