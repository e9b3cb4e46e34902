"""`/sites`: every place as a list, filtered by the address."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.auth import ReaderOf
from api.board.rendering import language, render
from api.board.states import Standing, group_of, main_quantity, standing_label
from api.board.telling import amount
from api.board.view import View, look
from api.context import Ctx
from devices.readings import Qc
from devices.sites import Site, SiteKind
from devices.vietnamese import fold, sort_key
from dispatch.phrases import site_name
from dispatch.words import Lang, site_kind_label
from storage.protocols import Latest

router = APIRouter(include_in_schema=False)

_MOST_ROWS = 400


@dataclass(frozen=True, slots=True)
class Row:
    """One site in words. `now` is empty where nothing fresh is known."""

    id: str
    name: str
    kind: str
    shape: str
    village: str
    standing: str
    standing_word: str
    now: str
    time_ms: int | None


@router.get("/sites")
def sites_page(request: Request, ctx: Ctx, viewer: ReaderOf) -> HTMLResponse:
    """`?village=&kind=&state=&q=`: a link shows the same list to the next person."""
    lang = language(request)
    asked = {name: request.query_params.get(name, "")[:64] for name in ("village", "kind", "state", "q")}
    view = look(ctx, viewer)
    found = [site for site in view.sites() if _wanted(site, view, asked)]
    rank = list(Standing).index
    found.sort(key=lambda site: (rank(view.standings[site.id]), sort_key(site.name or site.id)))
    return render(
        request,
        "sites.html",
        viewer,
        asked=asked,
        rows=[_row(site, view, lang) for site in found[:_MOST_ROWS]],
        total=len(found),
        most=_MOST_ROWS,
        villages=_villages(view),
        kinds=[(kind.value, site_kind_label(kind, lang)) for kind in SiteKind],
        standings=[(standing.value, standing_label(standing, lang)) for standing in Standing],
    )


def _wanted(site: Site, view: View, asked: dict[str, str]) -> bool:
    if asked["village"] not in ("", site.village_id) or asked["kind"] not in ("", site.kind.value):
        return False
    if asked["state"] not in ("", view.standings[site.id].value):
        return False
    return not asked["q"] or fold(asked["q"]) in fold(_names(site, view))


def _names(site: Site, view: View) -> str:
    """Everything somebody might type to find the site: its own names, its village, its cluster."""
    village = view.registry.villages.get(site.village_id)
    cluster = view.registry.clusters.get(village.cluster_id) if village else None
    around = (village.name if village else "", cluster.name if cluster else "")
    return " ".join((site.id, site.name, site.name_en, *around))


def _row(site: Site, view: View, lang: Lang) -> Row:
    standing = view.standings[site.id]
    main = _main_value(site, view)
    known = main is not None and standing is not Standing.UNKNOWN
    return Row(
        id=site.id,
        name=site_name(site, lang),
        kind=site_kind_label(site.kind, lang),
        shape=group_of(site.kind).name,
        village=view.registry.village_label(site.village_id) if site.village_id else "",
        standing=standing.value,
        standing_word=standing_label(standing, lang),
        now=amount(main.value, main.key.quantity, lang) if main is not None and known else "",
        time_ms=None if main is None else main.time_ms,
    )


def _main_value(site: Site, view: View) -> Latest | None:
    """The highest newest value over the site's channels: the fullest container is the one that matters."""
    quantity = main_quantity(site)
    rows = [
        row
        for key, row in view.latest.items()
        if key[0] == site.id and key[2] == quantity and row.qc < Qc.FAIL
    ]
    return max(rows, key=lambda row: row.value, default=None)


def _villages(view: View) -> list[tuple[str, str]]:
    labels = [(village, view.registry.village_label(village)) for village in view.registry.villages]
    return sorted(labels, key=lambda item: sort_key(item[1]))
