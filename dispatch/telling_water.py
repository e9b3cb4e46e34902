"""Sentences about water: blocked drains, floods, backwater, high water, silting, moved covers.

The facts are listed in analytics/findings.py. Beyond that list, for kinds no detector raises yet:
`high_water`: level_m, normal_low_m, normal_high_m, to_cover_m (still free below the cover),
rise_cm_per_10min;
`silting`: rise_cm (of the lowest night level), dry_days.
"""

from analytics.findings import Severity
from devices.sites import SiteKind
from devices.vietnamese import fold
from dispatch import phrases
from dispatch.tale import Tale, clauses

#: What the Vietnamese sentence says, and only it, when a sensor drowned (see `says_drowned`).
_DROWNED_VI = "có thể cảm biến đã ngập"

#: Farther off than this a forecast of overflow is not worth a clause.
_OVERFLOW_SOON_H = 48


def blocked_drain(tale: Tale) -> str:
    """Water, the usual water, the rain, the next manhole; then which stretch, and how long it may wait."""
    level = tale.figure("level_m")
    water = (
        tale.say("nước cao bất thường", "water unusually high")
        if level is None
        else tale.say(f"nước {tale.metres(level)}", f"water {tale.metres(level)}")
    )
    seen = clauses(clauses(water, tale.usual(), tale.dry()), _downstream(tale), _also_raised(tale), by="; ")
    stretch = _stretch(tale)
    ask = tale.say(f"Nghi tắc {stretch}, đề nghị thông tắc", f"Blockage suspected {stretch}, please clear")
    return f"{tale.place}: {seen}. {clauses(ask, _overflow_in(tale), by='; ')}."


def _downstream(tale: Tale) -> str:
    site_id = tale.text("downstream_id")
    state = {
        "dry": tale.say("cạn", "is empty"),
        "normal": tale.say("ở mức thường ngày", "is at its usual level"),
        "raised": tale.say("cũng dâng cao", "is high too"),
        "unknown": tale.say("chưa rõ", "is not known"),
    }.get(tale.text("downstream_state"), "")
    if not site_id or not state:
        return ""
    code = phrases.code(site_id, tale.registry)
    word = phrases.head_word(site_id, tale.registry, "vi", "điểm")
    return tale.say(f"{word} dưới {code} {state}", f"{code} below {state}")


def _also_raised(tale: Tale) -> str:
    ids = [site_id for site_id in tale.text("also_raised").split(";") if site_id]
    if not ids:
        return ""
    names = ", ".join(phrases.code(site_id, tale.registry) for site_id in ids[:3])
    more = len(ids) - 3
    if more > 0:
        names += tale.say(f" và {more} điểm nữa", f" and {more} more")
    return tale.say(f"nước cũng đọng ở {names}", f"water also stands at {names}")


def _stretch(tale: Tale) -> str:
    upper = tale.finding.conduit_from or tale.finding.site_id
    lower = tale.finding.conduit_to or tale.text("downstream_id")
    first = phrases.code(upper, tale.registry)
    if not lower:
        return tale.say(f"phía dưới {first}", f"below {first}")
    last = phrases.code(lower, tale.registry)
    return tale.say(f"đoạn {first}–{last}", f"between {first} and {last}")


def _overflow_in(tale: Tale) -> str:
    hours = tale.figure("time_to_overflow_h")
    if hours is None or hours < 0 or hours > _OVERFLOW_SOON_H:
        return ""
    over_vi, over_en = _over(tale)
    if hours == 0:
        return tale.say(f"nước sắp {over_vi}", f"about to {over_en}")
    span = phrases.hours_text(hours, tale.lang)
    return tale.say(f"khoảng {span} nữa có thể {over_vi}", f"may {over_en} in about {span}")


