"""The board: what people see, in both languages."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from analytics.findings import Finding, FindingKind, Severity
from api.board import rendering
from api.board.words import WORDS
from desk.keys import Scope
from devices.readings import Reading
from devices.sites import Site, SiteKind
from tests.api.house import HOUR, MINUTE, NOW, PAGE, House, backwater, blocked


def _page(house: House, path: str, scope: Scope = Scope.VIEWER) -> str:
    answer = house.ask(path, scope=scope, headers=PAGE)
    assert answer.status_code == 200, answer.text[:500]
    return unescape(answer.text)


def _text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_every_page_renders_in_both_languages(house: House) -> None:
    order = house.order()
    house.raise_finding(backwater())
    paths = ["/", "/sites", "/sites/G07", "/sites/D15", "/sites/W01", "/sites/M01", "/docs", "/sign-in"]
    for path in [*paths, "/sites/G07?period=7d", f"/work-orders/{order.id}", "/?fragment=queue"]:
        mark = "&" if "?" in path else "?"
        vi, en = _page(house, path, Scope.DISPATCHER), _page(house, f"{path}{mark}lang=en", Scope.DISPATCHER)
        if "fragment" not in path:
            assert '<html lang="vi">' in vi
            assert '<html lang="en">' in en
        assert vi != en
        assert len(vi.encode()) < 150_000


def test_the_queue_line_says_what_where_since_when_why_who_and_what_next(house: House) -> None:
    order = house.order()
    line = _text(_page(house, "/", Scope.DISPATCHER).split(f'id="{order.id}"')[1].split("</li>")[0])
    for part in ("CAO", "Ga G07, ngõ 3 Giang Cao", "nghi tắc", "2 giờ 59 phút", "0,82 m", "0,05–0,09 m"):
        assert part in line
    assert "Tổ thoát nước 1" in line
    assert line.endswith("đã giao Tiếp nhận")
    english = _text(_page(house, "/?lang=en", Scope.DISPATCHER))
    assert "Manhole G07, lane 3 Giang Cao blockage suspected · 2 h 59 min" in english
    assert "0.82 m" in english


def test_the_counts_are_links_to_their_lines(house: House) -> None:
    house.order()
    html = _page(house, "/")
    for name in ("to_do_now", "under_way", "sensors_to_mend"):
        assert f'href="#{name}"' in html
        assert f'id="{name}"' in html
    assert _text(html.split('id="counts"')[1]).startswith("data-live> 1 cần làm ngay 0 đang xử lý 0 cảm biến")


def test_the_worst_comes_first_then_what_has_waited_longest(house: House) -> None:
    for site, severity, hours in (("G06", "minor", 9), ("G07", "major", 1), ("G06", "critical", 2)):
        kind = FindingKind.FLOODING if severity == "critical" else FindingKind.BLOCKED_DRAIN
        at_ms = NOW - hours * HOUR
        facts = {"at_ms": at_ms}
        house.raise_finding(Finding(site, kind, Severity(severity), at_ms, at_ms, 0.9, facts=facts))
    words = re.findall(r'class="word">([^<]+)<', _page(house, "/"))
    assert words == ["KHẨN", "CAO", "VỪA"]


def test_a_quiet_day_says_so(house: House) -> None:
    html = _page(house, "/")
    assert "Không có việc cần xử lý" in html
    house.raise_finding(backwater())
    assert "Không có việc cần xử lý" in _page(house, "/"), "what is only watched is nobody's work"
    assert "Đang theo dõi, không cần điều tổ" in html


def test_data_that_stopped_turn_the_age_amber_and_unknown_is_never_zero(house: House) -> None:
    assert 'class="count age"' in _page(house, "/")
    house.clock[0] += 2 * HOUR
    html = _page(house, "/")
    assert 'class="count age stopped"' in html
    assert "2 giờ 1 phút trước" in html
    site = _text(_page(house, "/sites/G07"))
    assert "chưa rõ lần cuối 0,07 m" in site
    assert "Ga G06: chưa rõ" in html


def test_the_map_draws_every_site_with_a_position_in_the_shape_of_its_kind(house: House) -> None:
    house.order()
    html = _page(house, "/")
    mark = r'<a href="/sites/(\w+)"[^>]*><title>[^<]+</title>.*?class="m (m-\w+)" href="#(k-\w+)"'
    drawn = re.findall(mark, html)
    assert sorted(drawn) == [
        ("D15", "m-ok", "k-waste"),
        ("G06", "m-unknown", "k-water"),
        ("G07", "m-major", "k-water"),
        ("W01", "m-ok", "k-rain"),
    ]
    assert '<g class="flow">' in html


def test_the_board_is_filtered_by_the_address(house: House) -> None:
    house.order()
    assert "nghi tắc" in _page(house, "/?village=giang-cao&kind=drain")
    for query in ("village=da-ton", "kind=waste_point", "state=done"):
        html = _page(house, f"/?{query}")
        assert "0,82 m" not in html
        assert "Đang lọc:" in html


def test_a_sites_page_shows_curve_band_lines_rain_and_neighbours(house: House) -> None:
    house.order()
    html = _page(house, "/sites/G07")
    for mark in ('class="band"', 'class="curve c0"', 'class="rain"', "nắp ga", "đỉnh cống", "Phía dưới"):
        assert mark in html
    assert '<rect class="strip s-major"' in html
    text = _text(html)
    assert "Mực nước 0,82 m thường 0,05–0,09 m ủng hộ" in text
    assert "pin 71 %" in text
    assert "dragino/dds75-lb" in text
    assert "https://www.google.com/maps" in html


def test_the_list_finds_sites_without_marks(house: House) -> None:
    def found(query: str) -> list[str]:
        return re.findall(r'<td class="nm">.*?href="/sites/(\w+)"', _page(house, f"/sites?{query}"))

    assert found("q=giang%20cao") == ["G07", "W01", "G06"]
    assert sorted(found("q=da+ton")) == ["D15", "M01"]
    assert found("kind=waste_point") == ["D15"]
    assert sorted(found("state=ok")) == ["D15", "G07", "W01"]
    assert "Không có địa điểm nào khớp" in _page(house, "/sites?q=zzz")


def test_a_work_order_page_tells_its_story_and_offers_what_can_be_done(house: House) -> None:
    order = house.order()
    path = f"/work-orders/{order.id}"
    for step in ("command=acknowledge", "answer=1", "answer=4"):
        field, _, value = step.partition("=")
        house.ask(path, "POST", scope=Scope.DISPATCHER, data={field: value})
        house.clock[0] += MINUTE
    text = _text(_page(house, path, Scope.DISPATCHER))
    assert "Điều phối đã tiếp nhận label of dispatcher" in text
    assert "Tổ trả lời : đã xong Tổ thoát nước 1" in text
    assert 'value="close"' in _page(house, path, Scope.DISPATCHER)
    assert "geo:20.981,105.912" in _page(house, path)
    assert "<button" not in _page(house, path), "a viewer has nothing to press"


def test_a_command_that_cannot_be_carried_out_is_explained_in_the_readers_language(house: House) -> None:
    path = f"/work-orders/{house.order().id}"
    form = {"command": "reopen"}
    vi = house.ask(path, "POST", scope=Scope.DISPATCHER, headers=PAGE, data=form)
    assert vi.status_code == 409
    assert "đang ở bước" in vi.text
    assert "Work order" not in vi.text


def test_names_and_notes_are_shown_as_text_not_as_markup(house: House) -> None:
    order = house.order()
    path = f"/work-orders/{order.id}"
    evil = "<script>alert(1)</script>"
    house.ask(path, "POST", scope=Scope.CREW, data={"answer": "1", "note": evil})
    html = house.ask(path, scope=Scope.VIEWER).text
    assert evil not in html
    assert "&lt;script&gt;" in html


def test_pages_need_no_inline_script_or_style(house: House) -> None:
    order = house.order()
    for path in ("/", "/sites/G07", f"/work-orders/{order.id}", "/sign-in"):
        answer = house.ask(path, scope=Scope.DISPATCHER)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "style=" not in answer.text
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=", answer.text)


def test_the_language_is_remembered(house: House) -> None:
    answer = house.ask("/?lang=en", scope=Scope.VIEWER)
    cookie = answer.headers["set-cookie"].split(";")[0]
    assert '<html lang="en">' in house.ask("/", scope=Scope.VIEWER, headers={"cookie": cookie}).text
    assert "set-cookie" not in house.ask("/?lang=xx", scope=Scope.VIEWER).headers


def test_the_demo_wears_its_banner_and_a_real_commune_does_not(house: House) -> None:
    assert "Số liệu mô phỏng" not in _page(house, "/")


def test_every_page_of_the_demo_says_its_data_are_simulated(demo: House) -> None:
    for path in ("/", "/sites", "/sites/G07", "/sign-in", "/docs"):
        assert "Số liệu mô phỏng" in demo.ask(path, headers=PAGE).text
        assert "Simulated data" in demo.ask(f"{path}?lang=en", headers=PAGE).text


def test_every_text_exists_in_both_languages_with_the_same_places() -> None:
    for key, label in WORDS.items():
        assert label.vi, key
        assert label.en, key
        assert re.findall(r"{\w+}", label.vi) == re.findall(r"{\w+}", label.en), key


@pytest.mark.parametrize("kind", list(SiteKind))
def test_a_site_of_any_kind_without_readings_has_a_page(house: House, kind: SiteKind) -> None:
    with house.state.transaction() as tx:
        tx.registry.save_sites([Site("new", kind)], [], [])
    text = _text(_page(house, "/sites/new"))
    assert "chưa rõ" in text
    assert "Không có số đo trong khoảng này" in text


def test_a_bad_reading_is_not_drawn(house: House) -> None:
    house.readings.write([Reading("G06", "1", "water_level_m", NOW - HOUR, 29.0, qc=4)])
    html = _page(house, "/sites/G06")
    assert "Không có số đo trong khoảng này" in html
    assert "chưa rõ số đo lỗi 29,00 m" in _text(html)
    assert "Ga G06: chưa rõ" in _page(house, "/")


def test_a_finding_that_cleared_stays_in_the_history(house: House) -> None:
    order = house.order()
    house.raise_finding(replace(blocked(), closed_ms=NOW - HOUR, updated_ms=NOW - HOUR))
    text = _text(_page(house, "/sites/G07"))
    assert "Đã xảy ra nghi tắc" in text
    assert "đã hủy" in text
    assert order.id not in _page(house, "/")


def test_no_text_of_the_board_is_left_over() -> None:
    used = "".join(
        file.read_text(encoding="utf-8")
        for file in Path(rendering.__file__).parent.rglob("*.*")
        if file.suffix in {".py", ".html"} and file.name != "words.py"
    )
    by_name = ("error_", "remedy_", "group_", "state_")
    over = [key for key in WORDS if f'"{key}"' not in used and f"'{key}'" not in used]
    assert [key for key in over if not key.startswith(by_name)] == []
