"""Single values: one bare number a topic, as ESPHome publishes them, for topics named in the settings.

`bin07/sensor/fill_distance/state` carries `0.84`, in metres; `nan` says that nothing was measured, and
`bin07/status` is `online` or `offline`.
"""

from collections.abc import Sequence
from typing import Final

from devices.formats.gathering import Gathering, availability, read_number, says_nothing
from devices.formats.place import Place
from devices.uplinks import Rejected, RejectReason, Uplink, UplinkKind

_SWITCHED: Final = frozenset(("on", "off", "true", "false"))
#: ESPHome's kinds of things in the level before the field; others are switches, lights and the like.
_MEASURING: Final = frozenset(("sensor", "binary_sensor", "number"))


def looks_single(payload: bytes) -> bool:
    """Is this a bare value rather than JSON?"""
    text = payload[:80].decode(errors="replace").strip()
    return (
        read_number(text) is not None
        or says_nothing(text)
        or text.lower() in {*_SWITCHED, "online", "offline"}
    )


def is_esphome(levels: Sequence[str]) -> bool:
    """Is this a topic as ESPHome builds them for what it measures?"""
    return len(levels) > 3 and levels[-1] == "state" and levels[-3] in _MEASURING


def parse(payload: bytes, place: Place, length: str = "mm") -> list[Uplink | Rejected]:
    """The uplink of one value; `length` is the unit of a distance whose name tells none."""
    if not place.device_id:
        detail = "a single value names no device: mark its level of the topic with + or {device}"
        return [Rejected(RejectReason.BAD_DEVICE_ID, detail)]
    try:
        text = payload[:80].decode()
    except UnicodeDecodeError as error:
        return [Rejected(RejectReason.NOT_UTF8, f"not UTF-8 at byte {error.start}", place.device_id)]
    status = availability(place.device_id, text)
    if status is not None:
        return [status]
    if not place.field:
        detail = "a single value needs its name in the topic: mark that level with a second + or {field}"
        return [Rejected(RejectReason.BAD_SHAPE, detail, place.device_id)]
    gathering = Gathering(place.device_id)
    gathering.take(place.field, text, length=length)
    if not gathering.measured and not gathering.silent and not gathering.refused:
        gathering.ignored.append(place.field[:64])
    return gathering.uplinks()


def parse_esphome(payload: bytes, place: Place) -> list[Uplink | Rejected]:
    """As `parse`, with what ESPHome's own topics tell: `{device}/{kind}/{name}/state`."""
    levels = place.levels
    if len(levels) > 3 and levels[-1] == "state":
        place = place._replace(field=levels[-2])
        if levels[-3] not in _MEASURING and place.device_id:
            return [Uplink(place.device_id, UplinkKind.OTHER)]
    elif levels[-1] == "debug" and place.device_id:
        return [Uplink(place.device_id, UplinkKind.OTHER)]  # the device's log
    elif levels[-1] == "status":
        place = place._replace(field="")
    return parse(payload, place, length="m")
