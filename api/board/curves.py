"""What a site's curve is drawn from: readings, the usual band, named lines, rain nearby, findings, orders."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.findings import Finding
from analytics.settings import AnalyticsSettings
from analytics.watch import NormalBand
from api.board import plot
from api.board.plot import F64, I64
from api.board.states import group_of, main_quantity
from api.board.telling import DAY_MS, HOUR_MS, MINUTE_MS, exact
from api.board.words import say
from api.ports import ApiPorts
from devices.quantities import QUANTITIES
from devices.readings import Qc, SeriesKey
from devices.sites import Section, Site, SiteKind
from dispatch.orders import WorkOrder
from dispatch.phrases import age, site_name
from dispatch.words import Lang, kind_label, quantity_label, state_label

_MOST_POINTS = 420
_SETTINGS = AnalyticsSettings()


@dataclass(frozen=True, slots=True)
class Period:
    """What the address asks for: the last 24 hours or 7 days."""

    name: str
    from_ms: int
    to_ms: int

    @property
    def step_ms(self) -> int:
        """Readings are drawn one by one over a day, in steps over a week."""
        return 0 if self.name == "24h" else 30 * MINUTE_MS


def period(name: str, now_ms: int) -> Period:
    """The period of that name, ending now; `24h` for anything unknown."""
    if name == "7d":
        return Period("7d", now_ms - 7 * DAY_MS, now_ms)
    return Period("24h", now_ms - DAY_MS, now_ms)


@dataclass(frozen=True, slots=True)
class Series:
    """One channel's values over the period; `label` is empty where there is only one."""

    label: str
    time_ms: I64
    value: F64


@dataclass(frozen=True, slots=True)
class NamedLine:
    """A height that matters, named on the plot. `kind` is `lid`, `crown`, `full` or `bank`."""

    value: float
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A finding or work order as a band on the time axis."""

    start_ms: int
    end_ms: int
    severity: str
    label: str
    row: int


@dataclass(frozen=True, slots=True)
class Mark:
    """One value that stands out from its series: a person's."""

    time_ms: int
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class CurveData:
    """Everything a curve is drawn from, before anybody knows how large."""

    title: str
    quantity: str
    period: Period
    series: tuple[Series, ...]
    band: NormalBand | None
    lines: tuple[NamedLine, ...]
    rain_ms: I64
    rain_mm: F64
    rain_step_ms: int
    rain_label: str
    strips: tuple[Strip, ...]
    marks: tuple[Mark, ...] = ()


def data_of(ports: ApiPorts, site: Site, span: Period, gauge: Site | None, lang: Lang) -> CurveData:
    """Read the site's main quantity, its band and the rain nearby."""
    quantity = main_quantity(site)
    rain_ms, rain_mm, rain_step_ms = _rain(ports, gauge, span)
    channels = sorted(key for key in ports.readings.series(site.id) if key.quantity == quantity)
    is_rain = quantity == "rain_mm"
    series = [] if is_rain else _series(ports, channels, span, site, lang)
    water = group_of(site.kind).name == "water"
    return CurveData(
        title=f"{quantity_label(quantity, lang)} ({QUANTITIES[quantity].unit})",
        quantity=quantity,
        period=span,
        series=tuple(series),
        band=_learnt_band(ports, channels[0]) if water and channels else None,
        lines=tuple(_named_lines(site, lang)),
        rain_ms=rain_ms,
        rain_mm=rain_mm,
        rain_step_ms=rain_step_ms,
        rain_label=_rain_label(gauge, rain_step_ms, lang),
        strips=(),
    )


