"""What is known of a device, as lines of text: values, geometry, where it hung, who hears it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from api.board.telling import amount, exact
from api.board.words import say
from api.params import time_ms
from api.wire import LatestOut
from api.wire_devices import DeviceWhole, MeasuredOut
from devices.quantities import DEVICE_QUANTITIES, QUANTITIES
from devices.sites import Geometry, Mounting, Registry
from devices.vietnamese import number
from dispatch.phrases import gateway_place, site_name
from dispatch.words import Lang, quantity_label

_MOST_RANGES = 12


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what, how much, and when where that matters."""

    label: str
    text: str
    time_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """Where a device hung: for how long, and how."""

    site_id: str
    site: str
    channel: str
    since: str
    until: str
    geometry: str


def values(latest: Sequence[LatestOut], from_ms: int, lang: Lang) -> list[Fact]:
    """The newest value of each quantity since it was mounted."""
    facts = [
        Fact(
            quantity_label(row.quantity, lang),
            amount(row.value, row.quantity, lang),
            time_ms("time", row.time),
        )
        for row in latest
    ]
    return [fact for fact in facts if fact.time_ms is not None and fact.time_ms >= from_ms]


def measured(readings: Sequence[MeasuredOut], lang: Lang) -> list[Fact]:
    """What an uplink says before it is tied to a site; what is not finite is an en dash."""
    return [Fact(quantity_label(one.quantity, lang), _said(one, lang)) for one in readings]


def _said(one: MeasuredOut, lang: Lang) -> str:
    if one.value is None:
        return "–"
    known = QUANTITIES.get(one.quantity) or DEVICE_QUANTITIES.get(one.quantity)
    text = number(one.value, known.decimals if known else 2, lang)
    return text if one.unit == "1" else f"{text} {one.unit}"


def geometry_facts(geometry: Geometry, lang: Lang) -> list[Fact]:
    """The lengths that levels are worked out with; what is not known is left out."""
    facts = []
    for name, value in asdict(geometry).items():
        if value is None or (name == "offset_mm" and value == 0):
            continue
        unit = "°C" if name == "assumed_c" else "mm"
        facts.append(Fact(say(name, lang), f"{number(value, 0, lang)} {unit}"))
    return facts


def stays(mountings: Sequence[Mounting], registry: Registry, lang: Lang) -> list[Stay]:
    """Every mounting, the newest first."""
    return [
        Stay(
            site_id=one.site_id,
            site=site_name(registry.sites[one.site_id], lang)
            if one.site_id in registry.sites
            else one.site_id,
            channel=one.channel,
            since=exact(one.from_ms, lang) if one.from_ms else say("from_start", lang),
            until=say("still_there", lang) if one.to_ms is None else exact(one.to_ms, lang),
            geometry=", ".join(f"{fact.label} {fact.text}" for fact in geometry_facts(one.geometry, lang)),
        )
        for one in reversed(mountings)
    ]


def calibrations(mountings: Sequence[Mounting], lang: Lang) -> list[Fact]:
    """Every correction, the newest first: `1,02 × mực nước − 0,03 (thước 0,42)`."""
    found = sorted(
        (one for mounting in mountings for one in mounting.calibrations), key=lambda one: -one.from_ms
    )
    return [
        Fact(
            quantity_label(one.quantity, lang),
            " ".join(
                part
                for part in (
                    f"× {number(one.scale, 3, lang)}" if one.scale != 1 else "",
                    f"{'+' if one.offset >= 0 else '−'} {number(abs(one.offset), 3, lang)}"
                    if one.offset
                    else "",
                    f"({one.note})" if one.note else "",
                )
                if part
            ),
            one.from_ms,
        )
        for one in found
    ]


def gateways(device: DeviceWhole, registry: Registry, lang: Lang) -> list[Fact]:
    """Who hears it, and how much of it."""
    shares = device.completeness.by_gateway
    facts = []
    for gateway in sorted({*device.gateways, *shares}):
        share = f"{number(100 * shares[gateway], 0, lang)} %" if gateway in shares else ""
        text = say("heard_share", lang, share=share) if share else ""
        facts.append(Fact(gateway_place(gateway, registry, lang), text))
    return facts


def missing(ranges: Sequence[tuple[int, int]]) -> str:
    """Ranges of frame numbers: `4–5, 9`; the newest of many."""
    shown = [f"{first}–{last}" if last > first else str(first) for first, last in ranges[-_MOST_RANGES:]]
    return ("… " if len(ranges) > _MOST_RANGES else "") + ", ".join(shown)
