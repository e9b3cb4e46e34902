"""Small pieces of sentences: times, ages, lengths and places, the way people here write them.

Local time is UTC+7 all year (Asia/Ho_Chi_Minh keeps no daylight saving).
"""

import re
from datetime import UTC, datetime, timedelta, timezone

from devices.sites import Registry, Site
from devices.vietnamese import fold, number
from dispatch.words import Lang, site_kind_label

LOCAL = timezone(timedelta(hours=7))

_MINUTE_MS = 60_000
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

#: First words of names that are common nouns, so that "Cảm biến ga G07" does not keep its capital.
_NOUNS = frozenset(
    {
        *("ga", "ho", "ranh", "cong", "cua", "muong", "kenh", "song", "ao", "diem", "bai", "tram", "nga"),
        *("ngo", "cho", "duong", "cau", "ben", "dinh", "khu", "dap", "thung", "chan", "dat"),
        *("manhole", "gutter", "outfall", "gate", "ditch", "canal", "pond", "collection", "watch", "station"),
        *(
            "junction",
            "culvert",
            "river",
            "drain",
            "pump",
            "market",
            "lane",
            "road",
            "air",
            "rain",
            "main",
            "foot",
        ),
    }
)

_CODE = re.compile(r"\b[A-ZĐ]{1,3}-?\d{1,4}[a-z]?\b")


def local_time(ms: int) -> datetime:
    """The local wall clock at that moment."""
    return datetime.fromtimestamp(ms / 1000, LOCAL)


def day_code(ms: int) -> str:
    """The local date as yymmdd."""
    return f"{local_time(ms):%y%m%d}"


def rfc3339(ms: int) -> str:
    """The moment as `2026-08-14T10:20:00Z`, to the second."""
    return f"{datetime.fromtimestamp(ms // 1000, UTC):%Y-%m-%dT%H:%M:%S}Z"


def at(ms: int, now_ms: int, lang: Lang) -> str:
    """When: `17:20`, with the day where it is not today's, with the year where it is not this year's."""
    then, now = local_time(ms), local_time(now_ms)
    if then.date() == now.date():
        return f"{then:%H:%M}"
    return at_with_day(ms, lang, with_year=then.year != now.year)


def at_with_day(ms: int, lang: Lang, *, with_year: bool = False) -> str:
    """`01:12 ngày 14/8`, `01:12 on 14 August`."""
    then = local_time(ms)
    if lang == "vi":
        year = f"/{then.year}" if with_year else ""
        return f"{then:%H:%M} ngày {then.day}/{then.month}{year}"
    year = f" {then.year}" if with_year else ""
    return f"{then:%H:%M} on {then.day} {_MONTHS[then.month - 1]}{year}"


def age(ms: int, lang: Lang) -> str:
    """How long: `12 phút`, `3 giờ 20 phút`, `2 ngày 4 giờ`; two units at most, never negative."""
    minutes = max(0, ms) // _MINUTE_MS
    days, hours = minutes // 1440, minutes // 60 % 24
    units = (("ngày", "giờ", "phút"), ("d", "h", "min"))[lang == "en"]
    if days:
        parts = [(days, units[0]), (hours, units[1])]
    elif hours:
        parts = [(hours, units[1]), (minutes % 60, units[2])]
    else:
        return f"{minutes} {units[2]}"
    return " ".join(f"{count} {unit}" for count, unit in parts if count)


def hours_text(hours: float, lang: Lang) -> str:
    """A length of time that is only roughly known: `40 phút` (to ten), `5 giờ`."""
    if hours < 0.92:
        minutes = max(10, round(hours * 6) * 10)
        return f"{minutes} phút" if lang == "vi" else f"{minutes} min"
    return f"{round(hours)} giờ" if lang == "vi" else f"{round(hours)} h"


def metres(value: float, lang: Lang) -> str:
    """`0,82 m`."""
    return f"{number(value, 2, lang)} m"


def elevation(value: float, lang: Lang) -> str:
    """Heights of canals and rivers carry their sign: `+3,42 m`."""
    text = number(value, 2, lang)
    return f"{text if text.startswith('-') else '+' + text} m"


def metre_range(low: float, high: float, lang: Lang) -> str:
    """`0,05–0,09 m`; one number where both read the same."""
    first, last = number(low, 2, lang), number(high, 2, lang)
    return f"{first} m" if first == last else f"{first}–{last} m"


def whole(value: float, lang: Lang) -> str:
    """A rounded number: `1.250`."""
    return number(value, 0, lang)


def site_name(site: Site, lang: Lang) -> str:
    """The name on the sign, or its kind and id where it has none."""
    if lang == "en" and site.name_en:
        return site.name_en
    if site.name:
        return site.name
    label = site_kind_label(site.kind, lang).split(",", 1)[0]
    return f"{label[:1].upper()}{label[1:]} {site.id}"


def place(site_id: str, registry: Registry, lang: Lang) -> str:
    """Where a crew has to go: the name, and the village where the name does not say it already."""
    site = registry.sites.get(site_id)
    if site is None:
        return gateway_place(site_id, registry, lang) if site_id in registry.gateways else site_id
    name = site_name(site, lang)
    village = registry.villages.get(site.village_id)
    if village is None or "," in site.name or fold(village.name) in fold(name):
        return name
    return f"{name}, {registry.village_label(site.village_id)}"


def gateway_place(gateway_id: str, registry: Registry, lang: Lang) -> str:
    """`trạm thu GW-2 (UBND xã)`."""
    gateway = registry.gateways.get(gateway_id)
    name = gateway.name if gateway else ""
    word = "trạm thu" if lang == "vi" else "gateway"
    if not name or name == gateway_id:
        return f"{word} {gateway_id}"
    if fold(gateway_id) in fold(name):
        return f"{word} {name}"
    return f"{word} {gateway_id} ({name})"


def code(site_id: str, registry: Registry) -> str:
    """The short name crews use, `G07`: the code in the site's name, else its id."""
    site = registry.sites.get(site_id)
    found = _CODE.search(site.name) if site else None
    return found.group() if found else site_id


def head_word(site_id: str, registry: Registry, lang: Lang, otherwise: str) -> str:
    """What people call such a place, from the first word of its name: `ga`, `rãnh`, `manhole`."""
    site = registry.sites.get(site_id)
    name = (site.name_en if lang == "en" else site.name) if site else ""
    first = name.split(" ", 1)[0].lower() if name else ""
    return first if fold(first) in _NOUNS else otherwise


def inside(text: str) -> str:
    """The same words in the middle of a sentence: a common noun loses its capital, a name keeps it."""
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if fold(first) in _NOUNS else text
