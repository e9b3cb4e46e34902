"""Readings by people: a staff gauge, water over a street, a bin looked into. First-class, with a source."""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from desk.errors import NotFoundError, UnusableError
from devices.quantities import QUANTITIES
from devices.readings import Reading
from devices.sites import DEFAULT_CHANNEL, WATER_KINDS, Site, SiteKind, is_id
from dispatch.orders import Event
from storage.protocols import Feed, ReadingsStore
from storage.state import State

#: Water over the street, in metres: reported so, stored as the level above the site's own invert.
OVER_STREET = "depth_over_street_m"
_DEEPEST_OVER_STREET_M = 5.0
_OLDEST_MS = 7 * 86_400_000

#: What people can tell without an instrument that reports by itself, and where it means something.
REPORTABLE: dict[str, frozenset[SiteKind]] = {
    "water_level_m": WATER_KINDS,
    OVER_STREET: WATER_KINDS,
    "fill_pct": frozenset({SiteKind.WASTE_POINT}),
    "heap_m": frozenset({SiteKind.WATCH_SPOT}),
    "rain_mm": frozenset({SiteKind.RAIN_GAUGE}),
    "pump_running": frozenset({SiteKind.PUMP, SiteKind.GATE}),
}


class Source(StrEnum):
    """How a person came to know."""

    STAFF_GAUGE = "staff_gauge"
    BY_EYE = "by_eye"
    CITIZEN = "citizen"
    PATROL = "patrol"


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody says. `time_ms` None is now; `reference` is a photograph's name or a call's number.

    `quantity` is one of `REPORTABLE`, `value` in the unit of its name.
    """

    site_id: str
    quantity: str
    value: float
    source: Source
    channel: str = DEFAULT_CHANNEL
    time_ms: int | None = None
    reference: str = ""
    note: str = ""


def report(
    state: State, readings: ReadingsStore, feed: Feed | None, said: Report, now_ms: int, actor: str
) -> Reading:
    """Store what somebody says as a reading, tell the watch through the feed, and log who said it.

    Water over the street becomes `water_level_m`, where the depth of the site is known; `Reading.raw` is then
    what was said. Sending it again stores nothing twice.

    Raises:
        NotFoundError: no such site.
        UnusableError: a value, quantity or time that cannot be used there; the text says what is missing.
        StoreUnavailableError: try again; nothing is logged yet.
    """
    with state.snapshot() as tx:
        site = tx.registry.load().sites.get(said.site_id)
    if site is None:
        raise NotFoundError("site", said.site_id)
    reading = _reading(said, site, now_ms)
    written = readings.write([reading])
    if written.rejected:
        raise UnusableError(f"the store does not take it: {written.rejected[0][1]}")
    if feed is not None:
        feed.append([reading])
    with state.transaction() as tx:
        tx.events.append(_event(said, reading, now_ms, actor))
    return reading


def _reading(said: Report, site: Site, now_ms: int) -> Reading:
    _check(said, site)
    time_ms = _time(said.time_ms, now_ms)
    quantity, value, raw = said.quantity, said.value, None
    if quantity == OVER_STREET:
        quantity, value, raw = "water_level_m", _street_m(site) + said.value, said.value
    bounds = QUANTITIES[quantity]
    if not bounds.minimum <= value <= bounds.maximum:
        raise UnusableError(
            f"{quantity} {value:g} {bounds.unit} is outside what is possible: "
            f"{bounds.minimum:g} to {bounds.maximum:g}"
        )
    return Reading(
        site.id,
        said.channel,
        quantity,
        time_ms,
        value,
        raw=raw,
        received_ms=now_ms,
        source=said.source.value,
    )


def _check(said: Report, site: Site) -> None:
    kinds = REPORTABLE.get(said.quantity)
    if kinds is None:
        raise UnusableError(
            f"{said.quantity[:64]!r} cannot be reported; write one of {', '.join(REPORTABLE)}"
        )
    if site.kind not in kinds:
        raise UnusableError(f"{said.quantity} means nothing at {site.id}, a site of kind {site.kind}")
    if not is_id(said.channel):
        raise UnusableError(f"{said.channel[:80]!r} is no channel: letters, digits and . _ : - only")
    if not isfinite(said.value):
        raise UnusableError("the value is no number")
    if said.quantity == OVER_STREET and not 0 <= said.value <= _DEEPEST_OVER_STREET_M:
        raise UnusableError(
            f"water stands 0 to {_DEEPEST_OVER_STREET_M:g} m over a street; write metres (0.2 for 20 cm)"
        )


def _street_m(site: Site) -> float:
    """How deep the site is below the street."""
    depth_m = site.depth_to_ground_m
    if depth_m is not None:
        return depth_m
    missing = [
        name for name, value in (("ground_m", site.ground_m), ("invert_m", site.invert_m)) if value is None
    ]
    raise UnusableError(
        f"how deep {site.id} is below the street is not known: {' and '.join(missing)} missing. Import the "
        "site with it, or report water_level_m above the floor of the drain"
    )


def _time(time_ms: int | None, now_ms: int) -> int:
    if time_ms is None:
        return now_ms
    if time_ms > now_ms:
        raise UnusableError("the time lies in the future")
    if time_ms < now_ms - _OLDEST_MS:
        raise UnusableError("the time is more than 7 days ago; import older readings as a history folder")
    return time_ms


def _event(said: Report, reading: Reading, now_ms: int, actor: str) -> Event:
    return Event(
        now_ms,
        "reading_reported",
        actor,
        site_id=reading.site_id,
        data={
            "channel": reading.channel,
            "quantity": said.quantity,
            "value": said.value,
            "time_ms": reading.time_ms,
            "source": reading.source,
            "reference": said.reference,
            "note": said.note,
        },
    )
