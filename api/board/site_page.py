"""`/sites/{id}`: one place: its curve, why something is said about it, its neighbours, its device."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from analytics.findings import Finding
from api.auth import ReaderOf, Viewer, check_csrf, check_same_origin, check_scope
from api.board import curves, reporting
from api.board.curves import CurveData, Mark, Period
from api.board.evidence import EvidenceRow, rows_of
from api.board.forms import REFUSALS, told
from api.board.picture import NARROW, SMALL, WIDE, Picture, picture
from api.board.rendering import language, render
from api.board.reporting import Reported, SeenForm
from api.board.states import Standing, fresh_for_ms, group_of, main_quantity, slowest_devices, standing_label
from api.board.telling import amount
from api.board.view import View, look
from api.board.words import say
from api.context import Context, Ctx
from api.routes.readings import report_reading
from api.seeing import site_or_404, visible
from desk.keys import Scope
from devices.quantities import QUANTITIES, Family
from devices.readings import Qc
from devices.sites import Registry, Site, SiteKind
from dispatch.messages import map_link
from dispatch.orders import WorkOrder
from dispatch.phrases import place, site_name
from dispatch.sentences import sentence
from dispatch.words import Lang, kind_label, quantity_label, severity_label, site_kind_label, state_label
from storage.protocols import Latest

router = APIRouter(include_in_schema=False)

_MOST_NEIGHBOURS = 4
_HISTORY = 12


@dataclass(frozen=True, slots=True)
class Value:
    """One current value: what it is of, what it says, and when.

    `doubt` says why it is not to be believed, `source` how a person came to know it.
    """

    label: str
    text: str
    time_ms: int
    doubt: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A site up or down the flow, with a small curve."""

    site_id: str
    name: str
    standing: str
    standing_word: str
    now: str
    picture: Picture


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words."""

    severity: str
    severity_word: str
    kind: str
    opened_ms: int
    closed_ms: int | None
    reason: str
    evidence: tuple[EvidenceRow, ...]
    order: WorkOrder | None
    order_state: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A device that stands here, and how it does."""

    id: str
    model: str
    channel: str
    last_ms: int | None
    values: tuple[Value, ...]


@router.get("/sites/{site_id}")
def site_page(request: Request, ctx: Ctx, viewer: ReaderOf, site_id: str) -> HTMLResponse:
    """The page of one site; `?period=7d` for the week."""
    return _page(request, ctx, viewer, site_id, SeenForm())


@router.post("/sites/{site_id}")
def report_here(
    request: Request, ctx: Ctx, viewer: ReaderOf, site_id: str, form: Annotated[SeenForm, Form()]
) -> Response:
    """Somebody has read a staff gauge, or has seen water on the street."""
    check_same_origin(request)
    check_scope(viewer, Scope.DISPATCHER)
    check_csrf(viewer, form.csrf)
    site = site_or_404(viewer, ctx.registry(), site_id)
    try:
        report_reading(ctx, viewer, reporting.body_of(form, site))
    except REFUSALS as error:
        return _page(request, ctx, viewer, site_id, form, wrong=told(error, language(request)))
    return RedirectResponse(f"/sites/{site.id}?done=reported#report", status_code=303)


def _page(
    request: Request, ctx: Context, viewer: Viewer, site_id: str, form: SeenForm, *, wrong: str = ""
) -> HTMLResponse:
    lang = language(request)
    view = look(ctx, viewer)
    site = site_or_404(viewer, view.registry, site_id)
    span = curves.period(request.query_params.get("period", ""), view.now_ms)
    findings, orders = _history(ctx, site)
    data = _curve_data(ctx, view, site, span, lang)
    seen = reporting.reported(ctx.ports, site, view.now_ms, lang)
    marks = tuple(
        Mark(one.time_ms, one.value, f"{one.text} · {one.source}")
        for one in seen
        if one.quantity == data.quantity
    )
    data = replace(data, strips=curves.strips_of(findings, orders, span, lang), marks=marks)
    said = [_told(finding, orders, view.registry, lang) for finding in findings]
    standing = view.standings[site.id]
    return render(
        request,
        "site.html",
        viewer,
        status=422 if wrong else 200,
        site=site,
        name=site_name(site, lang),
        kind_word=site_kind_label(site.kind, lang),
        village=view.registry.village_label(site.village_id) if site.village_id else "",
        place=place(site.id, view.registry, lang),
        standing=standing.value,
        standing_word=standing_label(standing, lang),
        map_href=map_link(site.lat, site.lon),
        period=span.name,
        data=data,
        wide=picture(data, WIDE, lang),
        narrow=picture(data, NARROW, lang),
        values=_with_sources(_current(view, site, lang), seen),
        open_findings=[row for row in said if row.closed_ms is None],
        past=[row for row in said if row.closed_ms is not None],
        upstream=_neighbours(ctx, view, _above(view, site), span, lang),
        downstream=_neighbours(ctx, view, _below(view, site), span, lang),
        units=_units(ctx, view, site, lang),
        seen=seen,
        reportable=reporting.quantities_at(site, lang) if viewer.may(Scope.DISPATCHER) else (),
        sources=reporting.sources(lang),
        form=form,
        wrong=wrong,
        reported=request.query_params.get("done") == "reported",
    )


def _with_sources(values: list[Value], seen: list[Reported]) -> list[Value]:
    """Marked where a person said it: the store's newest value does not say who did."""
    by_people = {(one.label, one.text, one.time_ms): one.source for one in seen}
    return [
        replace(value, source=by_people.get((value.label.partition(" · ")[0], value.text, value.time_ms), ""))
        for value in values
    ]


