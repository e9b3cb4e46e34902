"""`/`: the four counts, the queue, the map."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.auth import ReaderOf
from api.board import map as mapping
from api.board.queue import Filters, Section, filter_words, queue
from api.board.rendering import language, render
from api.board.states import Standing, standing_label
from api.board.view import View, look
from api.context import Ctx
from devices.sites import Site

router = APIRouter(include_in_schema=False)

#: The newest reading may be this old before its age turns amber.
DATA_STOPPED_MS = 5 * 60_000


@router.get("/")
def board(request: Request, ctx: Ctx, viewer: ReaderOf) -> HTMLResponse:
    """The whole board; `?fragment=queue` only what changes, for the page's own script."""
    lang = language(request)
    asked = request.query_params
    filters = Filters(
        village=asked.get("village", ""), kind=asked.get("kind", ""), state=asked.get("state", "")
    )
    view = look(ctx, viewer)
    sections = queue(view, filters, lang)
    picture = mapping.draw(_mapped(view, filters), view.registry, view.standings, ctx.ports.map_lines, lang)
    template = "live.html" if asked.get("fragment") == "queue" else "board.html"
    return render(
        request,
        template,
        viewer,
        sections=sections,
        Section=Section,
        counts=[(name, len(sections[name])) for name in (Section.NOW, Section.UNDER_WAY, Section.SENSORS)],
        newest_ms=view.newest_ms,
        stopped=view.newest_ms is None or view.now_ms - view.newest_ms > DATA_STOPPED_MS,
        stopped_after_s=DATA_STOPPED_MS // 1000,
        picture=picture,
        legend=mapping.legend(lang),
        standings=[(standing.value, standing_label(standing, lang)) for standing in Standing],
        filters=filters,
        filter_words=filter_words(filters, view.registry, lang),
    )


def _mapped(view: View, filters: Filters) -> list[Site]:
    return [
        site
        for site in view.sites()
        if filters.village in ("", site.village_id) and filters.kind in ("", site.kind.value)
    ] or view.sites()
