"""Why a device was asked to report more often, or as usual again, in one sentence."""

from devices.sites import Registry
from devices.vietnamese import number
from dispatch.phrases import at_with_day, place
from dispatch.weather import Weather
from dispatch.words import Lang

MINUTE_S = 60


def asked_faster(weather: Weather, interval_s: int, registry: Registry, lang: Lang) -> str:
    """`Mưa 24 mm/giờ tại Trạm mưa M01 (17:20 ngày 14/8): báo 5 phút một lần.`"""
    where = place(weather.cause_id, registry, lang)
    when = at_with_day(weather.since_ms, lang)
    if weather.mm_per_h is None:
        what = f"Úng ngập tại {where}" if lang == "vi" else f"Street flooding at {where}"
    else:
        rate = number(weather.mm_per_h, 0, lang)
        what = f"Mưa {rate} mm/giờ tại {where}" if lang == "vi" else f"Rain of {rate} mm/h at {where}"
    ask = f"báo {_every(interval_s, lang)}" if lang == "vi" else f"report {_every(interval_s, lang)}"
    return f"{what} ({when}): {ask}."


def asked_as_usual(because_vi: str, because_en: str, interval_s: int, lang: Lang) -> str:
    """`Trời đã tạnh: báo 10 phút một lần như thường.`"""
    every = _every(interval_s, lang)
    if lang == "vi":
        return f"{because_vi}: báo {every} như thường."
    return f"{because_en}: report {every} as usual."


def _every(interval_s: int, lang: Lang) -> str:
    if interval_s % MINUTE_S:
        return f"{interval_s} giây một lần" if lang == "vi" else f"every {interval_s} s"
    minutes = interval_s // MINUTE_S
    return f"{minutes} phút một lần" if lang == "vi" else f"every {minutes} min"
