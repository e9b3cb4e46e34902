"""The sentences people read, against the wording agreed with the commune."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.findings import Evidence, Finding, FindingKind, Severity
from dispatch.sentences import age, evidence_text, sentence, short_what
from dispatch.words import Lang
from tests.dispatch.commune import HOUR, MINUTE, NOW, commune, finding, local_ms
from tests.dispatch.orders import an_order

BLOCKED = finding(
    "g07",
    conduit=("g07", "g06"),
    at_ms=NOW,
    level_m=0.82,
    normal_low_m=0.05,
    normal_high_m=0.09,
    dry_h=11.4,
    downstream_id="g06",
    downstream_state="dry",
    downstream_level_m=0.0,
    time_to_overflow_h=5.2,
    rise_cm_per_h=9.0,
    also_raised=None,
)
FLOODED = finding(
    "cho-gom",
    FindingKind.FLOODING,
    Severity.CRITICAL,
    at_ms=NOW,
    level_m=1.6,
    depth_over_street_cm=15.2,
    rise_cm_per_10min=8.1,
    rain_1h_mm=62.4,
    submerged=False,
    silent_since_ms=None,
)
DROWNED = finding(
    "cho-gom",
    FindingKind.FLOODING,
    Severity.CRITICAL,
    at_ms=local_ms("18:20"),
    level_m=1.2,
    rise_cm_per_10min=12.0,
    submerged=True,
    silent_since_ms=local_ms("17:42"),
)
BACKWATER = finding(
    "x03",
    FindingKind.BACKWATER,
    Severity.INFO,
    at_ms=NOW,
    level_m=0.9,
    receiver_id="cau-bay",
    receiver_elevation_m=3.42,
    above_drain_cm=4.0,
    receiver_rise_cm=30.0,
    dry_h=40.0,
)
FULL = finding(
    "d15",
    FindingKind.OVERFLOW,
    at_ms=local_ms("18:10"),
    full_containers=3,
    containers=3,
    level_pct=95.7,
    since_ms=local_ms("16:40"),
    next_round_ms=local_ms("20:00"),
)
SILENT = finding(
    "d31",
    FindingKind.SENSOR_SILENT,
    Severity.MINOR,
    at_ms=local_ms("09:45"),
    since_ms=local_ms("03:40"),
    missed=6,
    battery_pct=34.0,
)
GATEWAY = finding(
    "GW-2",
    FindingKind.GATEWAY_SILENT,
    at_ms=local_ms("17:00"),
    since_ms=local_ms("16:02"),
    sites=21,
    site_ids="a;b",
)

#: What is told; what it must say stands in sentences.json under the same name.
TOLD: dict[str, Finding] = {
    "blocked_drain": BLOCKED,
    "flooding": FLOODED,
    "backwater": BACKWATER,
    "overflow": FULL,
    "sensor_silent": SILENT,
    "silent while rising": DROWNED,
    "gateway_silent": GATEWAY,
    "silting": finding("r12", FindingKind.SILTING, Severity.MINOR, rise_cm=6, dry_days=14),
    "overflow_expected": finding(
        "d31",
        FindingKind.OVERFLOW_EXPECTED,
        at_ms=local_ms("12:00"),
        fill_pct=68,
        p50_ms=local_ms("18:30"),
        p10_ms=local_ms("16:50"),
        p90_ms=local_ms("20:40"),
        round_ms=local_ms("21:00"),
    ),
    "missed_collection": finding(
        "d31",
        FindingKind.MISSED_COLLECTION,
        at_ms=local_ms("22:15"),
        window_from_ms=local_ms("19:00"),
        window_to_ms=local_ms("22:00"),
        fill_pct=88,
    ),
    "suspected_dumping": finding(
        "b04", FindingKind.SUSPECTED_DUMPING, at_ms=local_ms("01:12"), rise_m=0.6, over_min=10
    ),
    "poor_air": finding(
        "k02",
        FindingKind.POOR_AIR,
        index=162,
        category="Xấu",
        estimate=True,
        dominant="PM2.5",
        value_ug_m3=97,
    ),
    "smoke_suspected": finding(
        "k02",
        FindingKind.SMOKE_SUSPECTED,
        at_ms=local_ms("18:30"),
        from_ug_m3=38,
        to_ug_m3=146,
        from_ms=local_ms("18:10"),
        to_ms=local_ms("18:30"),
        others_flat=True,
    ),
    "sensor_fault": finding(
        "r12", FindingKind.SENSOR_FAULT, value_m=1.2431, stuck_h=9, neighbours_moved=True
    ),
}

GOLDEN: dict[str, dict[Lang, str]] = json.loads(
    Path(__file__).with_name("sentences.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", TOLD)
def test_sentence_is_the_agreed_one(name: str) -> None:
    assert sentence(TOLD[name], commune(), "vi") == GOLDEN[name]["vi"]
    assert sentence(TOLD[name], commune(), "en") == GOLDEN[name]["en"]


def test_every_agreed_sentence_is_told() -> None:
    assert set(GOLDEN) == set(TOLD)


def test_a_blocked_canal_overtops_its_bank_and_names_what_it_can() -> None:
    told = finding("mp", level_m=1.0, time_to_overflow_h=0.6, dry_h=72, also_raised="g06;g07;r12;x03")
    assert sentence(told, commune(), "vi") == (
        "Kênh mp, Thôn 1 (Đông Dư): nước 1,00 m, 3 ngày qua không mưa; nước cũng đọng ở G06, G07, R12"
        " và 1 điểm nữa. Nghi tắc phía dưới mp, đề nghị thông tắc; khoảng 40 phút nữa có thể tràn bờ."
    )


def test_a_silent_neighbour_is_not_known_and_never_normal() -> None:
    told = finding("g07", level_m=0.5, downstream_id="g06", downstream_state="unknown")
    assert "ga dưới G06 chưa rõ" in sentence(told, commune(), "vi")
    assert "G06 below is not known" in sentence(told, commune(), "en")


def test_backwater_without_a_common_datum_compares_with_the_usual() -> None:
    told = finding(
        "x03", FindingKind.BACKWATER, receiver_id="cau-bay", receiver_rise_cm=31.0, dry_h=30.0, level_m=0.9
    )
    assert (
        "sông Cầu Bây, cao hơn mức thường giờ này 31 cm nên tiêu chậm, 30 giờ qua không mưa; không thấy"
    ) in sentence(told, commune(), "vi")


def test_a_canal_that_stands_high_itself_tells_its_own_level() -> None:
    told = finding(
        "cau-bay", FindingKind.BACKWATER, receiver_id="cau-bay", level_m=1.3, receiver_rise_cm=31.0
    )
    assert "nước 1,30 m, cao hơn mức thường giờ này 31 cm" in sentence(told, commune(), "vi")


def test_a_receiver_just_below_the_drain_is_about_level() -> None:
    told = finding(
        "x03", FindingKind.BACKWATER, receiver_id="cau-bay", receiver_elevation_m=3.4, above_drain_cm=-2.0
    )
    assert "sông Cầu Bây +3,40 m, gần ngang nước trong cống nên tiêu chậm" in sentence(told, commune(), "vi")


def test_water_below_the_street_is_not_called_a_flood_on_the_street() -> None:
    told = finding(
        "cho-gom", FindingKind.FLOODING, at_ms=NOW, level_m=1.42, depth_over_street_cm=0, rise_cm_per_10min=0
    )
    text = sentence(told, commune(), "vi")
    assert "nước 1,42 m lúc 17:20, sát mặt đường, không dâng thêm" in text
    assert not text.startswith("KHẨN")


def test_a_silence_since_yesterday_names_the_day() -> None:
    told = finding("d31", FindingKind.SENSOR_SILENT, at_ms=NOW, since_ms=local_ms("03:40", "2025-12-31"))
    assert "từ 03:40 ngày 31/12/2025" in sentence(told, commune(), "vi")
    assert "since 03:40 on 31 December 2025" in sentence(told, commune(), "en")


def test_a_site_nobody_knows_is_told_by_its_id() -> None:
    assert sentence(finding("lost"), commune(), "vi").startswith(
        "lost: nước cao bất thường. Nghi tắc phía dưới lost"
    )


_VALUES = st.one_of(
    st.none(), st.booleans(), st.floats(), st.integers(0, 2 * NOW), st.sampled_from(["", "g06", "dry", "x;y"])
)


@given(
    kind=st.sampled_from(list(FindingKind)),
    severity=st.sampled_from(list(Severity)),
    facts=st.dictionaries(
        st.sampled_from(
            sorted({name for told in TOLD.values() for name in told.facts if not name.endswith("_ms")})
        ),
        _VALUES,
    ),
    site_id=st.sampled_from(["g07", "cho-gom", "d31", "k02", "mp", "GW-2", "lost"]),
)
def test_no_fact_breaks_a_sentence(
    kind: FindingKind, severity: Severity, facts: dict[str, float | int | str | bool | None], site_id: str
) -> None:
    told = replace(finding(site_id, kind, severity), facts=facts)
    languages: tuple[Lang, ...] = ("vi", "en")
    for lang in languages:
        text = sentence(told, commune(), lang)
        assert text.endswith(".")
        assert "None" not in text
        assert "nan" not in text.split()
        assert "bình thường" not in text
        assert "  " not in text
        assert " ." not in text


def test_evidence_says_what_was_seen_and_what_is_usual() -> None:
    level = Evidence("surplus", 0.82, "m", 1.2, (0.05, 0.09))
    assert evidence_text(level, "vi") == "mực nước 0,82 m, thường 0,05–0,09 m"
    assert evidence_text(level, "en") == "water level 0.82 m, usually 0.05–0.09 m"
    assert evidence_text(Evidence("dry_hours", 11.5, "h", 0.5), "vi") == "không mưa đã 11 giờ 30 phút"
    assert evidence_text(Evidence("receiver_surface", 3.42, "m", 0.5), "vi") == "mặt nước nơi nhận +3,42 m"
    assert evidence_text(Evidence("fast_rise", 8, "cm/10min", 0.5), "en") == "fast rise 8 cm every 10 min"
    assert evidence_text(Evidence("full_containers", 3, "count", 1.0), "vi") == "số thùng đầy 3"
    assert evidence_text(Evidence("silent_for", 45, "min", 1.0, (None, 15)), "vi") == (
        "mất tín hiệu đã 45 phút, thường dưới 15 phút"
    )
    assert (
        evidence_text(Evidence("battery", 34, "%", 1.0, (20, None)), "en")
        == "battery 34 %, usually above 20 %"
    )
    assert (
        evidence_text(Evidence("new_thing", 2, "m", 1.0, (2, 2)), "en") == "new thing 2.00 m, usually 2.00 m"
    )


@pytest.mark.parametrize(
    ("ms", "lang", "text"),
    [
        (0, "vi", "0 phút"),
        (-5, "en", "0 min"),
        (12 * MINUTE, "vi", "12 phút"),
        (3 * HOUR + 20 * MINUTE, "vi", "3 giờ 20 phút"),
        (3 * HOUR, "en", "3 h"),
        (52 * HOUR + 5 * MINUTE, "vi", "2 ngày 4 giờ"),
        (48 * HOUR, "en", "2 d"),
    ],
)
def test_ages_read_naturally(ms: int, lang: Lang, text: str) -> None:
    assert age(ms, lang) == text


def test_the_queue_says_what_and_since_when() -> None:
    order = an_order(opened_ms=NOW - 3 * HOUR - 20 * MINUTE)
    assert short_what(order, NOW, "vi") == "nghi tắc · 3 giờ 20 phút"
    assert short_what(order, NOW, "en") == "blockage suspected · 3 h 20 min"
    assert short_what(an_order(opened_ms=NOW), NOW, "vi") == "nghi tắc · vừa xong"
