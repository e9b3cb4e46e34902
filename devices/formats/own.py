"""Kênh's own format, for devices that name their quantities themselves.

Topic `kenh/v1/{device_id}/up`; one object or a list of them (backfill):

    {"ts": "2026-11-23T08:15:02Z", "seq": 17, "readings": {"distance_mm": 843, "battery_pct": 92}}

`ts` is RFC 3339, epoch seconds or milliseconds; absent means the time of receipt. A value that cannot be
used is refused alone; the others of its message are kept.
"""

from math import isfinite

from devices.formats.fields import a_count
from devices.formats.json_text import load
from devices.formats.times import epoch_ms, rfc3339_ms
from devices.quantities import DEVICE_QUANTITIES, QUANTITIES, Quantity
from devices.sites import is_id
from devices.uplinks import Measured, Rejected, RejectReason, Uplink, UplinkKind

TOPIC_FILTER = "kenh/v1/+/up"

_KNOWN: dict[str, Quantity] = {**QUANTITIES, **DEVICE_QUANTITIES}


def parse(device_id: str, payload: bytes) -> list[Uplink | Rejected]:
    """The uplinks of one message and what was refused of it; empty readings are a heartbeat."""
    if not is_id(device_id):
        return [
            Rejected(
                RejectReason.BAD_DEVICE_ID, f"{device_id[:64]!r} is no id: 1 to 64 of A-Z a-z 0-9 . _ : -"
            )
        ]
    value = load(payload)
    if isinstance(value, Rejected):
        return [Rejected(value.reason, value.detail, device_id)]
    return parse_value(device_id, value)


def has_readings(value: object) -> bool:
    """Does this opened JSON look like our own format?"""
    entry = value[0] if isinstance(value, list) and value else value
    return isinstance(entry, dict) and isinstance(entry.get("readings"), dict)


def parse_value(device_id: str, value: object) -> list[Uplink | Rejected]:
    """The uplinks in opened JSON: of a device whose id is known to be one."""
    if type(value) is not list:
        return _entry(device_id, value)
    parsed: list[Uplink | Rejected] = []
    for entry in value:
        parsed += _entry(device_id, entry)
    return parsed or [Rejected(RejectReason.BAD_SHAPE, "an empty list", device_id)]


def _entry(device_id: str, entry: object) -> list[Uplink | Rejected]:
    readings = entry.get("readings") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(readings, dict):
        detail = 'expected {"ts": ..., "readings": {"quantity": number}}'
        return [Rejected(RejectReason.BAD_SHAPE, detail, device_id)]
    stated = entry.get("ts")
    time_ms = None if stated is None else _time_ms(stated)
    if stated is not None and time_ms is None:
        detail = f"ts is {str(stated)[:40]!r}; send RFC 3339 with a zone, or epoch seconds or milliseconds"
        return [Rejected(RejectReason.BAD_TIME, detail, device_id)]
    warnings: tuple[str, ...] = ()
    seq = a_count(entry.get("seq"))
    if seq is None and entry.get("seq") is not None:
        warnings = (f"seq {str(entry['seq'])[:40]!r} is no whole number from 0 up and is left out",)
    measured: list[Measured] = []
    refused: list[Uplink | Rejected] = []
    for name, value in readings.items():
        quantity = _KNOWN.get(name)
        sort = type(value)  # opened JSON holds no subclasses
        if quantity is None or not (
            ((sort is float or sort is int) and isfinite(value)) or (sort is bool and quantity.unit == "1")
        ):
            refused.append(_refused(device_id, name, value))
        else:
            measured.append(Measured(name, float(value), quantity.unit))
    if refused and not measured:
        return refused
    kind = UplinkKind.DATA if measured else UplinkKind.STATUS
    return [Uplink(device_id, kind, time_ms, seq, measured=tuple(measured), warnings=warnings), *refused]


def _time_ms(stated: object) -> int | None:
    if type(stated) is int or type(stated) is float:
        return epoch_ms(stated)
    return rfc3339_ms(stated)


def _refused(device_id: str, name: str, value: object) -> Rejected:
    quantity = _KNOWN.get(name)
    if quantity is None:
        detail = f"{name[:64]!r} is no quantity Kênh knows (see /api/v1/quantities)"
        return Rejected(RejectReason.UNKNOWN_QUANTITY, detail, device_id)
    if type(value) is float:
        detail = f"{name} is {value}; leave out what was not measured"
        return Rejected(RejectReason.NOT_FINITE, detail, device_id)
    detail = f"{name} is {str(value)[:40]!r}; send a number in {quantity.unit}"
    return Rejected(RejectReason.BAD_SHAPE, detail, device_id)
