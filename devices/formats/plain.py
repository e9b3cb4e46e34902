"""Plain JSON: one flat object with names people choose, for topics named in the settings.

    {"id": "bin07", "ts": 1795421702, "distance_mm": 843, "bat_v": 3.61}

The device is the one the topic names, else the one in the message. A list holds several such objects.
"""

from collections.abc import Mapping
from typing import Any, Final

from devices.formats.fields import a_count
from devices.formats.gathering import Gathering
from devices.formats.ids import as_id
from devices.formats.place import Place
from devices.formats.times import stated_ms
from devices.uplinks import Rejected, RejectReason, Uplink

_IDS: Final = ("id", "device_id", "device", "deviceId", "dev_id", "devEui", "dev_eui", "devEUI")
_TIMES: Final = ("ts", "time", "timestamp", "Time", "datetime")
_SEQUENCES: Final = ("seq", "counter", "fCnt")
_ASIDE: Final = frozenset((*_IDS, *_TIMES, *_SEQUENCES, "unit", "name"))


def parse(value: object, place: Place) -> list[Uplink | Rejected]:
    """The uplinks in opened JSON, and what was refused."""
    parsed: list[Uplink | Rejected] = []
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict):
            parsed += _entry(entry, place)
        else:
            detail = 'expected an object such as {"id": "bin07", "distance_mm": 843}'
            parsed.append(Rejected(RejectReason.BAD_SHAPE, detail, place.device_id))
    return parsed or [Rejected(RejectReason.BAD_SHAPE, "an empty list", place.device_id)]


def named_device(body: Mapping[str, Any], place: Place) -> str | Rejected:
    """Whose message this is: the topic's word goes before the message's own."""
    if place.device_id:
        return place.device_id
    named = next((body[key] for key in _IDS if body.get(key) not in (None, "")), None)
    if named is None:
        detail = (
            'nobody says which device this is: put "id" into the message, or mark a level of the topic '
            "with + or {device}"
        )
        return Rejected(RejectReason.BAD_DEVICE_ID, detail)
    device_id = as_id(str(named)) if isinstance(named, str | int) else None
    if device_id is None:
        return Rejected(RejectReason.BAD_DEVICE_ID, f"no id can be made of {str(named)[:64]!r}")
    return device_id


def _entry(body: Mapping[str, Any], place: Place) -> list[Uplink | Rejected]:
    device_id = named_device(body, place)
    if isinstance(device_id, Rejected):
        return [device_id]
    stated = next((body[key] for key in _TIMES if body.get(key) is not None), None)
    time_ms = None if stated is None else stated_ms(stated, place.zone, place.received_ms)
    if stated is not None and time_ms is None:
        detail = f"the time is {str(stated)[:40]!r}; send RFC 3339 or epoch seconds"
        return [Rejected(RejectReason.BAD_TIME, detail, device_id)]
    seq = next((count for key in _SEQUENCES if (count := a_count(body.get(key))) is not None), None)
    gathering = Gathering(device_id, time_ms, seq)
    for name, value in body.items():
        if name == "value" and place.field:
            unit = body.get("unit")
            gathering.take(place.field, value, unit if isinstance(unit, str) else "")
        elif name not in _ASIDE:
            gathering.take(name, value)
    return gathering.uplinks()
