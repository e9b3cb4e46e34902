"""Sentences about the air. No detector raises these yet; the facts they are told from:

`poor_air`: index (hourly VN_AQI), category (its Vietnamese name), estimate (low-cost sensor), dominant
(`PM2.5`), value_ug_m3; `smoke_suspected`: from_ug_m3, to_ug_m3, from_ms, to_ms, others_flat.
"""

from dispatch.tale import Tale, clauses


def poor_air(tale: Tale) -> str:
    """The index, what drives it, and what to do about both."""
    index, category = tale.figure("index"), tale.text("category")
    amount, dominant = tale.figure("value_ug_m3"), tale.text("dominant")
    air = tale.say("không khí xấu", "poor air")
    if index is not None:
        air = tale.say(f"VN_AQI giờ {tale.whole(index)}", f"hourly VN_AQI {tale.whole(index)}")
    level = tale.say(f"mức {category}", f"“{category}”") if category else ""
    air = clauses(air, level)
    if tale.flag("estimate"):
        air += tale.say(" (ước tính, cảm biến chi phí thấp)", " (estimate, low-cost sensor)")
    cause = ""
    if dominant and amount is not None:
        much = f"{tale.whole(amount)} µg/m³"
        cause = tale.say(f"do {dominant} {much}", f"driven by {dominant} at {much}")
    ask = tale.say(
        "Nên hạn chế hoạt động ngoài trời; đề nghị kiểm tra nguồn bụi và đốt quanh trạm.",
        "Limit outdoor activity; please check dust and burning nearby.",
    )
    return f"{tale.place}: {clauses(air, cause)}. {ask}"


def smoke_suspected(tale: Tale) -> str:
    """A steep rise at one station alone."""
    low, high = tale.figure("from_ug_m3"), tale.figure("to_ug_m3")
    first, last = tale.moment("from_ms"), tale.moment("to_ms")
    rise = tale.say("PM2.5 tăng nhanh", "PM2.5 rose fast")
    if low is not None and high is not None:
        rise = tale.say(
            f"PM2.5 tăng từ {tale.whole(low)} lên {tale.whole(high)} µg/m³",
            f"PM2.5 rose from {tale.whole(low)} to {tale.whole(high)} µg/m³",
        )
    if first is not None and last is not None:
        minutes, span = (last - first) // 60_000, f"({tale.at(first)}–{tale.at(last)})"
        rise += tale.say(f" trong {minutes} phút {span}", f" in {minutes} min {span}")
    alone = tale.say("các trạm khác không tăng", "other stations did not") if tale.flag("others_flat") else ""
    ask = tale.say(
        "Nghi đốt rơm rạ, rác hoặc than tổ ong gần đó; đề nghị thôn kiểm tra, nhắc nhở.",
        "Straw, rubbish or coal burning nearby suspected; village please check.",
    )
    return f"{tale.place}: {clauses(rise, alone)}. {ask}"
