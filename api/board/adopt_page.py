"""`/devices/adopt`: from the label on the device to a channel of a site, with a phone in one hand."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.auth import DispatchReader, Viewer, check_csrf, check_same_origin, check_scope
from api.board.devices_page import stranger
from api.board.forms import REFUSALS, decimal, geometry_mm, place_of, site_of, told
from api.board.rendering import language, render
from api.context import Context, Ctx
from api.routes.device_work import AdoptIn, PlaceIn, adopt
from api.seeing import visible_sites
from api.trying import known_models
from api.wire_ground import GeometryIO
from desk.device_checks import device_id_of, open_mounting
from desk.errors import UnusableError
from desk.keys import Scope
from devices.models import MODELS
from devices.qr import in_vietnamese, read_qr
from devices.sites import DEFAULT_CHANNEL, Registry, Site, is_id
from devices.uplinks import Rejected
from devices.vietnamese import fold, sort_key
from dispatch.phrases import site_name
from dispatch.words import Lang
from storage.state import QuarantineRow

router = APIRouter(include_in_schema=False)

_MOST_STRANGERS = 8


class AdoptForm(BaseModel):
    """Everything the two steps send; lengths are in `unit`, the position in degrees."""

    csrf: str = Field(default="", max_length=200)
    step: str = Field(default="adopt", max_length=20)
    text: str = Field(default="", max_length=4300)
    device: str = Field(default="", max_length=64)
    name: str = Field(default="", max_length=100)
    model: str = Field(default="", max_length=101)
    site: str = Field(default="", max_length=200)
    channel: str = Field(default=DEFAULT_CHANNEL, max_length=64)
    height: str = Field(default="", max_length=20)
    full: str = Field(default="", max_length=20)
    unit: str = Field(default="cm", max_length=2)
    every: str = Field(default="", max_length=20)
    lat: str = Field(default="", max_length=20)
    lon: str = Field(default="", max_length=20)


@router.get("/devices/adopt")
def adopt_page(
    request: Request, ctx: Ctx, viewer: DispatchReader, device: str = "", model: str = "", site: str = ""
) -> HTMLResponse:
    """First which device; once that is known (`?device=`), where and how it hangs."""
    form = AdoptForm(device=_id_or_none(device[:64]), model=model[:101], site=site[:64])
    return _page(request, ctx, viewer, form)


@router.post("/devices/adopt")
def adopt_by_form(
    request: Request, ctx: Ctx, viewer: DispatchReader, form: Annotated[AdoptForm, Form()]
) -> Response:
    """Read a label, or adopt."""
    check_same_origin(request)
    check_scope(viewer, Scope.INSTALLER)
    check_csrf(viewer, form.csrf)
    if form.step == "read":
        return _read(request, ctx, viewer, form.text)
    lang = language(request)
    try:
        body = _body(form, visible_sites(viewer, ctx.registry()), lang)
        adopted = adopt(ctx, viewer, form.device, body)
    except REFUSALS as error:
        return _page(request, ctx, viewer, form, wrong=told(error, lang))
    waiting = f"&waiting={adopted.waiting}" if adopted.waiting else ""
    return RedirectResponse(f"/devices/{device_id_of(form.device)}?done=adopted{waiting}", status_code=303)


def _read(request: Request, ctx: Context, viewer: Viewer, text: str) -> Response:
    """What the label says; keys that may stand in it go no further than this."""
    found = read_qr(text)
    if not isinstance(found, Rejected):
        model = f"&model={found.model_hint}" if found.model_hint else ""
        return RedirectResponse(f"/devices/adopt?device={found.dev_eui}{model}", status_code=303)
    typed = _id_or_none(text)
    if typed and (typed in ctx.registry().devices or _waiting(ctx, typed) is not None):
        return RedirectResponse(f"/devices/adopt?device={typed}", status_code=303)
    why = in_vietnamese(found) if language(request) == "vi" else found.detail
    return _page(request, ctx, viewer, AdoptForm(), wrong=why, as_is=typed)


def _page(
    request: Request, ctx: Context, viewer: Viewer, form: AdoptForm, *, wrong: str = "", as_is: str = ""
) -> HTMLResponse:
    lang, registry = language(request), ctx.registry()
    with ctx.ports.state.snapshot() as tx:
        waiting = tx.quarantine.get(form.device) if form.device else None
        strangers = [] if form.device else tx.quarantine.all()[:_MOST_STRANGERS]
    hinted = form.model or (stranger(waiting).model if waiting else "")
    known = registry.devices.get(form.device)
    mounted = open_mounting(registry, form.device) if known else None
    return render(
        request,
        "adopt.html",
        viewer,
        status=422 if wrong else 200,
        form=form,
        wrong=wrong,
        as_is=as_is,
        waiting=waiting,
        strangers=[stranger(row) for row in strangers],
        hinted=hinted,
        chosen=form.model or hinted or (known.model if known else ""),
        models=_models(ctx),
        mounted_at=_mounted_at(registry, mounted.site_id if mounted else "", lang),
        sites=_site_options(visible_sites(viewer, registry), registry, lang),
        may_change=viewer.may(Scope.INSTALLER),
    )


def _body(form: AdoptForm, sites: list[Site], lang: Lang) -> AdoptIn:
    """Raises one of `REFUSALS`."""
    site = site_of(form.site, sites, lang)
    height_mm, full_mm = geometry_mm(form.height, form.full, form.unit)
    place, every_min = place_of(form.lat, form.lon), decimal(form.every)
    given = height_mm is not None or full_mm is not None
    return AdoptIn(
        site=site.id,
        channel=form.channel.strip() or DEFAULT_CHANNEL,
        model=form.model,
        name=form.name.strip() or None,
        geometry=GeometryIO(mount_height_mm=height_mm, full_distance_mm=full_mm) if given else None,
        place=None if place is None else PlaceIn(lat=place[0], lon=place[1]),
        expected_interval_s=None if every_min is None else round(60 * every_min),
    )


def _id_or_none(text: str) -> str:
    try:
        return device_id_of(text) if is_id(text.strip()) else ""
    except UnusableError:
        return ""


def _waiting(ctx: Context, device_id: str) -> QuarantineRow | None:
    with ctx.ports.state.snapshot() as tx:
        return tx.quarantine.get(device_id)


def _mounted_at(registry: Registry, site_id: str, lang: Lang) -> str:
    site = registry.sites.get(site_id)
    return site_name(site, lang) if site else site_id


def _models(ctx: Context) -> Mapping[str, list[tuple[str, str]]]:
    """(name, what people call it) by maker; those a codec of the user's decodes come last."""
    by_maker: dict[str, list[tuple[str, str]]] = {}
    for model in sorted(MODELS.values(), key=lambda one: (one.maker, one.product)):
        by_maker.setdefault(model.maker, []).append((model.name, model.product))
    for name in known_models(ctx):
        if name not in MODELS:
            by_maker.setdefault("JavaScript", []).append((name, name))
    return by_maker


def _site_options(sites: list[Site], registry: Registry, lang: Lang) -> list[tuple[str, str]]:
    """(id, name): with the name as it is typed without marks, so that a browser finds it either way."""
    options = []
    for site in sorted(sites, key=lambda one: sort_key(one.name or one.id)):
        name = site_name(site, lang)
        village = registry.village_label(site.village_id) if site.village_id else ""
        shown = f"{name}, {village}" if village and village not in name else name
        plain = fold(shown)
        options.append((site.id, shown if plain == shown.lower() else f"{shown} · {plain}"))
    return options