def strips_of(
    findings: Sequence[Finding], orders: Sequence[WorkOrder], span: Period, lang: Lang
) -> tuple[Strip, ...]:
    """Findings (row 0) and work orders (row 1) that touch the period."""
    found = [
        Strip(
            finding.opened_ms,
            span.to_ms if finding.closed_ms is None else finding.closed_ms,
            finding.severity.value,
            f"{kind_label(finding.kind, lang)} · {exact(finding.opened_ms, lang)}",
            0,
        )
        for finding in findings
    ]
    found += [
        Strip(
            order.opened_ms,
            order.updated_ms if not order.is_live else span.to_ms,
            order.severity.value,
            f"{order.id} · {state_label(order.state, lang)}",
            1,
        )
        for order in orders
    ]
    return tuple(strip for strip in found if strip.end_ms > span.from_ms and strip.start_ms < span.to_ms)


def _series(
    ports: ApiPorts, channels: Sequence[SeriesKey], span: Period, site: Site, lang: Lang
) -> list[Series]:
    word = say("container" if site.kind is SiteKind.WASTE_POINT else "channel", lang)
    labels = [f"{word} {key.channel}" if len(channels) > 1 else "" for key in channels]
    if span.step_ms:
        steps = ports.readings.aggregate(channels, span.from_ms, span.to_ms, span.step_ms, "Asia/Ho_Chi_Minh")
        columns = [(step.start_ms + span.step_ms // 2, step.maximum) for step in steps]
    else:
        raw = ports.readings.range(channels, span.from_ms, span.to_ms + 1)
        good = [(column, column.qc < Qc.FAIL) for column in raw]
        columns = [(column.time_ms[mask], column.value[mask]) for column, mask in good]
    thinned = [plot.thin(time_ms, value, _MOST_POINTS) for time_ms, value in columns]
    return [Series(label, *column) for label, column in zip(labels, thinned, strict=True)]


def _rain_label(gauge: Site | None, step_ms: int, lang: Lang) -> str:
    if gauge is None:
        return ""
    return say("rain_at", lang, site=site_name(gauge, lang), step=age(step_ms, lang))


def _learnt_band(ports: ApiPorts, key: SeriesKey) -> NormalBand | None:
    band = ports.band(key.site_id, key.channel)
    return band if band is not None and band.learnt else None


def _rain(ports: ApiPorts, gauge: Site | None, span: Period) -> tuple[I64, F64, int]:
    """(start of step, mm in it, length of a step) at the gauge."""
    step_ms = 30 * MINUTE_MS if span.name == "24h" else 3 * HOUR_MS
    nothing = np.empty(0, np.int64), np.empty(0), step_ms
    if gauge is None:
        return nothing
    keys = [key for key in ports.readings.series(gauge.id) if key.quantity == "rain_mm"][:1]
    if not keys:
        return nothing
    steps = ports.readings.aggregate(keys, span.from_ms, span.to_ms, step_ms, "Asia/Ho_Chi_Minh")[0]
    return steps.start_ms, steps.mean * steps.count, step_ms


def _named_lines(site: Site, lang: Lang) -> list[NamedLine]:
    if site.kind is SiteKind.WASTE_POINT:
        return [NamedLine(_SETTINGS.overflow.full_pct, say("full", lang), "full")]
    if group_of(site.kind).name != "water":
        return []
    lines = []
    depth, height = site.depth_to_ground_m, site.height_m
    is_open = site.section is Section.OPEN or site.kind is not SiteKind.DRAIN
    if depth is not None:
        lines.append(NamedLine(depth, say("bank" if is_open else "lid", lang), "lid"))
    if height is not None and not is_open and (depth is None or height < depth - 0.02):
        lines.append(NamedLine(height, say("crown", lang), "crown"))
    return lines


def nearest_gauge(site: Site, sites: Sequence[Site], has_rain: Callable[[Site], bool]) -> Site | None:
    """The rain gauge closest to a site; the first of all for a site without a position."""
    gauges = [other for other in sites if other.kind is SiteKind.RAIN_GAUGE and has_rain(other)]

    def distance(other: Site) -> float:
        if None in (site.lat, site.lon, other.lat, other.lon):
            return float("inf")
        return ((site.lat or 0) - (other.lat or 0)) ** 2 + ((site.lon or 0) - (other.lon or 0)) ** 2

    return min(gauges, key=lambda other: (distance(other), other.id), default=None)
