"""What every change to a device needs: ids that are ids, geometry that can be true, a line in the log."""

import re
from math import isfinite

from desk.errors import NotFoundError, UnusableError
from devices.formats.ids import as_id
from devices.sites import Geometry, Mounting, Registry, is_id
from dispatch.orders import Event
from storage.state import Tx

_MODEL = re.compile(r"[a-z0-9._-]{1,40}/[a-z0-9._-]{1,60}")
_EUI_IN_PAIRS = re.compile(r"[0-9A-Fa-f]{2}(?:[-: ][0-9A-Fa-f]{2}){7}")
_LONGEST_MM = 65_000.0
#: Minus 50 to plus 60 °C: what a sensor can be told to reckon with.
_AIR_C = (-50.0, 60.0)


def device_id_of(text: str) -> str:
    """The id a device goes by: a DevEUI without its separators, and any address in lower case.

    Raises:
        UnusableError: it is no id.
    """
    text = text.strip()
    if _EUI_IN_PAIRS.fullmatch(text):
        return re.sub(r"[-: ]", "", text).lower()
    if not is_id(text):
        raise UnusableError(f"{text[:80]!r} is no device id: letters, digits and . _ : - only, 64 at most")
    address = as_id(text)
    return address if address is not None and address == text.lower() else text


def check_channel(channel: str) -> None:
    """Raises `UnusableError` unless it is an id."""
    if not is_id(channel):
        raise UnusableError(f"{channel[:80]!r} is no channel: letters, digits and . _ : - only, 64 at most")


def check_model(model: str) -> None:
    """Raises `UnusableError` unless it is empty or looks like `vendor/model`."""
    if model and not _MODEL.fullmatch(model):
        raise UnusableError(f"{model[:80]!r} is no model: write vendor/model, such as milesight/em310-udl")


def check_interval(interval_s: int | None) -> None:
    """Raises `UnusableError` unless it is unknown or a second to a week."""
    if interval_s is not None and not 1 <= interval_s <= 604_800:
        raise UnusableError("the expected interval is from 1 to 604800 seconds (a week)")


def check_geometry(geometry: Geometry) -> None:
    """Raises `UnusableError` for a geometry that cannot be true, with what would be."""
    lengths = {
        "mount_height_mm": geometry.mount_height_mm,
        "full_distance_mm": geometry.full_distance_mm,
        "dead_zone_mm": geometry.dead_zone_mm,
        "max_range_mm": geometry.max_range_mm,
    }
    for name, value in lengths.items():
        least = 0.0 if name in ("full_distance_mm", "dead_zone_mm") else 1.0
        if value is not None and not (isfinite(value) and least <= value <= _LONGEST_MM):
            raise UnusableError(f"{name} is {value:g}; it lies between {least:g} and {_LONGEST_MM:g} mm")
    if not (isfinite(geometry.offset_mm) and abs(geometry.offset_mm) <= _LONGEST_MM):
        raise UnusableError(f"offset_mm is {geometry.offset_mm:g}; 65000 mm either way at most")
    if geometry.assumed_c is not None and not _AIR_C[0] <= geometry.assumed_c <= _AIR_C[1]:
        raise UnusableError(f"assumed_c is {geometry.assumed_c:g}; it lies between -50 and 60 °C")
    mount, full = geometry.mount_height_mm, geometry.full_distance_mm
    if mount is not None and full is not None and full >= mount:
        raise UnusableError(
            f"full_distance_mm {full:g} is not less than mount_height_mm {mount:g}: measure both from the "
            "sensor's face, to the full line and to the floor"
        )
    dead, longest = geometry.dead_zone_mm, geometry.max_range_mm
    if dead is not None and longest is not None and dead >= longest:
        raise UnusableError(f"dead_zone_mm {dead:g} is not less than max_range_mm {longest:g}")


def check_time(what: str, at_ms: int, now_ms: int) -> None:
    """Raises `UnusableError` for a time to come."""
    if not 0 <= at_ms <= now_ms:
        raise UnusableError(f"{what} lies in the future; give a time that has passed, or none for now")


def known_device(registry: Registry, device_id: str) -> None:
    """Raises `NotFoundError` for a device nobody has adopted."""
    if device_id not in registry.devices:
        raise NotFoundError("device", device_id)


def open_mounting(registry: Registry, device_id: str) -> Mounting | None:
    """Where the device hangs for as long as anybody knows."""
    last = registry.mountings.get(device_id, ())[-1:]
    return last[0] if last and last[0].to_ms is None else None


def note(
    tx: Tx,
    what: str,
    actor: str,
    at_ms: int,
    site_id: str,
    device_id: str,
    **more: str | float | bool | None,
) -> None:
    """A line in the log about a device; what is None is left out."""
    said = {name: value for name, value in more.items() if value is not None}
    tx.events.append(Event(at_ms, what, actor, site_id=site_id, data={"device_id": device_id, **said}))


def told(geometry: Geometry) -> dict[str, float | None]:
    """A geometry as the log keeps it."""
    return {
        "mount_height_mm": geometry.mount_height_mm,
        "full_distance_mm": geometry.full_distance_mm,
        "dead_zone_mm": geometry.dead_zone_mm,
        "max_range_mm": geometry.max_range_mm,
        "offset_mm": geometry.offset_mm or None,
        "assumed_c": geometry.assumed_c,
    }
