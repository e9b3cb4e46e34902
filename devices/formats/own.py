"""Kênh's own format, for devices that name their quantities themselves.

Topic `kenh/v1/{device_id}/up`; one object or a list of them (backfill):

    {"ts": "2026-11-23T08:15:02Z", "seq": 17, "readings": {"distance_mm": 843, "battery_pct": 92}}

`ts` is RFC 3339, epoch seconds or milliseconds; absent means the time of receipt. A value that cannot be
used is refused alone; the others of its message are kept.
"""

import math

from devices.formats.fields import a_count
from devices.formats.json_text import load_strictly
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
    value = load_strictly(payload)
    if isinstance(value, Rejected):
        return [Rejected(value.reason, value.detail, device_id)]
    parsed: list[Uplink | Rejected] = []
    for entry in value if isinstance(value, list) else [value]:
        parsed += _entry(device_id, entry)
    return parsed or [Rejected(RejectReason.BAD_SHAPE, "an empty list", device_id)]


def _entry(device_id: str, entry: object) -> list[Uplink | Rejected]:
    if not isinstance(entry, dict) or not isinstance(entry.get("readings"), dict):
        return [
            Rejected(
                RejectReason.BAD_SHAPE, 'expected {"ts": ..., "readings": {"quantity": number}}', device_id
            )
        ]
    stated = entry.get("ts")
    time_ms = None if stated is None else _time_ms(stated)
    if stated is not None and time_ms is None:
        return [
            Rejected(
                RejectReason.BAD_TIME,
                f"ts is {str(stated)[:40]!r}; send RFC 3339 with a zone, or epoch seconds or milliseconds",
                device_id,
            )
        ]
    warnings: tuple[str, ...] = ()
    seq = a_count(entry.get("seq"))
    if seq is None and entry.get("seq") is not None:
        warnings = (f"seq {str(entry['seq'])[:40]!r} is no whole number from 0 up and is left out",)
    measured: list[Measured] = []
    refused: list[Uplink | Rejected] = []
    for name, reading in entry["readings"].items():
        value = _measured(device_id, name, reading)
        if isinstance(value, Rejected):
            refused.append(value)
        else:
            measured.append(value)
    if refused and not measured:
        return refused
    kind = UplinkKind.DATA if measured else UplinkKind.STATUS
    return [Uplink(device_id, kind, time_ms, seq, measured=tuple(measured), warnings=warnings), *refused]


def _time_ms(stated: object) -> int | None:
    if isinstance(stated, int | float) and not isinstance(stated, bool):
        return epoch_ms(stated)
    return rfc3339_ms(stated)


def _measured(device_id: str, name: str, value: object) -> Measured | Rejected:
    quantity = _KNOWN.get(name)
    if quantity is None:
        return Rejected(
            RejectReason.UNKNOWN_QUANTITY,
            f"{name[:64]!r} is no quantity Kênh knows (see /api/v1/quantities)",
            device_id,
        )
    if isinstance(value, bool) and quantity.unit == "1":
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Rejected(
            RejectReason.BAD_SHAPE,
            f"{name} is {str(value)[:40]!r}; send a number in {quantity.unit}",
            device_id,
        )
    if not math.isfinite(value):
        return Rejected(
            RejectReason.NOT_FINITE, f"{name} is {value}; leave out what was not measured", device_id
        )
    return Measured(name, float(value), quantity.unit)
