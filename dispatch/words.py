"""The words people read: Vietnamese first, English second, one word per thing everywhere.

Every table maps one of our own names to `Label(vi, en)`; the functions take a language and never fail on
a name they know. The sentences themselves are in dispatch/sentences.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from analytics.findings import FindingKind, Severity
from devices.quantities import DEVICE_QUANTITIES, QUANTITIES
from devices.sites import SiteKind
from dispatch.orders import OrderState

Lang = Literal["vi", "en"]


class Label(NamedTuple):
    """One thing, said in both languages."""

    vi: str
    en: str

    def say(self, lang: Lang) -> str:
        """The label in that language."""
        return self.vi if lang == "vi" else self.en


STATES: Mapping[OrderState, Label] = {
    OrderState.OPEN: Label("mới", "open"),
    OrderState.ASSIGNED: Label("đã giao", "assigned"),
    OrderState.ACCEPTED: Label("đã nhận", "accepted"),
    OrderState.EN_ROUTE: Label("đang đến", "on the way"),
    OrderState.ON_SITE: Label("đã đến nơi", "on site"),
    OrderState.DONE: Label("đã xử lý xong", "done"),
    OrderState.VERIFIED: Label("cảm biến đã xác nhận", "verified by the sensor"),
    OrderState.CLOSED: Label("đã đóng", "closed"),
    OrderState.REJECTED: Label("từ chối", "rejected"),
    OrderState.PAUSED: Label("tạm dừng", "paused"),
    OrderState.CANCELLED: Label("đã hủy", "cancelled"),
    OrderState.REOPENED: Label("mở lại", "reopened"),
    OrderState.DONE_UNVERIFIED: Label("báo xong, chưa kiểm chứng", "reported done, not verified"),
}

#: Short, for a line in the queue: "nghi tắc · 3 giờ 20 phút".
KINDS: Mapping[FindingKind, Label] = {
    FindingKind.BLOCKED_DRAIN: Label("nghi tắc", "blockage suspected"),
    FindingKind.HIGH_WATER: Label("nước cao", "high water"),
    FindingKind.FLOODING: Label("úng ngập", "street flooding"),
    FindingKind.SILTING: Label("nghi bồi lắng", "silting suspected"),
    FindingKind.BACKWATER: Label("nước ngoài cao, tiêu chậm", "backwater"),
    FindingKind.OVERFLOW: Label("đầy tràn", "overflow"),
    FindingKind.OVERFLOW_EXPECTED: Label("sắp đầy", "soon full"),
    FindingKind.MISSED_COLLECTION: Label("chưa thu gom", "collection missed"),
    FindingKind.SUSPECTED_DUMPING: Label("nghi đổ trộm", "dumping suspected"),
    FindingKind.POOR_AIR: Label("không khí xấu", "poor air"),
    FindingKind.SMOKE_SUSPECTED: Label("nghi đốt, có khói", "smoke suspected"),
    FindingKind.SENSOR_SILENT: Label("mất tín hiệu", "sensor silent"),
    FindingKind.SENSOR_FAULT: Label("nghi hỏng cảm biến", "sensor fault suspected"),
    FindingKind.BATTERY_LOW: Label("pin yếu", "battery low"),
    FindingKind.GATEWAY_SILENT: Label("mất liên lạc trạm thu", "gateway silent"),
    FindingKind.COVER_MOVED: Label("nắp ga xê dịch", "cover moved"),
}

SEVERITIES: Mapping[Severity, Label] = {
    Severity.CRITICAL: Label("KHẨN", "URGENT"),
    Severity.MAJOR: Label("CAO", "HIGH"),
    Severity.MINOR: Label("VỪA", "MEDIUM"),
    Severity.INFO: Label("THEO DÕI", "WATCH"),
}

SITE_KINDS: Mapping[SiteKind, Label] = {
    SiteKind.DRAIN: Label("cống, rãnh", "drain"),
    SiteKind.CANAL: Label("kênh, mương", "canal"),
    SiteKind.RIVER: Label("sông", "river"),
    SiteKind.POND: Label("ao, hồ", "pond"),
    SiteKind.GATE: Label("cửa cống", "gate"),
    SiteKind.PUMP: Label("trạm bơm", "pump"),
    SiteKind.WASTE_POINT: Label("điểm tập kết rác", "collection point"),
    SiteKind.WATCH_SPOT: Label("điểm theo dõi", "watch spot"),
    SiteKind.AIR: Label("trạm không khí", "air station"),
    SiteKind.RAIN_GAUGE: Label("trạm đo mưa", "rain gauge"),
}

#: Answers a crew system sends as a status.
ANSWER_STATUSES: Mapping[str, Label] = {
    "accepted": Label("đã nhận", "accepted"),
    "en_route": Label("đang đến", "on the way"),
    "on_site": Label("đã đến nơi", "on site"),
    "done": Label("đã xong", "done"),
    "rejected": Label("không làm được", "cannot do it"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a crew says with one tap or one digit, and the status (and note) it stands for."""

    digit: int
    status: str
    label: Label
    note: str = ""


