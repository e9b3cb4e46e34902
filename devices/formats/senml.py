"""SenML in JSON (RFC 8428), with secondary units (RFC 8798, RFC 9100) for topics named in the settings.

    [{"bn": "urn:dev:mac:24e124713b494221:", "bt": 1795421702, "n": "level", "u": "m", "v": 1.234},
     {"n": "batt", "u": "%EL", "v": 92}, {"n": "level", "u": "m", "v": 1.201, "t": -900}]

The names in a pack are made to be unique in the world, so they, and not the topic, tell the device; the topic
does where a record's name is only that of a field. Each device and time becomes one uplink.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from devices.formats.aliases import meaning
from devices.formats.gathering import Gathering
from devices.formats.ids import as_id
from devices.formats.place import Place
from devices.uplinks import Rejected, RejectReason, Uplink

#: Times below are relative to the receipt of the pack, from here on they are epoch seconds.
_ABSOLUTE_FROM: Final = 2**28
#: 10 is RFC 8428; 16 more says "secondary units" (RFC 9100). Below 10 are its drafts.
_VERSIONS: Final = (*range(1, 11), 26)
_VALUES: Final = ("v", "vs", "vb", "vd")
_KNOWN: Final = frozenset(("bn", "bt", "bu", "bv", "bs", "bver", "n", "u", *_VALUES, "s", "t", "ut"))
_NUMBERS: Final = ("bt", "bv", "bs", "v", "s", "t", "ut")
_TEXTS: Final = ("bn", "bu", "n", "u", "vs", "vd")
_MEASURES: Final = frozenset((*_VALUES, "s", "bv"))
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9:./_-]*")
_ENDS: Final = ":/._-"


def is_pack(value: object) -> bool:
    """Does this opened JSON look like a SenML pack?"""
    if not isinstance(value, list) or not all(isinstance(record, dict) for record in value):
        return False
    return any("bn" in record or ("n" in record and not _MEASURES.isdisjoint(record)) for record in value)


@dataclass(slots=True)
class _Bases:
    """The base fields in force: each holds until another record names it anew."""

    name: str = ""
    time_s: float = 0.0
    unit: str = ""
    value: float | None = None
    has_sum: bool = False

    def update(self, record: Mapping[str, Any]) -> None:
        self.name = record.get("bn", self.name)
        self.time_s = record.get("bt", self.time_s)
        self.unit = record.get("bu", self.unit)
        self.value = record.get("bv", self.value)
        self.has_sum = self.has_sum or "bs" in record


class _Named(NamedTuple):
    """Whose value a record is, and of what."""

    device_id: str
    field: str


def parse(value: object, place: Place) -> list[Uplink | Rejected]:
    """The uplinks of one pack, in the order they begin in it, and what was refused."""
    if not isinstance(value, list) or not value:
        return [_refused("a SenML pack is a list of records", place.device_id)]
    problem = _pack_problem(value)
    if problem is not None:
        return [_refused(f"the whole pack is refused: {problem}", place.device_id)]
    bases = _Bases()
    gatherings: dict[tuple[str, int | None], Gathering] = {}
    refused: list[Uplink | Rejected] = []
    for record in value:
        bases.update(record)
        result = _record(record, bases, place, gatherings)
        if result is not None:
            refused.append(result)
    parsed: list[Uplink | Rejected] = []
    for gathering in gatherings.values():
        parsed += gathering.uplinks()
    return parsed + refused


def _pack_problem(records: list[Any]) -> str | None:
    """Why nothing of a pack can be relied on; None if it can."""
    version = None
    for number, record in enumerate(records):
        if not isinstance(record, dict):
            return f"record {number} is no object"
        for key in record:
            if key.endswith("_") and key not in _KNOWN:
                return f"record {number} says {key[:32]!r} has to be understood, and Kênh does not"
        for key in _NUMBERS:
            if key in record and (isinstance(record[key], bool) or not isinstance(record[key], int | float)):
                return f"{key} of record {number} is no number"
        for key in _TEXTS:
            if key in record and not isinstance(record[key], str):
                return f"{key} of record {number} is no text"
        if "bver" in record:
            if record["bver"] not in _VERSIONS or (version or record["bver"]) != record["bver"]:
                return f"version {str(record['bver'])[:16]!r} is not 10, or not the same all through"
            version = record["bver"]
    return None


def _record(
    record: Mapping[str, Any],
    bases: _Bases,
    place: Place,
    gatherings: dict[tuple[str, int | None], Gathering],
) -> Rejected | None:
    """Put one record's value with those of its device and time; or why it is refused."""
    unit = record.get("u", bases.unit)
    name = bases.name + record.get("n", "")
    named = _named(name, bases.name, unit, place)
    if isinstance(named, Rejected):
        return named
    given = [key for key in _VALUES if key in record]
    if len(given) > 1:
        return _refused(f"{name[:64]}: a record has one value, not {' and '.join(given)}", named.device_id)
    if not given and bases.value is None:
        if "s" in record or bases.has_sum or not record.keys() - {"bn", "bt", "bu", "bv", "bs", "bver"}:
            return None  # a sum over time is no quantity of ours; a record of base fields alone says nothing
        return _refused(f"{name[:64]}: a record needs a value", named.device_id)
    moment = _time_ms(bases.time_s + record.get("t", 0.0), place.received_ms)
    if isinstance(moment, str):
        return Rejected(RejectReason.BAD_TIME, f"{name[:64]}: {moment}", named.device_id)
    gathering = gatherings.get((named.device_id, moment))
    if gathering is None:
        gathering = gatherings[named.device_id, moment] = Gathering(named.device_id, moment)
    if given in (["vs"], ["vd"]):
        return None  # texts and bytes measure nothing; they are no reason to refuse their neighbours
    value = record["vb"] if given == ["vb"] else record.get("v", 0.0) + (bases.value or 0.0)
    gathering.take(named.field, value, unit)
    return None


