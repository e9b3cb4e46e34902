"""Adopting a device: from quarantine, or ahead of its first uplink, to a channel of a site."""

from desk.errors import DeskError, NotFoundError
from devices.sites import Device, Geometry, Mounting, is_id
from storage.state import State


def adopt(
    state: State, device: Device, site_id: str, channel: str, geometry: Geometry, from_ms: int
) -> Mounting:
    """Register the device and mount it; whatever hung on that channel before is ended at `from_ms`.

    Raises:
        NotFoundError: no such site.
        DeskError: an id that is not one.
    """
    for what, text in (("device id", device.id), ("channel", channel)):
        if not is_id(text):
            raise DeskError(f"{text!r} is no {what}: letters, digits and . _ : - only, 64 at most")
    mounting = Mounting(device.id, site_id, channel, from_ms, None, geometry)
    with state.transaction() as tx:
        if site_id not in tx.registry.load().sites:
            raise NotFoundError("site", site_id)
        tx.registry.save_devices([device], [])
        tx.registry.remount(mounting)
        tx.quarantine.remove(device.id)
    return mounting
