"""Sentences about waste: full points, points soon full, missed rounds, heaps that grew at night.

The facts of `overflow` are listed in analytics/findings.py; `next_round_ms` is told where it is known. For
kinds no detector raises yet: `overflow_expected`: fill_pct, p10_ms, p50_ms, p90_ms, round_ms;
`missed_collection`: window_from_ms, window_to_ms, fill_pct; `suspected_dumping`: rise_m, over_min.
"""

import math

from devices.vietnamese import number
from dispatch import phrases
from dispatch.tale import Tale, clauses

_HOUR_MS = 3_600_000


def overflow(tale: Tale) -> str:
    """How many containers are how full since when; then the next round."""
    since_ms = tale.moment("since_ms")
    full, containers = tale.figure("full_containers"), tale.figure("containers")
    lasting_ms = 0 if since_ms is None else tale.at_ms - since_ms
    when = tale.say(f" từ {tale.at(since_ms)}", f" since {tale.at(since_ms)}") if since_ms else ""
    for_how_long = ""
    if lasting_ms >= 60_000:
        age = phrases.age(lasting_ms, tale.lang)
        for_how_long = tale.say(f"đã {age}", f"for {age}")
    on_the_ground = ""
    if lasting_ms >= _HOUR_MS or (full is not None and full == containers):
        on_the_ground = tale.say("nhiều khả năng rác đã tràn ra ngoài", "waste is probably on the ground")
    seen = clauses(clauses(_how_full(tale, full, containers) + when, for_how_long), on_the_ground, by="; ")
    return f"{tale.place}: {seen}. {_collect_sooner(tale)}"


def _how_full(tale: Tale, full: float | None, containers: float | None) -> str:
    level = tale.figure("level_pct")
    if level is not None:
        level = _below(level)
    above_vi = f" trên {tale.whole(int(level))} %" if level is not None else ""
    above_en = f"above {tale.whole(int(level))} %" if level is not None else "full"
    if full is None or containers is None:
        return tale.say(f"thùng đầy{above_vi}", f"container {above_en}")
    return tale.say(
        f"{full:.0f}/{containers:.0f} thùng đầy{above_vi}",
        f"{full:.0f} of {containers:.0f} container{'s' if containers != 1 else ''} {above_en}",
    )


def _below(level_pct: float) -> float:
    """The next five per cent below: people read "above 95 %", not "above 97 %"."""
    return max(0.0, min(95.0, (math.ceil(level_pct / 5) - 1) * 5.0))


def _collect_sooner(tale: Tale) -> str:
    next_ms = tale.moment("next_round_ms")
    if next_ms is None:
        return tale.say("Đề nghị thu gom sớm.", "Please collect soon.")
    when = tale.at(next_ms)
    return tale.say(
        f"Chuyến gần nhất {when}, đề nghị thu gom sớm.", f"Next round {when}, please collect earlier."
    )


def overflow_expected(tale: Tale) -> str:
    """When it will be full, from when to when, and whether the truck comes first."""
    fill, middle = tale.figure("fill_pct"), tale.moment("p50_ms")
    early, late, round_ms = tale.moment("p10_ms"), tale.moment("p90_ms"), tale.moment("round_ms")
    now = tale.say(f"hiện {tale.whole(fill)} %", f"{tale.whole(fill)} % now") if fill is not None else ""
    if middle is None:
        expected = tale.say("dự kiến sớm đầy", "expected full soon")
    else:
        same_day = phrases.local_time(middle).date() == phrases.local_time(tale.at_ms).date()
        today_vi, today_en = (" hôm nay", " today") if same_day else ("", "")
        expected = tale.say(
            f"dự kiến đầy khoảng {tale.at(middle)}{today_vi}",
            f"expected full about {tale.at(middle)}{today_en}",
        )
    if early is not None and late is not None:
        first, last = tale.at(early), tale.at(late)
        expected += tale.say(
            f" (sớm nhất {first}, muộn nhất {last})", f" ({first} at the earliest, {last} at the latest)"
        )
    before = ""
    if round_ms is not None:
        when = tale.at(round_ms)
        before = tale.say(f"trước chuyến {when}", f"before the {when} round")
    ask = tale.say("Đề nghị thu gom sớm hoặc thêm thùng.", "Please collect earlier or add a container.")
    return f"{tale.place}: {clauses(now, expected, before)}. {ask}"


def missed_collection(tale: Tale) -> str:
    """Nobody came in the window, and the sensor is well."""
    first, last = tale.moment("window_from_ms"), tale.moment("window_to_ms")
    fill = tale.figure("fill_pct")
    vi, en = "chưa ghi nhận thu gom", "no collection seen"
    if first is not None and last is not None:
        vi += f" trong khung {tale.at(first)}–{tale.at(last)}"
        en += f" between {tale.at(first)} and {tale.at(last)}"
    still = ""
    if fill is not None:
        when, much = tale.at(tale.at_ms), tale.whole(fill)
        still = tale.say(
            f"lúc {when} vẫn đầy {much} %, cảm biến hoạt động tốt",
            f"still {much} % full at {when}, sensor working",
        )
    ask = tale.say(
        "Đề nghị đơn vị thu gom xác nhận và bố trí chuyến bù.", "Please confirm and arrange a make-up round."
    )
    return f"{tale.place}: {clauses(tale.say(vi, en), still, by='; ')}. {ask}"


def suspected_dumping(tale: Tale) -> str:
    """A heap that grew all at once; for the patrol. The day is always named: these are read next morning."""
    rise, minutes = tale.figure("rise_m"), tale.figure("over_min")
    when = phrases.at_with_day(tale.at_ms, tale.lang)
    vi, en = "đống vật liệu cao thêm", "the heap grew"
    if rise is not None:
        vi += f" khoảng {number(rise, 1, 'vi')} m"
        en += f" about {number(rise, 1, 'en')} m"
    if minutes is not None:
        vi += f" trong {tale.whole(minutes)} phút"
        en += f" in {tale.whole(minutes)} min"
    where = phrases.inside(tale.place)
    return tale.say(
        f"Nghi đổ trộm: {where}, {when}, {vi}. Đề nghị tổ tuần tra kiểm tra; thiết bị không ghi hình.",
        f"Dumping suspected: {where}, {when}, {en}. Patrol please check; the device takes no pictures.",
    )
