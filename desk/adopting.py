"""Adopting a device: from quarantine, or ahead of its first uplink, to a channel of a site."""

from dataclasses import dataclass, replace

from desk.device_checks import (
    check_channel,
    check_geometry,
    check_interval,
    check_model,
    check_time,
    device_id_of,
    note,
    open_mounting,
    told,
)
from desk.errors import NotFoundError, UnusableError
from devices.sites import DEFAULT_CHANNEL, Clock, Device, Geometry, Mounting, Registry, Site, SiteKind, is_id
from storage.state import QuarantineRow, State, Tx


@dataclass(frozen=True, slots=True)
class NewSite:
    """A site that is made where there is none of that id yet."""

    kind: SiteKind
    name: str = ""
    village_id: str = ""


@dataclass(frozen=True, slots=True)
class Adoption:
    """What an installer says about a device. None leaves what is known as it is.

    `place` is (lat, lon), for a site that has no position yet; `new_site` makes the site if it is not there.
    `from_ms` is when it was mounted; None: when it was first heard, if nothing else hung on the channel
    since, otherwise now.
    """

    device_id: str
    site_id: str
    channel: str = DEFAULT_CHANNEL
    model: str | None = None
    name: str | None = None
    expected_interval_s: int | None = None
    geometry: Geometry | None = None
    place: tuple[float, float] | None = None
    from_ms: int | None = None
    clock: Clock | None = None
    new_site: NewSite | None = None


@dataclass(frozen=True, slots=True)
class Adopted:
    """What came of it: `changed` is False if all of it was so already.

    `placed` says that the site took its position from the installer. `waiting` is how many uplinks the
    device sent while nobody knew it: they are in the journal, and `kenh replay` makes readings of them;
    `last` is the newest of them.
    """

    device: Device
    mounting: Mounting
    changed: bool
    placed: bool = False
    waiting: int = 0
    last: QuarantineRow | None = None


def adopt(state: State, wanted: Adoption, now_ms: int, actor: str, *, commune_id: str = "") -> Adopted:
    """Register the device and mount it; whatever hung on that channel before leaves it then.

    Saying the same thing again changes nothing and logs nothing. A new site belongs to `commune_id`.

    Raises:
        NotFoundError: no such site or village.
        UnusableError: an id, model, geometry, place or time that cannot be used, or another kind of site
            under the id of the new one.
    """
    wanted = replace(wanted, device_id=device_id_of(wanted.device_id))
    _check(wanted, now_ms)
    with state.transaction() as tx:
        registry = tx.registry.load()
        site, new_site = _site(registry, wanted, commune_id)
        device = _device(registry, wanted)
        waiting = tx.quarantine.get(device.id)
        mounting = _mounting(registry, wanted, device, waiting, now_ms)
        new_device = registry.devices.get(device.id) != device
        new_place = mounting != open_mounting(registry, device.id)
        if new_site:
            tx.registry.save_sites([site])
        if new_device:
            tx.registry.save_devices([device], [])
        if new_place:
            tx.registry.remount(mounting)
        placed = _place(tx, site, wanted.place)
        tx.quarantine.remove(device.id)
        changed = new_device or new_place or placed
        if changed:
            place = wanted.place if placed else None
            _log(tx, actor, now_ms, device, mounting, place, new_site=new_site)
        return Adopted(device, mounting, changed, placed, waiting.count if waiting else 0, waiting)


def _check(wanted: Adoption, now_ms: int) -> None:
    check_channel(wanted.channel)
    check_model(wanted.model or "")
    check_interval(wanted.expected_interval_s)
    if wanted.geometry is not None:
        check_geometry(wanted.geometry)
    if wanted.from_ms is not None:
        check_time("the time of mounting", wanted.from_ms, now_ms)
    if wanted.place is not None:
        lat, lon = wanted.place
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise UnusableError(f"{lat:g}, {lon:g} is no place: latitude -90 to 90, longitude -180 to 180")


def _site(registry: Registry, wanted: Adoption, commune_id: str) -> tuple[Site, bool]:
    """The site, and whether it is made now."""
    site, new = registry.sites.get(wanted.site_id), wanted.new_site
    if site is not None:
        if new is not None and new.kind is not site.kind:
            raise UnusableError(f"{site.id} is a {site.kind} already; give the new site another id")
        return site, False
    if new is None:
        raise NotFoundError("site", wanted.site_id)
    if not is_id(wanted.site_id):
        raise UnusableError(
            f"{wanted.site_id[:80]!r} is no site id: letters, digits and . _ : - only, 64 at most"
        )
    if new.village_id and new.village_id not in registry.villages:
        raise NotFoundError("village", new.village_id)
    made = Site(wanted.site_id, new.kind, new.name, village_id=new.village_id, commune_id=commune_id)
    return made, True


def _device(registry: Registry, wanted: Adoption) -> Device:
    known = registry.devices.get(wanted.device_id) or Device(wanted.device_id)
    return replace(
        known,
        model=known.model if wanted.model is None else wanted.model,
        name=known.name if wanted.name is None else wanted.name,
        expected_interval_s=wanted.expected_interval_s or known.expected_interval_s,
        clock=wanted.clock or known.clock,
    )


def _mounting(
    registry: Registry, wanted: Adoption, device: Device, waiting: QuarantineRow | None, now_ms: int
) -> Mounting:
    """The mounting as it stands, if it is the one wanted; else a new one."""
    place = (wanted.site_id, wanted.channel)
    now = open_mounting(registry, device.id)
    stays = now is not None and (now.site_id, now.channel) == place
    if now is not None and stays and wanted.geometry in (None, now.geometry):
        if wanted.from_ms in (None, now.from_ms):
            return now
        return replace(now, from_ms=wanted.from_ms)
    from_ms = wanted.from_ms
    if from_ms is None:
        from_ms = _heard_from(registry, device, waiting, place, now_ms)
    return Mounting(device.id, *place, from_ms, None, wanted.geometry or Geometry())


def _heard_from(
    registry: Registry, device: Device, waiting: QuarantineRow | None, place: tuple[str, str], now_ms: int
) -> int:
    """Since when a device may be taken to hang where it is: what it said in quarantine belongs there too."""
    if waiting is None or registry.mountings.get(device.id):
        return now_ms
    # Its own clock may put the first uplink a little before its receipt.
    first_ms = max(0, waiting.first_ms - device.max_skew_s * 1000)
    taken = any(
        (one.site_id, one.channel) == place and (one.to_ms is None or one.to_ms > first_ms)
        for mountings in registry.mountings.values()
        for one in mountings
    )
    return now_ms if taken else min(first_ms, now_ms)


def _place(tx: Tx, site: Site, place: tuple[float, float] | None) -> bool:
    if place is None or site.lat is not None or site.lon is not None:
        return False
    tx.registry.save_sites([replace(site, lat=place[0], lon=place[1])])
    return True


def _log(
    tx: Tx,
    actor: str,
    now_ms: int,
    device: Device,
    mounting: Mounting,
    place: tuple[float, float] | None,
    *,
    new_site: bool,
) -> None:
    note(
        tx,
        "device_adopted",
        actor,
        now_ms,
        mounting.site_id,
        device.id,
        channel=mounting.channel,
        model=device.model,
        from_ms=mounting.from_ms,
        lat=place[0] if place else None,
        lon=place[1] if place else None,
        new_site=True if new_site else None,
        **told(mounting.geometry),
    )
