"""Every name people meet has its word in both languages."""

from analytics.findings import FindingKind, Severity
from devices.sites import SiteKind
from dispatch import words
from dispatch.deciding import CLOSE_REASONS, CommandName
from dispatch.evidence import NAMES, evidence_name
from dispatch.orders import OrderState


def test_every_state_kind_severity_and_command_has_words() -> None:
    assert set(words.STATES) == set(OrderState)
    assert set(words.KINDS) == set(FindingKind)
    assert set(words.SEVERITIES) == set(Severity)
    assert set(words.SITE_KINDS) == set(SiteKind)
    assert set(words.COMMANDS) == {str(name) for name in CommandName}
    assert set(CLOSE_REASONS) <= set(words.CLOSE_REASONS)


def test_no_word_is_missing_in_either_language() -> None:
    tables = (
        words.STATES,
        words.KINDS,
        words.SEVERITIES,
        words.SITE_KINDS,
        words.EVENTS,
        words.CLOSE_REASONS,
        words.COMMANDS,
        words.ANSWER_STATUSES,
        NAMES,
    )
    for table in tables:
        for label in table.values():
            assert label.vi
            assert label.en


def test_the_six_digits_are_the_agreed_ones() -> None:
    said = {answer.digit: (answer.status, answer.label.vi) for answer in words.ANSWERS}
    assert said == {
        1: ("accepted", "Đã nhận"),
        2: ("en_route", "Đang đến"),
        3: ("on_site", "Đã đến nơi"),
        4: ("done", "Đã xong"),
        5: ("done", "Không phải tắc (báo nhầm)"),
        6: ("rejected", "Không làm được (ghi lý do)"),
    }
    false_alarm = words.answer_for_digit(5)
    assert false_alarm is not None
    assert false_alarm.note
    assert words.answer_for_digit(7) is None


def test_labels_speak_the_language_asked_for() -> None:
    assert words.state_label(OrderState.DONE_UNVERIFIED, "vi") == "báo xong, chưa kiểm chứng"
    assert words.kind_label(FindingKind.BLOCKED_DRAIN, "en") == "blockage suspected"
    assert words.severity_label(Severity.CRITICAL, "vi") == "KHẨN"
    assert words.site_kind_label(SiteKind.WASTE_POINT, "vi") == "điểm tập kết rác"
    assert words.quantity_label("water_level_m", "vi") == "mực nước"
    assert words.quantity_label("distance_mm", "en") == "distance"
    assert words.close_reason_label("sensor", "vi") == "do cảm biến"
    assert words.event_label("no_crew", "en").startswith("no crew")
    assert words.answer_status_label("en_route", "vi") == "đang đến"


def test_unknown_names_are_shown_as_they_came() -> None:
    assert words.quantity_label("new", "vi") == "new"
    assert words.close_reason_label("đang thi công", "en") == "đang thi công"
    assert words.event_label("new", "vi") == "new"
    assert words.answer_status_label("new", "vi") == "new"
    assert evidence_name("new_thing", "vi") == "new thing"
