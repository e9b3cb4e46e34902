"""What people type into the board's forms: numbers the Vietnamese way, lengths, names of sites."""

from collections.abc import Sequence
from math import isfinite

from pydantic import ValidationError

from api.board.rendering import in_language
from api.board.words import say
from api.problems import ProblemError
from desk.errors import DeskError, NotFoundError
from devices.sites import Site
from devices.vietnamese import fold, sort_key
from dispatch.phrases import site_name
from dispatch.words import Lang

#: What a form is refused for: shown above it, with everything that was typed left in place.
REFUSALS = (DeskError, ProblemError, ValidationError, ValueError)
_LIKELY_MM = (50.0, 40_000.0)
_MOST_NAMED = 5


class FormError(ValueError):
    """Something typed that cannot be used; `key` is the board's text that says so."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def told(error: Exception, lang: Lang) -> str:
    """What is wrong, for whoever filled the form in."""
    if isinstance(error, FormError):
        return say(error.key, lang, **error.values)
    if isinstance(error, NotFoundError) and error.what == "site":
        return say("wrong_site_none", lang, text=error.item_id)
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return in_language(error.detail if isinstance(error, ProblemError) else str(error), lang)


def decimal(text: str) -> float | None:
    """A number with a comma or a point before its decimals; None where nothing was typed.

    Raises:
        FormError: it is none.
    """
    text = text.strip()
    if not text:
        return None
    try:
        value = float(text.replace(",", ".")) if text.isascii() and "_" not in text else float("nan")
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise FormError("wrong_number", text=text[:40])
    return value


def length_mm(text: str, unit: str) -> float | None:
    """A length in millimetres, typed in `mm` or `cm`; None where nothing was typed.

    Raises:
        FormError: it is no number, or so short or long that the unit must be another.
    """
    value = decimal(text)
    if value is None:
        return None
    value_mm = value if unit == "mm" else 10 * value
    if not _LIKELY_MM[0] <= value_mm <= _LIKELY_MM[1]:
        raise FormError("wrong_height", value=f"{value_mm:g}")
    return value_mm


def geometry_mm(height: str, full: str, unit: str) -> tuple[float | None, float | None]:
    """Mounting height and distance to the full line in millimetres.

    Raises:
        FormError: they cannot be so.
    """
    height_mm, full_mm = length_mm(height, unit), length_mm(full, unit)
    if height_mm is not None and full_mm is not None and full_mm >= height_mm:
        raise FormError("wrong_full")
    return height_mm, full_mm


def place_of(lat: str, lon: str) -> tuple[float, float] | None:
    """Where the installer stands; None where it was left open.

    Raises:
        FormError: half a place, or none on this earth.
    """
    place = decimal(lat), decimal(lon)
    if place[0] is None and place[1] is None:
        return None
    if place[0] is None or place[1] is None or abs(place[0]) > 90 or abs(place[1]) > 180:
        raise FormError("wrong_place")
    return place[0], place[1]


def site_of(typed: str, sites: Sequence[Site], lang: Lang) -> Site:
    """The site somebody means by its code, or by enough of its name, with or without marks.

    Raises:
        FormError: it names none, or several.
    """
    typed = typed.strip()
    wanted = fold(typed)
    exact = [site for site in sites if site.id == typed] or [
        site for site in sites if wanted and wanted in (fold(site.id), fold(site.name), fold(site.name_en))
    ]
    found = exact or [
        site for site in sites if wanted and wanted in fold(f"{site.id} {site.name} {site.name_en}")
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise FormError("wrong_site_none", text=typed[:64])
    found.sort(key=lambda site: sort_key(site.name or site.id))
    named = ", ".join(f"{site_name(site, lang)} ({site.id})" for site in found[:_MOST_NAMED])
    raise FormError("wrong_site_many", text=typed[:64], found=named)
