"""`/work-orders/{id}`: what, where, why, what was done, and large buttons for what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse

from api.auth import ReaderOf, Viewer, check_csrf, check_same_origin, check_scope
from api.board.evidence import rows_of
from api.board.queue import crew_name
from api.board.rendering import in_language, language, render
from api.board.telling import lasting
from api.board.words import say
from api.context import Context, Ctx
from api.problems import ProblemError
from api.routes.work_orders import (
    AnswerIn,
    AnswerStatus,
    CommandIn,
    give_answer,
    give_command,
    order_or_404,
)
from desk.keys import Scope
from devices.sites import Registry
from devices.vietnamese import sort_key
from dispatch.deciding import CLOSE_REASONS, CommandName, allowed_answers, allowed_commands
from dispatch.messages import map_link
from dispatch.orders import Event, WorkOrder
from dispatch.phrases import place
from dispatch.words import (
    ANSWERS,
    COMMANDS,
    Lang,
    answer_for_digit,
    answer_status_label,
    close_reason_label,
    event_label,
    kind_label,
    severity_label,
    state_label,
)

router = APIRouter(include_in_schema=False)

Short = Annotated[str, Form(max_length=200)]
Long = Annotated[str, Form(max_length=1000)]


@dataclass(frozen=True, slots=True)
class Moment:
    """One point on the line of time."""

    at_ms: int
    what: str
    who: str
    more: str
    tone: str


@router.get("/work-orders/{order_id}")
def order_page(request: Request, ctx: Ctx, viewer: ReaderOf, order_id: str) -> HTMLResponse:
    """The page of one work order."""
    lang = language(request)
    order = order_or_404(ctx, viewer, order_id)
    registry = ctx.registry()
    with ctx.ports.state.snapshot() as tx:
        events = tx.events.of_order(order_id)
        finding = tx.findings.get(order.finding_id)
        key_labels = {key.id: key.label for key in tx.keys.all()}
    site, crew = registry.sites.get(order.site_id), registry.crews.get(order.crew_id)
    return render(
        request,
        "order.html",
        viewer,
        order=order,
        site=site,
        severity_word=severity_label(order.severity, lang),
        kind=kind_label(order.kind, lang),
        place=place(order.site_id, registry, lang),
        state=state_label(order.state, lang),
        since=lasting(order.opened_ms, ctx.now_ms() if order.is_live else order.updated_ms, lang),
        reason=order.sentence_vi if lang == "vi" else order.sentence_en,
        crew=crew_name(crew, order.crew_id, lang),
        phone=crew.phone if crew and viewer.may(Scope.CREW) else "",
        map_href=map_link(site.lat, site.lon) if site else "",
        geo_href=f"geo:{site.lat},{site.lon}" if site and site.lat is not None else "",
        evidence=() if finding is None else rows_of(finding, lang),
        timeline=[_moment(event, registry, key_labels, lang) for event in events],
        close_reason=close_reason_label(order.close_reason, lang),
        answers=_answers(order, viewer, lang),
        commands=_commands(order, viewer),
        crews=_crews(registry, lang),
        close_reasons=[(reason, close_reason_label(reason, lang)) for reason in CLOSE_REASONS],
        command_words={name.value: COMMANDS[name].say(lang) for name in CommandName},
    )


@router.post("/work-orders/{order_id}")
def act(
    request: Request,
    ctx: Ctx,
    viewer: ReaderOf,
    order_id: str,
    csrf: Short = "",
    answer: Short = "",
    command: Short = "",
    crew_id: Short = "",
    reason: Short = "",
    note: Long = "",
    back: Short = "",
) -> RedirectResponse:
    """One button was pressed: a crew's answer (by its digit) or a dispatcher's command."""
    check_same_origin(request)
    check_scope(viewer, Scope.CREW)
    check_csrf(viewer, csrf)
    if answer:
        _answer(ctx, viewer, order_id, answer, note)
    elif command:
        _command(ctx, viewer, order_id, command, {"crew_id": crew_id, "reason": reason, "note": note})
    else:
        raise ProblemError(422, "the form says neither an answer nor a command")
    return RedirectResponse("/" if back == "board" else f"/work-orders/{order_id}", status_code=303)


def _answer(ctx: Context, viewer: Viewer, order_id: str, digit: str, note: str) -> None:
    answer = answer_for_digit(int(digit)) if digit.isascii() and digit.isdigit() else None
    if answer is None:
        raise ProblemError(422, f"no answer has the digit {digit!r}")
    body = AnswerIn(status=AnswerStatus(answer.status), note=note or answer.note)
    give_answer(ctx, viewer, order_id, body)


def _command(ctx: Context, viewer: Viewer, order_id: str, name: str, said: Mapping[str, str]) -> None:
    check_scope(viewer, Scope.DISPATCHER)
    if name not in list(CommandName):
        raise ProblemError(422, f"there is no command {name!r}")
    give_command(ctx, viewer, order_id, CommandIn(command=CommandName(name), **said))


def _answers(order: WorkOrder, viewer: Viewer, lang: Lang) -> list[tuple[int, str, bool]]:
    """(digit, words, needs a reason) of each button the crew may press now."""
    if not viewer.may(Scope.CREW) or not order.crew_id:
        return []
    can = allowed_answers(order)
    return [
        (answer.digit, answer.label.say(lang), answer.status == "rejected")
        for answer in ANSWERS
        if answer.status in can
    ]


def _commands(order: WorkOrder, viewer: Viewer) -> tuple[str, ...]:
    return allowed_commands(order) if viewer.may(Scope.DISPATCHER) else ()


def _crews(registry: Registry, lang: Lang) -> list[tuple[str, str]]:
    crews = sorted(registry.crews.values(), key=lambda crew: sort_key(crew.name))
    return [(crew.id, crew_name(crew, crew.id, lang)) for crew in crews]


def _moment(event: Event, registry: Registry, key_labels: Mapping[str, str], lang: Lang) -> Moment:
    data = event.data
    crew_id, status = str(data.get("crew_id") or ""), str(data.get("status") or "")
    parts = [
        answer_status_label(status, lang) if status else "",
        crew_name(registry.crews.get(crew_id), crew_id, lang) if crew_id else "",
        close_reason_label(str(data.get("reason") or ""), lang),
        str(data.get("note") or ""),
        in_language(str(data.get("why") or ""), lang),
    ]
    return Moment(
        at_ms=event.at_ms,
        what=event_label(event.what, lang),
        who=_who(event.actor, registry, key_labels, lang),
        more=" · ".join(part for part in parts if part),
        tone=_TONES.get(event.what, ""),
    )


_TONES = {"opened": "start", "returned": "bad", "worsened": "bad", "refused": "bad", "verified": "good"}


def _who(actor: str, registry: Registry, key_labels: Mapping[str, str], lang: Lang) -> str:
    kind, _, name = actor.partition(":")
    if kind == "crew":
        return crew_name(registry.crews.get(name), name, lang)
    if kind == "user":
        return key_labels.get(name) or name
    return say("by_kenh", lang) if actor == "kenh" else actor
