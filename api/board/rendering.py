"""Turning a template and what it shows into an answer: language, viewer, banner."""

from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from api.auth import Viewer
from api.board import telling
from api.board.words import LANGUAGES, say
from api.context import context_of
from desk.keys import Scope
from dispatch.words import SIMULATED, Lang

LANGUAGE_COOKIE = "kenh_lang"
_YEAR_S = 365 * 86_400

_HERE = Path(__file__).parent
STATIC = _HERE / "static"

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _capitalize_first(text: str) -> str:
    """The text with its first letter large and the rest as it is."""
    return text[:1].upper() + text[1:]


def in_language(text: str, lang: Lang) -> str:
    """One half of a text that says the same in both languages, Vietnamese first, ` / ` between them."""
    vi, slash, en = text.partition(" / ")
    return (en if lang == "en" else vi) if slash else text


_ENVIRONMENT.filters.update(
    capitalize_first=_capitalize_first, in_language=in_language, g=lambda value: f"{value:g}"
)


def language(request: Request) -> Lang:
    """What the address asks for, else what the reader chose before, else Vietnamese."""
    for wish in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish in LANGUAGES:
            return wish
    return "vi"


def render(
    request: Request, template: str, viewer: Viewer | None, *, status: int = 200, **shown: Any
) -> HTMLResponse:
    """The page, in the reader's language. A language asked for in the address is remembered."""
    context = context_of(request)
    lang = language(request)
    now_ms = context.now_ms()
    other: Lang = "en" if lang == "vi" else "vi"
    html = _ENVIRONMENT.get_template(template).render(
        t=partial(_say, lang),
        lang=lang,
        now_ms=now_ms,
        ago=lambda at_ms: telling.ago(at_ms, now_ms, lang),
        clock=lambda at_ms: telling.clock(at_ms, now_ms, lang),
        exact=lambda at_ms: telling.exact(at_ms, lang),
        viewer=viewer,
        Scope=Scope,
        demo=context.ports.demo,
        rainy_scenario=context.ports.rainy_scenario,
        commune=context.ports.place_vi if lang == "vi" else context.ports.place_en,
        simulated=SIMULATED.say(lang),
        other_language_href=str(request.url.include_query_params(lang=other).replace(scheme="", netloc="")),
        path=request.url.path,
        static_version=context.ports.version,
        **shown,
    )
    response = HTMLResponse(html, status_code=status)
    if request.query_params.get("lang") == lang:
        response.set_cookie(LANGUAGE_COOKIE, lang, max_age=_YEAR_S, samesite="lax", httponly=True)
    return response


def _say(lang: Lang, key: str, **values: object) -> str:
    return say(key, lang, **values)
