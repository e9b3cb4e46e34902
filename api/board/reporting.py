"""Readings by people on a site's page: what can be told there, and what was told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field

from api.board.forms import FormError, decimal
from api.board.telling import amount
from api.ports import ApiPorts
from api.routes.readings import ReportIn
from desk.reports import OVER_STREET, REPORTABLE, Source
from devices.readings import Reading
from devices.sites import DEFAULT_CHANNEL, Site
from dispatch.words import Label, Lang, quantity_label

#: What people are asked for, in the unit they say it in.
_ASKED: Mapping[str, Label] = {
    "water_level_m": Label(
        "mực nước trên đáy, đọc thước (m)", "level above the floor, read from a staff gauge (m)"
    ),
    OVER_STREET: Label("nước trên mặt đường (cm)", "water over the street (cm)"),
    "fill_pct": Label("mức đầy, nhìn bằng mắt (%)", "fill, by eye (%)"),
    "heap_m": Label("chiều cao đống (m)", "height of the heap (m)"),
    "rain_mm": Label("mưa đo được (mm)", "rain collected (mm)"),
    "pump_running": Label("bơm chạy (1 có, 0 không)", "pump running (1 yes, 0 no)"),
}
_SOURCES: Mapping[Source, Label] = {
    Source.STAFF_GAUGE: Label("đọc thước", "staff gauge"),
    Source.BY_EYE: Label("nhìn bằng mắt", "by eye"),
    Source.CITIZEN: Label("người dân báo", "a citizen reported"),
    Source.PATROL: Label("tổ tuần tra", "a patrol"),
}
#: Values are typed in these many of the quantity's own unit.
_PER_TYPED = {OVER_STREET: 0.01}
#: How far back readings by people are looked for among those of devices.
KEPT_MS = 3 * 86_400_000
_MOST_ROWS = 10_000
_MOST_TOLD = 10


class SeenForm(BaseModel):
    """What the form on a site's page sends."""

    csrf: str = Field(default="", max_length=200)
    quantity: str = Field(default="", max_length=64)
    value: str = Field(default="", max_length=20)
    source: str = Field(default="", max_length=20)
    channel: str = Field(default=DEFAULT_CHANNEL, max_length=64)
    note: str = Field(default="", max_length=1000)


@dataclass(frozen=True, slots=True)
class Reported:
    """One reading by a person, in words."""

    channel: str
    quantity: str
    label: str
    value: float
    text: str
    source: str
    time_ms: int


def quantities_at(site: Site, lang: Lang) -> list[tuple[str, str]]:
    """What a person can tell at a site of this kind; water over a street only where its depth is known."""
    return [
        (name, _ASKED[name].say(lang))
        for name, kinds in REPORTABLE.items()
        if site.kind in kinds and (name != OVER_STREET or site.depth_to_ground_m is not None)
    ]


def sources(lang: Lang) -> list[tuple[str, str]]:
    """How somebody can have come to know."""
    return [(source.value, label.say(lang)) for source, label in _SOURCES.items()]


def source_label(source: str, lang: Lang) -> str:
    """A source in words; one nobody knows is shown as it came."""
    return _SOURCES[Source(source)].say(lang) if source in list(Source) else source


def body_of(form: SeenForm, site: Site) -> ReportIn:
    """What the desk is told.

    Raises:
        FormError: the value is missing or no number.
        ValueError: another field cannot be used.
    """
    value = decimal(form.value)
    if value is None:
        raise FormError("wrong_none")
    if form.quantity == OVER_STREET and site.depth_to_ground_m is None:
        raise FormError("wrong_deep")
    return ReportIn(
        site=site.id,
        channel=form.channel.strip() or DEFAULT_CHANNEL,
        quantity=form.quantity,
        value=value * _PER_TYPED.get(form.quantity, 1.0),
        source=Source(form.source),
        note=form.note,
    )


def reported(ports: ApiPorts, site: Site, now_ms: int, lang: Lang) -> list[Reported]:
    """The readings by people at a site in the last days, the newest first."""
    stored = {"water_level_m" if name == OVER_STREET else name for name, _ in quantities_at(site, lang)}
    rows = [row for name in sorted(stored) for row in _by_people(ports, site, name, now_ms)]
    rows.sort(key=lambda row: row.time_ms, reverse=True)
    return [_told(row, lang) for row in rows[:_MOST_TOLD]]


def _by_people(ports: ApiPorts, site: Site, quantity: str, now_ms: int) -> Sequence[Reading]:
    page = ports.readings.page(
        site_id=site.id,
        channel=None,
        quantity=quantity,
        from_ms=now_ms - KEPT_MS,
        to_ms=now_ms + 1,
        limit=_MOST_ROWS,
        after=None,
    )
    return [row for row in page.readings if row.source]


def _told(row: Reading, lang: Lang) -> Reported:
    return Reported(
        channel=row.channel,
        quantity=row.quantity,
        label=quantity_label(row.quantity, lang),
        value=row.value,
        text=amount(row.value, row.quantity, lang),
        source=source_label(row.source, lang),
        time_ms=row.time_ms,
    )
