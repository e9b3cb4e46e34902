"""`/devices`: every device and how it reports; above them the strangers that nobody has adopted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.auth import DispatchReader
from api.board.rendering import language, render
from api.board.telling import amount
from api.board.verdict import GLYPHS
from api.board.view import View, look
from api.board.words import say
from api.context import Ctx
from api.routes.devices import DAY_MS
from api.seeing import sees
from desk.device_checks import open_mounting
from desk.keys import Scope
from devices.frames import FrameBlock, completeness
from devices.models import MODELS, match
from devices.sense import sense
from devices.signs import SignState
from devices.sites import Device, Mounting
from devices.vietnamese import fold, number, sort_key
from dispatch.phrases import site_name
from dispatch.words import Lang
from storage.state import QuarantineRow

router = APIRouter(include_in_schema=False)

_MOST_ROWS = 400
_MOST_STRANGERS = 30


class Reporting(StrEnum):
    """How a device reports, what needs somebody first."""

    SILENT = "silent"
    LATE = "late"
    WAITING = "waiting"
    REPORTING = "reporting"
    LOOSE = "loose"


_SIGN_STATES = {
    Reporting.SILENT: SignState.BAD,
    Reporting.LATE: SignState.WARN,
    Reporting.REPORTING: SignState.OK,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One device in words; what is not known of it is empty."""

    id: str
    name: str
    model: str
    site_id: str
    site: str
    state: Reporting
    sign: SignState
    last_ms: int | None
    complete: str
    battery: str

    @property
    def glyph(self) -> str:
        """The mark of its state."""
        return GLYPHS[self.sign]


@dataclass(frozen=True, slots=True)
class Stranger:
    """A device in quarantine; `model` is what its hint points at."""

    row: QuarantineRow
    model: str


@router.get("/devices")
def devices_page(request: Request, ctx: Ctx, viewer: DispatchReader) -> HTMLResponse:
    """`?state=&village=&q=`: a link shows the same list to the next person."""
    lang = language(request)
    asked = {name: request.query_params.get(name, "")[:64] for name in ("state", "village", "q")}
    view = look(ctx, viewer)
    with ctx.ports.state.snapshot() as tx:
        seen = tx.devices_seen.all()
        frames = tx.frames.since(view.now_ms - DAY_MS)
        strangers = tx.quarantine.all()
    rows = [
        _row(device, view, seen.get(device.id), frames.get(device.id, []), lang)
        for device in view.registry.devices.values()
        if _visible(device, view)
    ]
    rows = [row for row in rows if _wanted(row, view, asked)]
    rank = list(Reporting).index
    rows.sort(key=lambda row: (rank(row.state), sort_key(row.site), row.id))
    return render(
        request,
        "devices.html",
        viewer,
        asked=asked,
        rows=rows[:_MOST_ROWS],
        total=len(rows),
        most=_MOST_ROWS,
        strangers=[stranger(row) for row in strangers[:_MOST_STRANGERS]],
        strangers_more=max(0, len(strangers) - _MOST_STRANGERS),
        states=[(state.value, say(state.value, lang)) for state in Reporting],
        villages=sorted(
            ((key, view.registry.village_label(key)) for key in view.registry.villages),
            key=lambda item: sort_key(item[1]),
        ),
        may_change=viewer.may(Scope.INSTALLER),
    )


def stranger(row: QuarantineRow) -> Stranger:
    """A device in quarantine, with the model its name points at."""
    model = match(f"{row.model_hint} {row.name}")
    return Stranger(row, "" if model is None else model.name)


def _visible(device: Device, view: View) -> bool:
    stands = view.registry.mountings.get(device.id, ())
    return not view.viewer.village_id or any(sees(view.viewer, view.registry, one.site_id) for one in stands)


def _wanted(row: Row, view: View, asked: Mapping[str, str]) -> bool:
    site = view.registry.sites.get(row.site_id)
    if asked["state"] not in ("", row.state.value):
        return False
    if asked["village"] and (site is None or site.village_id != asked["village"]):
        return False
    return not asked["q"] or fold(asked["q"]) in fold(
        f"{row.id} {row.name} {row.model} {row.site_id} {row.site}"
    )


def _row(device: Device, view: View, last_ms: int | None, frames: Sequence[FrameBlock], lang: Lang) -> Row:
    mounting = open_mounting(view.registry, device.id)
    site = view.registry.sites.get(mounting.site_id) if mounting else None
    state = _reporting(device, mounting, view, last_ms)
    share = completeness(frames).pct
    return Row(
        id=device.id,
        name=device.name,
        model=device.model,
        site_id=mounting.site_id if mounting else "",
        site=site_name(site, lang) if site else "",
        state=state,
        sign=_SIGN_STATES.get(state, SignState.UNKNOWN),
        last_ms=last_ms,
        complete="" if share is None else f"{number(share, 0, lang)} %",
        battery=_battery(mounting, view, lang),
    )


def _reporting(device: Device, mounting: Mounting | None, view: View, last_ms: int | None) -> Reporting:
    """As the installer's view judges it."""
    if mounting is None:
        return Reporting.LOOSE
    site = view.registry.sites.get(mounting.site_id)
    said = sense(device, mounting, site, MODELS.get(device.model), (), last_ms, view.now_ms)[0].state
    if last_ms is None:
        return Reporting.SILENT if said is SignState.BAD else Reporting.WAITING
    return {SignState.OK: Reporting.REPORTING, SignState.WARN: Reporting.LATE}.get(said, Reporting.SILENT)


def _battery(mounting: Mounting | None, view: View, lang: Lang) -> str:
    if mounting is None:
        return ""
    for name in ("battery_pct", "battery_v"):
        found = view.latest.get((mounting.site_id, mounting.channel, name))
        if found is not None and found.time_ms >= mounting.from_ms:
            return amount(found.value, name, lang)
    return ""
