"""Topics of the operator's choosing, and what stands on them (`KENH_INGEST__TOPICS`).

tele/+/SENSOR=tasmota, +/sensor/+/state=esphome, waste/{device}/up, gauges/senml=senml
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from devices.formats import own, plain, senml, single, tasmota
from devices.formats.json_text import load
from devices.formats.place import Place
from devices.formats.topics import filter_problem, matches
from devices.sites import is_id
from devices.uplinks import Rejected, RejectReason, Uplink


class RouteFormat(StrEnum):
    """What stands in the messages of a route; AUTO looks at each."""

    AUTO = "auto"
    OWN = "own"
    SENML = "senml"
    TASMOTA = "tasmota"
    ESPHOME = "esphome"
    PLAIN = "plain"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Route:
    """One entry of the setting. `device_level` and `field_level` count the topic's levels from 0."""

    filter: str
    format: RouteFormat = RouteFormat.AUTO
    device_level: int | None = None
    field_level: int | None = None
    _levels: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_levels", tuple(self.filter.split("/")))

    def matches(self, levels: Sequence[str]) -> bool:
        """Is a topic, level by level, one of this route's?"""
        return matches(self._levels, levels)

    def parse(
        self, levels: Sequence[str], payload: bytes, received_ms: int, zone: ZoneInfo
    ) -> list[Uplink | Rejected]:
        """The uplinks of a message on a topic that matches."""
        device_id = _level(levels, self.device_level)
        if device_id and not is_id(device_id):
            detail = f"{device_id[:64]!r} is no id: 1 to 64 of A-Z a-z 0-9 . _ : -"
            return [Rejected(RejectReason.BAD_DEVICE_ID, detail)]
        place = Place(device_id, _level(levels, self.field_level), tuple(levels), received_ms, zone)
        match self.format:
            case RouteFormat.TASMOTA:
                return tasmota.parse(payload, place)
            case RouteFormat.ESPHOME:
                return single.parse_esphome(payload, place)
            case RouteFormat.VALUE:
                return single.parse(payload, place)
            case RouteFormat.AUTO if single.looks_single(payload):
                esphome = single.is_esphome(levels)
                return single.parse_esphome(payload, place) if esphome else single.parse(payload, place)
        body = load(payload)
        if isinstance(body, Rejected):
            return [Rejected(body.reason, body.detail, device_id)]
        return _opened(body, self.format, place)


def read_routes(text: str) -> tuple[Route, ...]:
    """The routes in the setting: comma-separated, or a JSON list of texts; ValueError says what is wrong."""
    text = text.strip()
    if not text:
        return ()
    if not text.startswith("["):
        return tuple(_route(entry.strip()) for entry in text.split(",") if entry.strip())
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise ValueError(f"the list of topics is not JSON: {error}") from None
    if not all(isinstance(entry, str) for entry in entries):
        raise ValueError("the list of topics holds something that is no text")
    return tuple(_route(entry.strip()) for entry in entries)


def _route(entry: str) -> Route:
    topic_filter, equals, name = entry.rpartition("=") if "=" in entry else (entry, "", "")
    if equals and name not in set(RouteFormat):
        known = ", ".join(RouteFormat)
        raise ValueError(f"{entry[:80]!r}: {name[:32]!r} is no format; known are {known}")
    levels = topic_filter.split("/")
    device = _explicit(levels, "{device}")
    named = _explicit(levels, "{field}")
    wild = [place for place, level in enumerate(levels) if level == "+"]
    if device is None and wild:
        device = wild.pop(0)
    if named is None and wild:
        named = next((place for place in wild if device is None or place > device), wild[0])
    plain_levels = ["+" if level in ("{device}", "{field}") else level for level in levels]
    problem = filter_problem(plain_levels)
    if problem is None and ("{" in "".join(plain_levels) or "}" in "".join(plain_levels)):
        problem = f"{topic_filter[:64]!r}: only {{device}} and {{field}} may stand in braces, as whole levels"
    if problem is not None:
        raise ValueError(problem)
    return Route("/".join(plain_levels), RouteFormat(name or "auto"), device, named)


def _explicit(levels: list[str], name: str) -> int | None:
    if levels.count(name) > 1:
        raise ValueError(f"{'/'.join(levels)[:64]!r} names {name} twice")
    return levels.index(name) if name in levels else None


def _level(levels: Sequence[str], place: int | None) -> str:
    return "" if place is None or place >= len(levels) else levels[place]


def _opened(body: object, told: RouteFormat, place: Place) -> list[Uplink | Rejected]:
    """What stands in opened JSON: in the format told, or the one it looks like."""
    if told is RouteFormat.SENML or (told is RouteFormat.AUTO and senml.is_pack(body)):
        return senml.parse(body, place)
    if told is RouteFormat.OWN or (told is RouteFormat.AUTO and own.has_readings(body)):
        return _own(body, place)
    if told is RouteFormat.AUTO and place.device_id and isinstance(body, dict) and tasmota.is_sensor(body):
        return tasmota.parse_object(body, place)
    return plain.parse(body, place)


def _own(body: object, place: Place) -> list[Uplink | Rejected]:
    if place.device_id:
        return own.parse_value(place.device_id, body)
    parsed: list[Uplink | Rejected] = []
    for entry in body if isinstance(body, list) else [body]:
        device_id = plain.named_device(entry if isinstance(entry, dict) else {}, place)
        parsed += [device_id] if isinstance(device_id, Rejected) else own.parse_value(device_id, entry)
    return parsed or [Rejected(RejectReason.BAD_SHAPE, "an empty list")]