def _history(ctx: Context, site: Site) -> tuple[list[Finding], list[WorkOrder]]:
    with ctx.ports.state.snapshot() as tx:
        findings, _ = tx.findings.page(site_id=site.id, limit=_HISTORY)
        still_open = [row for row in tx.findings.open(site.id) if row not in findings]
        orders, _ = tx.orders.page(site_id=site.id, limit=_HISTORY)
    return [*findings, *still_open], orders


def _curve_data(ctx: Context, view: View, site: Site, span: Period, lang: Lang) -> CurveData:
    raining = {site_id for site_id, _, quantity in view.latest if quantity == "rain_mm"}
    gauge = curves.nearest_gauge(site, list(view.registry.sites.values()), lambda other: other.id in raining)
    if main_quantity(site) == "rain_mm":
        gauge = site
    if group_of(site.kind).name == "waste":
        gauge = None
    return curves.data_of(ctx.ports, site, span, gauge, lang)


def _told(finding: Finding, orders: list[WorkOrder], registry: Registry, lang: Lang) -> Told:
    order = next((order for order in orders if order.finding_id == finding.id), None)
    return Told(
        severity=finding.severity.value,
        severity_word=severity_label(finding.severity, lang),
        kind=kind_label(finding.kind, lang),
        opened_ms=finding.opened_ms,
        closed_ms=finding.closed_ms,
        reason=sentence(finding, registry, lang),
        evidence=rows_of(finding, lang),
        order=order,
        order_state="" if order is None else state_label(order.state, lang),
    )


def _current(view: View, site: Site, lang: Lang) -> list[Value]:
    """What the place says now, its main quantity first; nothing about the device."""
    fresh_ms = fresh_for_ms(site, slowest_devices(view.registry))
    main = main_quantity(site)
    rows = [row for key, row in view.latest.items() if key[0] == site.id and not _about_device(key[2])]
    rows.sort(key=lambda row: (row.key.quantity != main, row.key))
    several = len({row.key.channel for row in rows}) > 1
    word = say("container" if site.kind is SiteKind.WASTE_POINT else "channel", lang) if several else ""
    return [_value(row, view.now_ms, fresh_ms, lang, word) for row in rows]


def _value(row: Latest, now_ms: int, fresh_ms: int, lang: Lang, channel_word: str = "") -> Value:
    label = quantity_label(row.key.quantity, lang)
    return Value(
        label=f"{label} · {channel_word} {row.key.channel}" if channel_word else label,
        text=amount(row.value, row.key.quantity, lang),
        time_ms=row.time_ms,
        doubt=_doubt(row, now_ms, fresh_ms, lang),
    )


def _doubt(row: Latest, now_ms: int, fresh_ms: int, lang: Lang) -> str:
    if row.qc >= Qc.FAIL:
        return say("bad_reading", lang)
    return "" if now_ms - row.time_ms <= fresh_ms else say("was", lang)


def _about_device(quantity: str) -> bool:
    known = QUANTITIES.get(quantity)
    return known is not None and known.family is Family.DEVICE


def _above(view: View, site: Site) -> list[Site]:
    return [other for other in view.sites() if site.id in other.downstream]


def _below(view: View, site: Site) -> list[Site]:
    found = [view.registry.sites[key] for key in site.downstream if key in view.registry.sites]
    return visible(view.viewer, view.registry, found, lambda other: other.id)


def _neighbours(ctx: Context, view: View, sites: list[Site], span: Period, lang: Lang) -> list[Neighbour]:
    return [_neighbour(ctx, view, site, span, lang) for site in sites[:_MOST_NEIGHBOURS]]


def _neighbour(ctx: Context, view: View, site: Site, span: Period, lang: Lang) -> Neighbour:
    standing: Standing = view.standings[site.id]
    data = curves.data_of(ctx.ports, site, span, None, lang)
    main = [value for value in _current(view, site, lang) if not value.doubt]
    return Neighbour(
        site_id=site.id,
        name=site_name(site, lang),
        standing=standing.value,
        standing_word=standing_label(standing, lang),
        now=main[0].text if main and standing is not Standing.UNKNOWN else "",
        picture=picture(replace(data, lines=()), SMALL, lang),
    )


def _units(ctx: Context, view: View, site: Site, lang: Lang) -> list[Unit]:
    with ctx.ports.state.snapshot() as tx:
        heard = tx.devices_seen.all()
    units = []
    for device_id, mountings in view.registry.mountings.items():
        for mounting in mountings:
            if mounting.site_id == site.id and mounting.covers(view.now_ms):
                device = view.registry.devices.get(device_id)
                rows = _device_rows(view, site, mounting.channel)
                units.append(
                    Unit(
                        id=device_id,
                        model=device.model if device else "",
                        channel=mounting.channel,
                        last_ms=heard.get(device_id),
                        values=tuple(_value(row, view.now_ms, 0, lang) for row in rows),
                    )
                )
    return sorted(units, key=lambda unit: (unit.channel, unit.id))


def _device_rows(view: View, site: Site, channel: str) -> list[Latest]:
    at = (site.id, channel)
    rows = [row for key, row in view.latest.items() if key[:2] == at and _about_device(key[2])]
    return sorted(rows, key=lambda row: list(QUANTITIES).index(row.key.quantity))
