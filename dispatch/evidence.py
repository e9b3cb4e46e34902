"""Evidence as people read it: what was seen, and what is normal."""

import math
from collections.abc import Mapping

from analytics.findings import Evidence
from devices.quantities import DEVICE_QUANTITIES, QUANTITIES
from devices.vietnamese import number
from dispatch import phrases
from dispatch.words import Label, Lang, quantity_label

#: What each piece of evidence is called (the names stand in analytics/findings.py).
NAMES: Mapping[str, Label] = {
    "surplus": Label("mực nước", "water level"),
    "depth_used": Label("phần chiều sâu đã đầy", "depth used"),
    "dry_hours": Label("không mưa đã", "no rain for"),
    "rise": Label("tốc độ dâng", "rise"),
    "downstream_dry": Label("điểm dưới cạn", "empty below"),
    "downstream_normal": Label("điểm dưới ở mức thường ngày", "usual level below"),
    "downstream_raised": Label("điểm dưới cũng dâng cao", "high below too"),
    "upstream_raised": Label("điểm trên cũng dâng cao", "high above too"),
    "canal_high": Label("kênh, sông cao hơn thường ngày", "canal above its usual"),
    "sudden_step": Label("nhảy đột ngột, giống lỗi cảm biến", "sudden step, looks like the sensor"),
    "receiver_surface": Label("mặt nước nơi nhận", "water surface outside"),
    "over_street": Label("nước trên mặt đường", "water over the street"),
    "fast_rise": Label("dâng nhanh", "fast rise"),
    "rain_1h": Label("mưa 1 giờ qua", "rain in the last hour"),
    "second_reading": Label("lần đo thứ hai", "second reading"),
    "neighbour_high": Label("điểm liền kề cũng cao", "neighbour high too"),
    "silent_while_rising": Label("mất tín hiệu khi đang dâng, đã", "silent while rising, for"),
    "fill_level": Label("mức đầy", "fill level"),
    "full_containers": Label("số thùng đầy", "full containers"),
    "silent_for": Label("mất tín hiệu đã", "silent for"),
    "missed_reports": Label("số lần báo bị lỡ", "reports missed"),
    "battery": Label("pin", "battery"),
    "silent_sites": Label("số điểm mất tín hiệu", "silent sites"),
}

_SIGNED = frozenset({"receiver_surface"})
_DURATION_MS = {"min": 60_000, "h": 3_600_000}
_PER = {"cm/10min": Label("cm mỗi 10 phút", "cm every 10 min"), "cm/h": Label("cm mỗi giờ", "cm per hour")}


def evidence_name(name: str, lang: Lang) -> str:
    """What was looked at; a name nobody knows is shown with spaces for its underscores."""
    label = NAMES.get(name)
    return label.say(lang) if label else quantity_label(name, lang).replace("_", " ")


def evidence_text(evidence: Evidence, lang: Lang) -> str:
    """`mực nước 0,82 m, thường 0,05–0,09 m`."""
    seen = f"{evidence_name(evidence.name, lang)} {value_text(evidence, evidence.value, lang)}"
    usual = normal_text(evidence, lang)
    return f"{seen}, {usual}" if usual else seen


def normal_text(evidence: Evidence, lang: Lang) -> str:
    """What is usual: `thường 0,05–0,09 m`; empty where that is not known."""
    low, high = evidence.normal
    usual = "thường" if lang == "vi" else "usually"
    if low is not None and high is not None:
        first, last = _figure(evidence, low, lang), _figure(evidence, high, lang)
        span = first if first == last else f"{first}–{last}"
        return f"{usual} {span}{_unit(evidence, lang)}"
    if high is not None:
        return f"{usual} {'dưới' if lang == 'vi' else 'below'} {value_text(evidence, high, lang)}"
    if low is not None:
        return f"{usual} {'trên' if lang == 'vi' else 'above'} {value_text(evidence, low, lang)}"
    return ""


def value_text(evidence: Evidence, value: float, lang: Lang) -> str:
    """One value in the evidence's unit: lengths of time as people say them, heights with their sign."""
    return _figure(evidence, value, lang) + _unit(evidence, lang)


def _figure(evidence: Evidence, value: float, lang: Lang) -> str:
    if evidence.unit in _DURATION_MS and math.isfinite(value):
        return phrases.age(int(value * _DURATION_MS[evidence.unit]), lang)
    quantity = QUANTITIES.get(evidence.name) or DEVICE_QUANTITIES.get(evidence.name)
    decimals = quantity.decimals if quantity else {"m": 2, "V": 2}.get(evidence.unit, 0)
    text = number(value, decimals, lang)
    return f"+{text}" if evidence.name in _SIGNED and value >= 0 else text


def _unit(evidence: Evidence, lang: Lang) -> str:
    """The unit with the space before it; empty where the figure says it all."""
    if evidence.unit in {"", "1", "count"} or evidence.unit in _DURATION_MS:
        return ""
    label = _PER.get(evidence.unit)
    return f" {label.say(lang) if label else evidence.unit}"