def _time_ms(seconds: float, received_ms: int) -> int | str | None:
    """Epoch milliseconds; None for "now"; or what is wrong with it."""
    if not math.isfinite(seconds) or abs(seconds) > 1e11:
        return f"the time {seconds} is none"
    if seconds == 0:
        return None
    return round(seconds * 1000) + (received_ms if seconds < _ABSOLUTE_FROM else 0)


def _named(name: str, base: str, unit: str, place: Place) -> _Named | Rejected:
    if not _NAME.fullmatch(name):
        return _refused(
            f"the name {name[:64]!r} is none: it begins with a letter or digit, then A-Z a-z 0-9 - : . / _",
            place.device_id,
        )
    device, field = _split(name, base, unit)
    device_id = as_id(device) if device else place.device_id
    if device_id:
        return _Named(device_id, field)
    if not device:
        return Rejected(
            RejectReason.BAD_DEVICE_ID,
            f"{name[:64]!r} names no device: give a base name (bn), or a topic level as {{device}}",
        )
    return Rejected(RejectReason.BAD_DEVICE_ID, f"no id can be made of the name {device[:64]!r}")


def _split(name: str, base: str, unit: str) -> tuple[str, str]:
    """The device's part of a full name, and the field's."""
    own = name[len(base) :]
    if base and own and (base[-1] in _ENDS or own[0] in _ENDS) and as_id(base):
        return base, own.strip(_ENDS)
    cut = max(name.rfind(sign) for sign in _ENDS[:3])  # in 10e2073a01080063_temp both may be the device's
    if meaning(name[cut + 1 :], unit) is not None and cut + 1 < len(name):
        return name[: max(cut, 0)], name[cut + 1 :]
    return name, ""


def _refused(detail: str, device_id: str) -> Rejected:
    return Rejected(RejectReason.BAD_SHAPE, detail, device_id)
