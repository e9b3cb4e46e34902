"""`/devices/{id}`: the installer's view, from the first uplink on, and what can be done with the device."""

from collections.abc import Sequence
from dataclasses import replace as changed
from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.auth import ReaderOf, Viewer, check_csrf, check_same_origin, check_scope
from api.board.device_facts import (
    calibrations,
    gateways,
    geometry_facts,
    measured,
    missing,
    stays,
    values,
)
from api.board.devices_page import stranger
from api.board.forms import REFUSALS, FormError, geometry_mm, told
from api.board.reject_words import reason_label
from api.board.rejects_page import lines_of
from api.board.rendering import language, render
from api.board.verdict import GLYPHS, text_of, verdict
from api.context import Context, Ctx
from api.params import time_ms
from api.routes.device_work import ReplaceIn, replace
from api.routes.devices import device_or_404, whole
from api.routes.quarantine import quarantined
from api.trying import known_models
from api.wire import LatestOut
from desk import devices as desk_devices
from desk.device_checks import device_id_of, open_mounting
from desk.errors import NotAllowedError
from desk.keys import Scope
from devices.models import MODELS
from devices.qr import read_qr
from devices.signs import SignState
from devices.sites import Device, Geometry
from devices.uplinks import Rejected
from devices.vietnamese import number
from dispatch.phrases import site_name
from dispatch.words import Lang
from storage.state import QuarantineRow, RejectRow

router = APIRouter(include_in_schema=False)

_REJECTS_SHOWN = 5
_DOINGS = ("replace", "height", "retire")
_DONE = {"adopted": "done_adopted", "changed": "done_change"}


class ChangeForm(BaseModel):
    """One of the three changes; `sure` is the box that must be ticked."""

    csrf: str = Field(default="", max_length=200)
    command: str = Field(default="", max_length=20)
    text: str = Field(default="", max_length=4300)
    model: str = Field(default="", max_length=101)
    height: str = Field(default="", max_length=20)
    full: str = Field(default="", max_length=20)
    unit: str = Field(default="cm", max_length=2)
    since: str = Field(default="now", max_length=10)
    reason: str = Field(default="", max_length=200)
    sure: str = Field(default="", max_length=1)


@router.get("/devices/{device_id}")
def device_page(request: Request, ctx: Ctx, viewer: ReaderOf, device_id: str) -> HTMLResponse:
    """A registered device, or one that waits to be adopted."""
    row = _stranger(ctx, viewer, device_id)
    if row is not None:
        return _stranger_page(request, ctx, viewer, row)
    device = device_or_404(ctx, viewer, device_id)
    doing = request.query_params.get("do", "")[:20]
    mounting = open_mounting(ctx.registry(), device.id)
    geometry = mounting.geometry if mounting else Geometry()
    lang = language(request)
    form = ChangeForm(
        command=doing,
        height=_centimetres(geometry.mount_height_mm, lang),
        full=_centimetres(geometry.full_distance_mm, lang),
    )
    return _page(request, ctx, viewer, device, form)


@router.post("/devices/{device_id}")
def change(
    request: Request, ctx: Ctx, viewer: ReaderOf, device_id: str, form: Annotated[ChangeForm, Form()]
) -> Response:
    """Replace it, give it another height, or take it down."""
    check_same_origin(request)
    check_scope(viewer, Scope.INSTALLER)
    check_csrf(viewer, form.csrf)
    device = device_or_404(ctx, viewer, device_id)
    try:
        onward = _carry_out(ctx, viewer, device, form)
    except REFUSALS as error:
        return _page(request, ctx, viewer, device, form, wrong=told(error, language(request)))
    return RedirectResponse(f"/devices/{onward}?done=changed", status_code=303)


def _carry_out(ctx: Context, viewer: Viewer, device: Device, form: ChangeForm) -> str:
    """The id of the device to look at next. Raises one of `REFUSALS`."""
    now_ms, state = ctx.now_ms(), ctx.ports.state
    if form.command == "height":
        mounting = open_mounting(ctx.registry(), device.id)
        if mounting is None:
            raise NotAllowedError(f"{device.id} không gắn ở đâu / {device.id} hangs nowhere")
        from_ms = mounting.from_ms if form.since == "start" else now_ms
        geometry = _changed(mounting.geometry, form)
        desk_devices.remount(state, device.id, geometry, from_ms, now_ms=now_ms, actor=viewer.actor)
        return device.id
    if form.sure != "1":
        raise FormError("wrong_unsure")
    if form.command == "replace":
        found = read_qr(form.text)
        new_id = form.text if isinstance(found, Rejected) else found.dev_eui
        new_id = device_id_of(new_id)
        replace(ctx, viewer, device.id, ReplaceIn(device_id=new_id, model=form.model))
        return new_id
    if form.command == "retire":
        desk_devices.retire(state, device.id, now_ms, now_ms=now_ms, actor=viewer.actor, reason=form.reason)
        return device.id
    raise FormError("wrong_none")


