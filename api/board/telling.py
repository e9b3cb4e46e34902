"""Times and numbers as people read them, on the commune's own clock."""

from api.board.words import say
from devices.quantities import QUANTITIES
from devices.vietnamese import number
from dispatch.phrases import age, local_time
from dispatch.words import Lang

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def exact(at_ms: int, lang: Lang) -> str:
    """`14:05 · 23/11/2026`, in English `14:05 · 23 Nov 2026`."""
    moment = local_time(at_ms)
    return f"{moment:%H:%M} · {day(at_ms, lang)}{'/' if lang == 'vi' else ' '}{moment.year}"


def clock(at_ms: int, now_ms: int, lang: Lang) -> str:
    """`14:05`, with the day where it is not today."""
    moment = local_time(at_ms)
    if moment.date() == local_time(now_ms).date():
        return f"{moment:%H:%M}"
    return f"{moment:%H:%M} · {day(at_ms, lang)}"


def day(at_ms: int, lang: Lang) -> str:
    """`23/11`, in English `23 Nov`."""
    moment = local_time(at_ms)
    return f"{moment.day}/{moment.month}" if lang == "vi" else f"{moment.day} {_MONTHS[moment.month - 1]}"


def ago(at_ms: int, now_ms: int, lang: Lang) -> str:
    """How long ago: `5 phút trước`; within a minute, and for clocks that disagree, `vừa xong`."""
    length = now_ms - at_ms
    if length < MINUTE_MS:
        return say("just_now", lang)
    return say("ago", lang, span=age(length, lang))


def lasting(since_ms: int, now_ms: int, lang: Lang) -> str:
    """How long something has gone on: `3 giờ 20 phút`."""
    return age(max(MINUTE_MS, now_ms - since_ms), lang)


def amount(value: float, quantity: str, lang: Lang) -> str:
    """A value of a quantity with its unit: `0,82 m`, `68 %`."""
    known = QUANTITIES.get(quantity)
    if known is None:
        return number(value, 2, lang)
    text = number(value, known.decimals, lang)
    return text if known.unit == "1" else f"{text} {known.unit}"
