"""A device later on: replaced, retired, mounted anew, calibrated. What it measured stays with its site."""

from dataclasses import replace as changed

from desk.device_checks import (
    check_channel,
    check_geometry,
    check_interval,
    check_model,
    check_time,
    device_id_of,
    known_device,
    note,
    open_mounting,
    told,
)
from desk.errors import NotAllowedError, NotFoundError, UnusableError
from devices.quantities import QUANTITIES
from devices.sites import Calibration, Device, Geometry, Mounting, Registry, with_calibration
from storage.state import State

#: What geometry makes: a correction of these was one of the geometry that has gone.
_LEVELS = frozenset({"water_level_m", "fill_pct", "heap_m"})


def replace(
    state: State,
    old_id: str,
    new: Device,
    at_ms: int,
    geometry: Geometry | None = None,
    *,
    now_ms: int,
    actor: str,
) -> Mounting:
    """Put another device in the place of one; the new device's mounting.

    It takes over the site, the channel and, unless another is given, the geometry: of another model only what
    is the place's own (height, full line, offset), for the old one's dead zone and range are not its. The old
    device stays registered, with its history and without a mounting; its calibrations were its own. A new
    device without a model has the old one's. Saying the same again changes nothing.

    Raises:
        NotFoundError: nobody has adopted the old device.
        NotAllowedError: the old device hangs nowhere.
        UnusableError: the new device is the old one, or an id, geometry or time cannot be used.
    """
    old_id, new = device_id_of(old_id), changed(new, id=device_id_of(new.id))
    if new.id == old_id:
        raise UnusableError("a device cannot replace itself; to change its geometry, mount it anew")
    check_time("the time of the replacement", at_ms, now_ms)
    check_model(new.model)
    check_interval(new.expected_interval_s)
    if geometry is not None:
        check_geometry(geometry)
    with state.transaction() as tx:
        registry = tx.registry.load()
        known_device(registry, old_id)
        there = _where(registry, old_id, new.id)
        if there.device_id == new.id:
            return there
        if at_ms <= there.from_ms:
            raise UnusableError("the replacement lies before the old device was mounted")
        old = registry.devices[old_id]
        device = changed(
            new,
            model=new.model or old.model,
            name=new.name or old.name,
            expected_interval_s=new.expected_interval_s or old.expected_interval_s,
        )
        if geometry is None:
            geometry = there.geometry if device.model == old.model else _of_the_place(there.geometry)
        mounting = Mounting(device.id, there.site_id, there.channel, at_ms, None, geometry)
        tx.registry.save_devices([device], [])
        tx.registry.remount(mounting)
        tx.quarantine.remove(device.id)
        note(
            tx,
            "device_replaced",
            actor,
            now_ms,
            there.site_id,
            device.id,
            replaces=old_id,
            channel=there.channel,
            model=device.model,
            from_ms=at_ms,
        )
        return mounting


def retire(
    state: State, device_id: str, at_ms: int, *, now_ms: int, actor: str, reason: str = ""
) -> Mounting:
    """Take a device down; its last mounting, ended at `at_ms`. It stays registered, with its history.

    Raises:
        NotFoundError: nobody has adopted it.
        NotAllowedError: it hangs nowhere.
        UnusableError: the time lies before it was mounted, or in the future.
    """
    device_id = device_id_of(device_id)
    check_time("the time of retirement", at_ms, now_ms)
    with state.transaction() as tx:
        mounting = _mounted(tx.registry.load(), device_id)
        if at_ms <= mounting.from_ms:
            raise UnusableError("the retirement lies before the device was mounted")
        ended = changed(mounting, to_ms=at_ms)
        tx.registry.save_devices([], [ended])
        note(
            tx,
            "device_retired",
            actor,
            now_ms,
            mounting.site_id,
            device_id,
            channel=mounting.channel,
            to_ms=at_ms,
            reason=reason or None,
        )
        return ended