def _over(tale: Tale) -> tuple[str, str]:
    """Over what the water comes, in both languages."""
    site = tale.registry.sites.get(tale.finding.site_id)
    if site is not None and site.kind in {SiteKind.CANAL, SiteKind.RIVER, SiteKind.POND}:
        return "tràn bờ", "overtop the bank"
    if fold(phrases.head_word(tale.finding.site_id, tale.registry, "vi", "")) in {"ga", "ho"}:
        return "tràn nắp ga", "spill from the cover"
    return "tràn lên mặt đường", "spill onto the street"


def flooding(tale: Tale) -> str:
    """How deep, when, rising or not, the rain; a sensor that drowned counts as a flood until looked at."""
    urgent = tale.finding.severity is Severity.CRITICAL
    prefix = tale.say("KHẨN. ", "URGENT. ") if urgent else ""
    if tale.flag("submerged"):
        return prefix + _drowned(tale)
    seen = clauses(clauses(_depth(tale), _rising(tale)), _rain(tale), by="; ")
    ask = tale.say(
        f"Đề nghị đến {'ngay' if urgent else 'kiểm tra'}, vớt rác miệng thu, đặt cảnh báo.",
        f"Please go {'now' if urgent else 'and look'}, clear the inlets, put up warnings.",
    )
    return f"{prefix}{tale.place}: {seen}. {ask}"


def says_drowned(sentence_vi: str) -> bool:
    """Does this sentence already say that the sensor may be under water?"""
    return _DROWNED_VI in sentence_vi


def _drowned(tale: Tale) -> str:
    since_ms = tale.moment("silent_since_ms")
    when_vi = f" lúc {tale.at(since_ms)}" if since_ms else ""
    when_en = f" at {tale.at(since_ms)}" if since_ms else ""
    return tale.say(
        f"{tale.place}: mất tín hiệu{when_vi} khi nước đang dâng nhanh; {_DROWNED_VI},"
        " coi như đang úng ngập cho đến khi kiểm tra.",
        f"{tale.place}: fell silent{when_en} while the water was rising fast; the sensor may be under water,"
        " treat as flooded until somebody has looked.",
    )


def _depth(tale: Tale) -> str:
    when = tale.at(tale.at_ms)
    depth, level = tale.figure("depth_over_street_cm"), tale.figure("level_m")
    if depth is not None and depth > 0:
        deep = tale.whole(max(1.0, depth))
        return tale.say(f"ngập khoảng {deep} cm lúc {when}", f"about {deep} cm of water at {when}")
    if level is None:
        return tale.say(f"nghi ngập lúc {when}", f"flooding suspected at {when}")
    height = tale.metres(level)
    if depth is None:
        return tale.say(f"nước {height} lúc {when}", f"water {height} at {when}")
    return tale.say(
        f"nước {height} lúc {when}, sát mặt đường", f"water {height} at {when}, close below the street"
    )


def _rising(tale: Tale) -> str:
    rise = tale.figure("rise_cm_per_10min")
    if rise is None:
        return ""
    if rise < 0.5:
        return tale.say("không dâng thêm", "no longer rising")
    step = tale.whole(rise)
    return tale.say(f"đang dâng {step} cm mỗi 10 phút", f"rising {step} cm every 10 min")


def _rain(tale: Tale) -> str:
    rain = tale.figure("rain_1h_mm")
    if rain is None:
        return ""
    if rain < 0.5:
        return tale.say("1 giờ qua không mưa", "no rain in the last hour")
    amount = tale.whole(rain)
    return tale.say(f"mưa {amount} mm trong 1 giờ qua", f"{amount} mm of rain in the last hour")


def backwater(tale: Tale) -> str:
    """The canal or river outside stands high: nothing is blocked, nobody clears anything."""
    return f"{tale.place}: {_outside(tale)}; " + tale.say(
        "không thấy dấu hiệu tắc. Chưa cần thông cống; đề nghị kiểm tra cửa cống và báo đơn vị thủy lợi.",
        "no sign of a blockage. No clearing needed; please check the gate and tell the irrigation company.",
    )


