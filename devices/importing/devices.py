"""Devices and where they are mounted, from CSV."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise

from devices.importing import csv_text
from devices.importing.problems import ImportRefused
from devices.importing.rows import Row, unknown_columns
from devices.models import MODELS
from devices.sites import DEFAULT_CHANNEL, Clock, Device, Geometry, Mounting, Registry

REQUIRED = ("device_id",)
COLUMNS = (
    *(
        "device_id",
        "model",
        "name",
        "site_id",
        "channel",
        "mounted_from",
        "mount_height_mm",
        "full_distance_mm",
    ),
    *("dead_zone_mm", "max_range_mm", "offset_mm", "expected_interval_s", "mounted_to"),
    *("clock", "max_skew_s", "assumed_c"),
)
_DEV_EUI = re.compile(r"[0-9A-Fa-f]{16}")
_LONGEST_MM = 65_000
_LONGEST_SKEW_S = 86_400
#: What an empty cell stands for.
_PLAIN = Device("plain")


@dataclass(frozen=True, slots=True)
class DevicesFile:
    """What a file of devices holds; the mountings of one device stand in order of time and do not overlap."""

    devices: tuple[Device, ...]
    mountings: tuple[Mounting, ...] = ()
    notices: tuple[str, ...] = ()


def read_devices(text: str, registry: Registry | None = None) -> DevicesFile:
    """Read a file of devices; ImportRefused with every problem, and then nothing is taken.

    One row is one mounting; a device that was moved has several, a spare one has a row without `site_id`.
    A mounting without `mounted_to` lasts until the device's next one. Sites are checked against `registry`
    where it is given. DevEUIs come out in lower case. Calibrations stand in no file: a mounting that
    `registry` knows keeps its own.
    """
    rows, columns = csv_text.rows_of(text, REQUIRED)
    devices: dict[str, tuple[Device, Row]] = {}
    mounted: defaultdict[str, list[tuple[Mounting, Row]]] = defaultdict(list)
    for row in rows:
        device = _device(row)
        first, first_row = devices.setdefault(device.id, (device, row))
        if device.id and first != device:
            row.refuse(
                "device_id",
                f"model, name, interval or clock of {device.id} differ from row {first_row.number}",
                "Write the same in every row of one device",
            )
        mounting = _mounting(row, device.id, registry)
        if mounting is not None:
            mounted[device.id].append((mounting, row))
    closed = [entry for entries in mounted.values() for entry in _in_order(entries)]
    _check_channels(closed)
    problems = [problem for row in rows for problem in row.problems]
    if problems:
        raise ImportRefused(problems)
    notices = unknown_columns(columns, COLUMNS) + (() if rows else ("the file holds no devices",))
    return DevicesFile(tuple(device for device, _ in devices.values()), tuple(m for m, _ in closed), notices)


def _device(row: Row) -> Device:
    device_id = row.needed_id("device_id")
    model = row.text("model")
    if model and model not in MODELS:
        row.refuse(
            "model", f"{model[:80]!r} is not known", f"Use one of: {', '.join(MODELS)}; empty for own JSON"
        )
    max_skew_s = row.whole_or_none("max_skew_s", 0, _LONGEST_SKEW_S)
    return Device(
        id=device_id.lower() if _DEV_EUI.fullmatch(device_id) else device_id,
        model=model,
        name=row.text("name"),
        expected_interval_s=row.whole_or_none("expected_interval_s", 1, 604_800),
        clock=row.choice_or_none("clock", Clock) or _PLAIN.clock,
        max_skew_s=_PLAIN.max_skew_s if max_skew_s is None else max_skew_s,
    )


def _mounting(row: Row, device_id: str, registry: Registry | None) -> Mounting | None:
    geometry = _geometry(row)
    site_id = row.id_or_none("site_id")
    if site_id is None:
        if geometry != Geometry() and not row.text("site_id"):
            row.refuse("site_id", "is empty, but the row tells how the device is mounted", "Name the site")
        return None
    if registry is not None and site_id not in registry.sites:
        row.refuse("site_id", f"{site_id!r} is no site", "Import the site first, or mend the id")
    from_ms, to_ms = row.time_ms_or_none("mounted_from"), row.time_ms_or_none("mounted_to")
    if from_ms is not None and to_ms is not None and to_ms <= from_ms:
        row.refuse("mounted_to", "is not after mounted_from", "Leave it empty while the device is there")
    channel = row.id_or_none("channel") or DEFAULT_CHANNEL
    mounting = Mounting(device_id, site_id, channel, from_ms or 0, to_ms, geometry)
    return mounting if registry is None else _with_its_calibrations(mounting, registry)


def _with_its_calibrations(mounting: Mounting, registry: Registry) -> Mounting:
    where = (mounting.site_id, mounting.channel, mounting.from_ms)
    for known in registry.mountings.get(mounting.device_id, ()):
        if (known.site_id, known.channel, known.from_ms) == where:
            return replace(mounting, calibrations=known.calibrations)
    return mounting


def _geometry(row: Row) -> Geometry:
    mount = row.number_or_none("mount_height_mm", 1, _LONGEST_MM)
    full = row.number_or_none("full_distance_mm", 0, _LONGEST_MM)
    dead = row.number_or_none("dead_zone_mm", 0, _LONGEST_MM)
    longest = row.number_or_none("max_range_mm", 1, _LONGEST_MM)
    if full is not None and mount is not None and full >= mount:
        row.refuse(
            "full_distance_mm",
            f"{full:g} is not less than mount_height_mm {mount:g}",
            "Measure both from the sensor's face: to the full line, and to the floor",
        )
    if dead is not None and longest is not None and dead >= longest:
        row.refuse(
            "dead_zone_mm", f"{dead:g} is not less than max_range_mm {longest:g}", "Look at the data sheet"
        )
    offset = row.number_or_none("offset_mm", -_LONGEST_MM, _LONGEST_MM)
    return Geometry(
        mount, full, dead, longest, offset or 0.0, assumed_c=row.number_or_none("assumed_c", -40, 85)
    )


def _in_order(entries: list[tuple[Mounting, Row]]) -> list[tuple[Mounting, Row]]:
    """One device's mountings by time, each ended where the next begins; overlaps are noted."""
    entries = sorted(entries, key=lambda entry: entry[0].from_ms)
    ended: list[tuple[Mounting, Row]] = []
    for (mounting, row), later in zip(entries, [*entries[1:], None], strict=True):
        if later is not None:
            next_ms = later[0].from_ms
            if next_ms == mounting.from_ms or (mounting.to_ms is not None and mounting.to_ms > next_ms):
                later[1].refuse(
                    "mounted_from",
                    f"{mounting.device_id} is still at {mounting.site_id} then (row {row.number})",
                    "One device is at one place at a time: give the time it was moved",
                )
            elif mounting.to_ms is None:
                mounting = replace(mounting, to_ms=next_ms)
        ended.append((mounting, row))
    return ended


def _check_channels(entries: list[tuple[Mounting, Row]]) -> None:
    """No two devices on one channel of a site at one time."""
    by_channel: defaultdict[tuple[str, str], list[tuple[Mounting, Row]]] = defaultdict(list)
    for mounting, row in entries:
        by_channel[mounting.site_id, mounting.channel].append((mounting, row))
    for shared in by_channel.values():
        shared.sort(key=lambda entry: entry[0].from_ms)
        for (earlier, earlier_row), (later, later_row) in pairwise(shared):
            overlap = earlier.to_ms is None or earlier.to_ms > later.from_ms
            if overlap and earlier.device_id != later.device_id:
                later_row.refuse(
                    "channel",
                    f"{earlier.device_id} is on that channel of {later.site_id} (row {earlier_row.number})",
                    "Give every device its own channel, or say until when the other was there in mounted_to",
                )