def _centimetres(length_mm: float | None, lang: Lang) -> str:
    """As it stands in the form before anybody has typed."""
    text = "" if length_mm is None else f"{length_mm / 10:g}"
    return text.replace(".", ",") if lang == "vi" else text


def _changed(geometry: Geometry, form: ChangeForm) -> Geometry:
    """The geometry with another height; a full line left empty stays as it was."""
    height_mm, full_mm = geometry_mm(form.height, form.full, form.unit)
    if height_mm is None:
        raise FormError("wrong_none")
    return changed(
        geometry,
        mount_height_mm=height_mm,
        full_distance_mm=geometry.full_distance_mm if full_mm is None else full_mm,
    )


def _page(
    request: Request, ctx: Context, viewer: Viewer, device: Device, form: ChangeForm, *, wrong: str = ""
) -> HTMLResponse:
    lang, registry = language(request), ctx.registry()
    all_of_it = whole(ctx, viewer, device)
    mounting = open_mounting(registry, device.id)
    site = registry.sites.get(mounting.site_id) if mounting else None
    with ctx.ports.state.snapshot() as tx:
        last_ms = tx.devices_seen.all().get(device.id)
        rejects, _ = tx.rejects.page(_REJECTS_SHOWN, device_id=device.id)
    said = verdict(
        all_of_it.signs,
        is_mounted=mounting is not None,
        is_heard=last_ms is not None,
        lang=lang,
        refused=_refused(rejects, all_of_it.latest, lang),
    )
    signs = [(SignState(one.state), text_of(one, lang)) for one in all_of_it.signs]
    return render(
        request,
        "device.html",
        viewer,
        status=422 if wrong else 200,
        device=device,
        model=MODELS.get(device.model),
        site=site,
        site_name=site_name(site, lang) if site else "",
        channel=mounting.channel if mounting else "",
        verdict=said,
        last_ms=last_ms,
        signs=signs,
        glyphs=GLYPHS,
        values=values(all_of_it.latest, mounting.from_ms if mounting else 0, lang),
        geometry=geometry_facts(mounting.geometry, lang) if mounting else [],
        stays=stays(registry.mountings.get(device.id, ()), registry, lang),
        calibrations=calibrations(registry.mountings.get(device.id, ()), lang),
        gateways=gateways(all_of_it, registry, lang),
        frames=all_of_it.completeness,
        frames_pct="" if all_of_it.completeness.pct is None else number(all_of_it.completeness.pct, 0, lang),
        missing=missing(all_of_it.completeness.missing),
        rejects=lines_of(rejects, lang) if viewer.may(Scope.DISPATCHER) else None,
        may_change=viewer.may(Scope.INSTALLER),
        form=form,
        doing=form.command if form.command in _DOINGS and viewer.may(Scope.INSTALLER) else "",
        wrong=wrong,
        done=_DONE.get(request.query_params.get("done", "")),
        waiting=_count(request.query_params.get("waiting", "")),
        models=known_models(ctx),
    )


def _refused(rejects: Sequence[RejectRow], latest: Sequence[LatestOut], lang: Lang) -> str:
    """Why the newest uplink was refused, if nothing was understood since."""
    if not rejects or any(time_ms("received", row.received_at) >= rejects[0].received_ms for row in latest):
        return ""
    return reason_label(rejects[0].reason, lang)


def _stranger_page(request: Request, ctx: Context, viewer: Viewer, row: QuarantineRow) -> HTMLResponse:
    check_scope(viewer, Scope.DISPATCHER)
    lang = language(request)
    asked = request.query_params.get("model", "")
    asked = asked if asked in known_models(ctx) else ""
    read = quarantined(ctx, viewer, row.device_id, asked or None)
    return render(
        request,
        "stranger.html",
        viewer,
        row=row,
        suggested=stranger(row).model,
        model=asked or read.model,
        read=read,
        measured=measured(read.readings, lang),
        raw_hex=row.payload.hex(" "),
        models=known_models(ctx),
        may_change=viewer.may(Scope.INSTALLER),
    )


def _stranger(ctx: Context, viewer: Viewer, device_id: str) -> QuarantineRow | None:
    """The device in quarantine; to those who may not see them it does not exist."""
    if not viewer.may(Scope.DISPATCHER) or device_id in ctx.registry().devices:
        return None
    with ctx.ports.state.snapshot() as tx:
        return tx.quarantine.get(device_id)


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