def remount(
    state: State,
    device_id: str,
    geometry: Geometry,
    from_ms: int,
    *,
    now_ms: int,
    actor: str,
    site_id: str | None = None,
    channel: str | None = None,
) -> Mounting:
    """Mount a device anew: another geometry from a time on, or another place; the new mounting.

    At the start of the present mounting itself, that one is put right, and `kenh replay` works out its levels
    again. Where the device stays, its calibrations stay, but for those of levels: they were corrections of
    the geometry that has gone.

    Raises:
        NotFoundError: nobody has adopted it, or no such site.
        NotAllowedError: it hangs nowhere and no site is given.
        UnusableError: a geometry, channel or time that cannot be used.
    """
    device_id = device_id_of(device_id)
    check_geometry(geometry)
    check_time("the time of mounting", from_ms, now_ms)
    with state.transaction() as tx:
        registry = tx.registry.load()
        known_device(registry, device_id)
        now = open_mounting(registry, device_id)
        if now is None and site_id is None:
            raise NotAllowedError(f"{device_id} hangs nowhere: say at which site it is mounted")
        if site_id is not None and site_id not in registry.sites:
            raise NotFoundError("site", site_id)
        place = (site_id or (now.site_id if now else ""), channel or (now.channel if now else "1"))
        check_channel(place[1])
        stays = now is not None and (now.site_id, now.channel) == place
        if now is not None and from_ms < now.from_ms:
            raise UnusableError("that lies before its present mounting; import the device to change history")
        kept = _calibrations(now, geometry) if now is not None and stays else ()
        mounting = Mounting(device_id, *place, from_ms, None, geometry, kept)
        if mounting != now:
            tx.registry.remount(mounting)
            more = {"channel": place[1], "from_ms": from_ms, **told(geometry)}
            note(tx, "device_remounted", actor, now_ms, place[0], device_id, **more)
        return mounting


def calibrate(state: State, device_id: str, calibration: Calibration, *, now_ms: int, actor: str) -> Mounting:
    """Correct a quantity from a time on; the mounting that was in force then, with the correction.

    Raises:
        NotFoundError: nobody has adopted it.
        NotAllowedError: it hung nowhere at that time.
        UnusableError: a quantity, scale, offset or time that cannot be used.
    """
    device_id = device_id_of(device_id)
    check_time("the start of the calibration", calibration.from_ms, now_ms)
    if calibration.quantity not in QUANTITIES:
        raise UnusableError(
            f"{calibration.quantity[:64]!r} is not stored; calibrate one of {', '.join(QUANTITIES)}"
        )
    with state.transaction() as tx:
        registry = tx.registry.load()
        known_device(registry, device_id)
        mounting = registry.mounting_at(device_id, calibration.from_ms)
        if mounting is None:
            raise NotAllowedError(f"{device_id} hung nowhere at that time")
        try:
            after = with_calibration(mounting, calibration)
        except ValueError as error:
            raise UnusableError(str(error)) from error
        if after != mounting:
            tx.registry.save_devices([], [after])
            note(
                tx,
                "device_calibrated",
                actor,
                now_ms,
                mounting.site_id,
                device_id,
                channel=mounting.channel,
                quantity=calibration.quantity,
                offset=calibration.offset,
                scale=calibration.scale,
                from_ms=calibration.from_ms,
                note=calibration.note or None,
            )
        return after


def _mounted(registry: Registry, device_id: str) -> Mounting:
    known_device(registry, device_id)
    mounting = open_mounting(registry, device_id)
    if mounting is None:
        raise NotAllowedError(f"{device_id} hangs nowhere at present")
    return mounting


def _where(registry: Registry, old_id: str, new_id: str) -> Mounting:
    """The old device's open mounting; the new one's, if it has taken that place already."""
    last = registry.mountings.get(old_id, ())[-1:]
    taken = open_mounting(registry, new_id)
    if last and taken and last[0].to_ms is not None and _same_place(last[0], taken):
        return taken
    return _mounted(registry, old_id)


def _same_place(one: Mounting, other: Mounting) -> bool:
    return (one.site_id, one.channel) == (other.site_id, other.channel)


def _of_the_place(geometry: Geometry) -> Geometry:
    return changed(geometry, dead_zone_mm=None, max_range_mm=None, assumed_c=None)


def _calibrations(now: Mounting, geometry: Geometry) -> tuple[Calibration, ...]:
    if geometry == now.geometry:
        return now.calibrations
    return tuple(one for one in now.calibrations if one.quantity not in _LEVELS)