#: "Not blocked" is reported as done with a note: the sensor or a dispatcher then has the last word.
ANSWERS: tuple[Answer, ...] = (
    Answer(1, "accepted", Label("Đã nhận", "Accepted")),
    Answer(2, "en_route", Label("Đang đến", "On my way")),
    Answer(3, "on_site", Label("Đã đến nơi", "On site")),
    Answer(4, "done", Label("Đã xong", "Done")),
    Answer(
        5,
        "done",
        Label("Không phải tắc (báo nhầm)", "Not blocked (false alarm)"),
        note="không phải tắc (báo nhầm)",
    ),
    Answer(6, "rejected", Label("Không làm được (ghi lý do)", "Cannot do it (say why)")),
)

#: Why a dispatcher closed what the sensor did not verify.
CLOSE_REASONS: Mapping[str, Label] = {
    "real": Label("đúng sự cố, đã xử lý", "real, dealt with"),
    "not_blocked": Label("không phải tắc (báo nhầm)", "not blocked (false alarm)"),
    "sensor": Label("do cảm biến", "the sensor was at fault"),
    "cleared": Label("cảm biến báo đã hết", "the sensor says it is over"),
    "verified": Label("cảm biến đã xác nhận", "verified by the sensor"),
}

#: What stands in the event log, as a line on a work order's page.
EVENTS: Mapping[str, Label] = {
    "opened": Label("mở phiếu việc", "work order opened"),
    "assigned": Label("giao việc", "assigned"),
    "no_crew": Label("chưa có tổ nhận việc, cần điều phối", "no crew: a dispatcher is needed"),
    "answered": Label("tổ trả lời", "the crew answered"),
    "refused": Label("câu trả lời không được nhận", "the answer was refused"),
    "acknowledged": Label("điều phối đã tiếp nhận", "acknowledged by the dispatcher"),
    "paused": Label("tạm dừng", "paused"),
    "resumed": Label("làm tiếp", "resumed"),
    "cleared": Label("cảm biến báo đã hết", "the sensor says it is over"),
    "returned": Label("sự cố trở lại", "the trouble is back"),
    "worsened": Label("nặng hơn", "worse"),
    "eased": Label("nhẹ hơn", "less severe"),
    "updated": Label("cập nhật số liệu", "figures updated"),
    "verified": Label("cảm biến đã xác nhận", "verified by the sensor"),
    "done_unverified": Label("báo xong, chưa kiểm chứng", "reported done, not verified"),
    "closed": Label("đóng phiếu", "closed"),
    "cancelled": Label("hủy phiếu", "cancelled"),
    "reopened": Label("mở lại phiếu", "reopened"),
}

COMMANDS: Mapping[str, Label] = {
    "acknowledge": Label("Tiếp nhận", "Acknowledge"),
    "assign": Label("Giao việc", "Assign"),
    "pause": Label("Tạm dừng", "Pause"),
    "resume": Label("Làm tiếp", "Resume"),
    "cancel": Label("Hủy phiếu", "Cancel"),
    "close": Label("Đóng phiếu", "Close"),
    "reopen": Label("Mở lại", "Reopen"),
}

GATEWAY = Label("trạm thu", "gateway")
SIMULATED = Label("Số liệu mô phỏng", "Simulated data")
UNKNOWN = Label("chưa rõ", "not known")
WORK_ORDER = Label("phiếu việc", "work order")
FINDING = Label("cảnh báo", "finding")
CREW = Label("tổ/đội", "crew")


def state_label(state: OrderState, lang: Lang) -> str:
    """Where a work order stands."""
    return STATES[state].say(lang)


def kind_label(kind: FindingKind, lang: Lang) -> str:
    """What a finding says, in two or three words."""
    return KINDS[kind].say(lang)


def severity_label(severity: Severity, lang: Lang) -> str:
    """KHẨN, CAO, VỪA, THEO DÕI."""
    return SEVERITIES[severity].say(lang)


def site_kind_label(kind: SiteKind, lang: Lang) -> str:
    """What sort of place it is."""
    return SITE_KINDS[kind].say(lang)


def quantity_label(name: str, lang: Lang) -> str:
    """What is measured; a name nobody knows is shown as it came."""
    quantity = QUANTITIES.get(name) or DEVICE_QUANTITIES.get(name)
    if quantity is None:
        return name
    return quantity.label_vi if lang == "vi" else quantity.label_en


def answer_status_label(status: str, lang: Lang) -> str:
    """A crew's answer; a status nobody knows is shown as it came."""
    label = ANSWER_STATUSES.get(status)
    return label.say(lang) if label else status


def close_reason_label(reason: str, lang: Lang) -> str:
    """Why an order ended; a dispatcher's own words are shown as they came."""
    label = CLOSE_REASONS.get(reason)
    return label.say(lang) if label else reason


def event_label(what: str, lang: Lang) -> str:
    """One line of the event log; an event nobody knows is shown as it came."""
    label = EVENTS.get(what)
    return label.say(lang) if label else what


def answer_for_digit(digit: int) -> Answer | None:
    """What a crew means by this digit, if anything."""
    return next((answer for answer in ANSWERS if answer.digit == digit), None)
