"""The queue: one line a work order, the worst first, each with one next step."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from analytics.findings import Finding, Severity
from api.auth import Viewer
from api.board.states import SENSOR_KINDS
from api.board.telling import lasting
from api.board.view import View
from api.board.words import say
from desk.keys import Scope
from devices.sites import Crew, Registry
from dispatch.deciding import CommandName, allowed_answers
from dispatch.orders import OrderState, WorkOrder
from dispatch.phrases import place
from dispatch.sentences import sentence
from dispatch.words import (
    ANSWERS,
    COMMANDS,
    KINDS,
    SITE_KINDS,
    STATES,
    Lang,
    kind_label,
    severity_label,
    state_label,
)


class Section(StrEnum):
    """Where a line stands on the page."""

    NOW = "to_do_now"
    UNDER_WAY = "under_way"
    SENSORS = "sensors_to_mend"
    WATCHING = "watching"


@dataclass(frozen=True, slots=True)
class Step:
    """The one thing to press: a form field if `field` is set (`command`, `answer`), else a link."""

    label: str
    href: str = ""
    field: str = ""
    value: str = ""
    strong: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the queue, in words."""

    id: str
    href: str
    severity: str
    severity_word: str
    place: str
    kind: str
    opened_ms: int
    since: str
    reason: str
    crew: str
    state: str
    step: Step


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for. Empty: everything."""

    village: str = ""
    kind: str = ""
    state: str = ""

    @property
    def any(self) -> bool:
        """Is anything left out?"""
        return bool(self.village or self.kind or self.state)


#: Waits for somebody in the office, or for a crew to say yes.
_NOW_STATES = frozenset(
    {
        OrderState.OPEN,
        OrderState.ASSIGNED,
        OrderState.REJECTED,
        OrderState.REOPENED,
        OrderState.DONE_UNVERIFIED,
    }
)


def section_of(order: WorkOrder) -> Section:
    """Where the order's line belongs."""
    if order.kind in SENSOR_KINDS:
        return Section.SENSORS
    return Section.NOW if order.state in _NOW_STATES else Section.UNDER_WAY


def queue(view: View, filters: Filters, lang: Lang) -> dict[Section, list[Line]]:
    """The lines of each section, by severity, then the one that has waited longest."""
    sections: dict[Section, list[Line]] = {section: [] for section in Section}
    for order in sorted(view.orders, key=_urgency):
        if _wanted(order, view.registry, filters):
            sections[section_of(order)].append(_order_line(order, view, lang))
    held = {(order.site_id, order.kind) for order in view.orders}
    for finding in sorted(view.findings, key=_urgency):
        if (finding.site_id, finding.kind) not in held and _wanted(finding, view.registry, filters):
            sections[Section.WATCHING].append(_finding_line(finding, view, lang))
    return sections


def next_step(order: WorkOrder, crew: Crew | None, viewer: Viewer, lang: Lang) -> Step:
    """What this viewer would do next with the order."""
    page = f"/work-orders/{order.id}"
    if viewer.may(Scope.DISPATCHER):
        return _dispatchers_step(order, crew, page, lang)
    if viewer.may(Scope.CREW):
        step = _crews_step(order, lang)
        if step is not None:
            return step
    return Step(say("see_order", lang), href=page, strong=False)


def _dispatchers_step(order: WorkOrder, crew: Crew | None, page: str, lang: Lang) -> Step:
    if order.state is OrderState.OPEN:
        return Step(say("choose_crew", lang), href=f"{page}#assign")
    if order.state is OrderState.DONE_UNVERIFIED:
        return Step(say("check_and_close", lang), href=f"{page}#close")
    if order.state is OrderState.PAUSED:
        return _command(CommandName.RESUME, lang)
    if order.acknowledged_ms is None and order.state in _NOW_STATES:
        return _command(CommandName.ACKNOWLEDGE, lang)
    if crew is not None and crew.phone and order.state is OrderState.ASSIGNED:
        return Step(say("call_crew", lang), href=f"tel:{crew.phone}")
    return Step(say("see_order", lang), href=page, strong=False)


def _crews_step(order: WorkOrder, lang: Lang) -> Step | None:
    can = allowed_answers(order)
    for answer in ANSWERS:
        if answer.status in can and answer.status != "rejected":
            return Step(answer.label.say(lang), field="answer", value=str(answer.digit))
    return None


def _command(name: CommandName, lang: Lang) -> Step:
    return Step(COMMANDS[name].say(lang), field="command", value=name.value)


def _order_line(order: WorkOrder, view: View, lang: Lang) -> Line:
    crew = view.registry.crews.get(order.crew_id)
    return Line(
        id=order.id,
        href=f"/work-orders/{order.id}",
        severity=order.severity.value,
        severity_word=severity_label(order.severity, lang),
        place=place(order.site_id, view.registry, lang),
        kind=kind_label(order.kind, lang),
        opened_ms=order.opened_ms,
        since=lasting(order.opened_ms, view.now_ms, lang),
        reason=order.sentence_vi if lang == "vi" else order.sentence_en,
        crew=crew_name(crew, order.crew_id, lang),
        state=state_label(order.state, lang),
        step=next_step(order, crew, view.viewer, lang),
    )


def _finding_line(finding: Finding, view: View, lang: Lang) -> Line:
    known = finding.site_id in view.registry.sites
    href = f"/sites/{finding.site_id}" if known else "/"
    return Line(
        id=finding.id,
        href=href,
        severity=finding.severity.value,
        severity_word=severity_label(finding.severity, lang),
        place=place(finding.site_id, view.registry, lang),
        kind=kind_label(finding.kind, lang),
        opened_ms=finding.opened_ms,
        since=lasting(finding.opened_ms, view.now_ms, lang),
        reason=sentence(finding, view.registry, lang),
        crew="",
        state="",
        step=Step(say("see_site", lang), href=href, strong=False),
    )


def crew_name(crew: Crew | None, crew_id: str, lang: Lang) -> str:
    """The crew's name, or that there is none."""
    if crew is None:
        return crew_id or say("no_crew", lang)
    return crew.name_en if lang == "en" and crew.name_en else crew.name


def filter_words(filters: Filters, registry: Registry, lang: Lang) -> list[str]:
    """What the filters say, in words."""
    words = [registry.village_label(filters.village)] if filters.village else []
    kinds = {**{k.value: v for k, v in SITE_KINDS.items()}, **{k.value: v for k, v in KINDS.items()}}
    states = {state.value: label for state, label in STATES.items()}
    words += [kinds[filters.kind].say(lang)] if filters.kind in kinds else []
    words += [states[filters.state].say(lang)] if filters.state in states else []
    return words


def count(sections: dict[Section, list[Line]], names: Iterable[Section]) -> int:
    """How many lines these sections hold."""
    return sum(len(sections[name]) for name in names)


def _urgency(item: WorkOrder | Finding) -> tuple[int, int, str]:
    severity: Severity = item.severity
    return (severity.rank, item.opened_ms, item.id)


def _wanted(item: WorkOrder | Finding, registry: Registry, filters: Filters) -> bool:
    site = registry.sites.get(item.site_id)
    village = site.village_id if site else ""
    kinds = {item.kind.value, site.kind.value if site else ""}
    state = item.state.value if isinstance(item, WorkOrder) else ""
    return (
        filters.village in ("", village)
        and (not filters.kind or filters.kind in kinds)
        and filters.state in ("", state)
    )