def _outside(tale: Tale) -> str:
    receiver_id = tale.text("receiver_id")
    receiver = tale.registry.sites.get(receiver_id)
    itself = receiver is None or receiver_id == tale.finding.site_id
    vi = en = ""
    if receiver is not None and not itself:
        vi = phrases.inside(phrases.site_name(receiver, "vi").split(",", 1)[0])
        en = phrases.site_name(receiver, "en").split(",", 1)[0]
    height = tale.figure("receiver_elevation_m")
    level = tale.figure("level_m") if itself else None
    if height is not None:
        stands = tale.say(
            f"{vi or 'nước'} {tale.elevation(height)}", f"{en or 'water'} at {tale.elevation(height)}"
        )
    elif level is not None:
        stands = tale.say(f"nước {tale.metres(level)}", f"water {tale.metres(level)}")
    else:
        stands = tale.say(vi or "nước ngoài", en or "the water outside")
    return clauses(stands, _how_high(tale))


def _how_high(tale: Tale) -> str:
    slow_vi, slow_en = "nên tiêu chậm", "so it empties slowly"
    above, rise = tale.figure("above_drain_cm"), tale.figure("receiver_rise_cm")
    if above is not None:
        if round(above) < 1:
            return tale.say(
                f"gần ngang nước trong cống {slow_vi}", f"about level with the water in the drain, {slow_en}"
            )
        much = tale.whole(above)
        return tale.say(
            f"cao hơn nước trong cống {much} cm {slow_vi}",
            f"{much} cm above the water in the drain, {slow_en}",
        )
    if rise is not None and round(rise) >= 1:
        much = tale.whole(rise)
        higher = tale.say(
            f"cao hơn mức thường giờ này {much} cm {slow_vi}",
            f"{much} cm above its usual height at this hour, {slow_en}",
        )
        return clauses(higher, tale.dry())
    return tale.say(f"đang cao {slow_vi}", f"stands high, {slow_en}")


def high_water(tale: Tale) -> str:
    """Higher than usual, and no cause named."""
    level, free = tale.figure("level_m"), tale.figure("to_cover_m")
    water = (
        tale.say("nước cao", "water is high")
        if level is None
        else tale.say(f"nước {tale.metres(level)}", f"water {tale.metres(level)}")
    )
    left = ""
    if free is not None and free > 0:
        much = tale.whole(free * 100)
        left = tale.say(f"còn {much} cm là đầy", f"{much} cm left to the top")
    seen = clauses(clauses(water, tale.usual(), left, _rising(tale)), _rain(tale), by="; ")
    ask = tale.say(
        "Đề nghị theo dõi, chuẩn bị vớt rác miệng thu.", "Please watch it and be ready to clear the inlets."
    )
    return f"{tale.place}: {seen}. {ask}"


def silting(tale: Tale) -> str:
    """The lowest night level creeps up in dry weather: for the dredging list, not for tonight."""
    rise, days = tale.figure("rise_cm"), tale.figure("dry_days")
    over_vi = f" sau {tale.whole(days)} ngày không mưa" if days else ""
    over_en = f" over {tale.whole(days)} dry days" if days else ""
    much_vi, much_en = (f" {tale.whole(rise)} cm",) * 2 if rise else ("", "")
    return f"{tale.place}: " + tale.say(
        f"mực nước thấp nhất ban đêm đã tăng{much_vi}{over_vi}. Nghi bồi lắng; chưa khẩn,"
        " đề nghị đưa vào đợt nạo vét tháng này.",
        f"the lowest night level has risen{much_en}{over_en}. Silting suspected; not urgent,"
        " please add to this month's dredging.",
    )


def cover_moved(tale: Tale) -> str:
    """A cover that is no longer where it lay is a hole in the street."""
    when = tale.at(tale.at_ms)
    return f"{tale.place}: " + tale.say(
        f"nắp xê dịch lúc {when}. Nghi hở miệng; đề nghị kiểm tra, rào chắn, đậy lại.",
        f"the cover moved at {when}. It may be open; please look, fence it off, put it back.",
    )
