"""The board's pages about devices: listed, adopted from a phone, looked at from the ladder, changed."""

import re
from dataclasses import asdict
from html import unescape
from pathlib import Path

import pytest

from api.board import rendering
from api.board.device_words import DEVICE_WORDS
from desk.keys import Scope
from devices.frames import Frame, in_blocks
from devices.readings import Reading
from devices.sites import Geometry
from devices.uplinks import RejectReason
from storage.state import RejectRow
from tests.api.house import HOUR, MINUTE, NOW, PAGE, House
from tests.api.test_device_work import EUI, stranger

PAGES = [
    "/devices",
    "/devices/adopt",
    f"/devices/adopt?device={EUI}",
    "/devices/a84041aa",
    f"/devices/{EUI}",
]
MOUNTED = {"height": "185,5", "unit": "cm", "site": "M01", "model": "milesight/em310-udl"}


def page(house: House, path: str, scope: Scope = Scope.ADMIN) -> str:
    answer = house.ask(path, scope=scope, headers=PAGE)
    assert answer.status_code == 200, answer.text[:500]
    return unescape(answer.text)


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def part(html: str, mark: str) -> str:
    return text(html.split(f'id="{mark}"')[1].split("</section>")[0].partition(">")[2])


def post(house: House, path: str, form: dict[str, str], scope: Scope = Scope.ADMIN) -> tuple[int, str]:
    """A browser that is signed in fills in a form; the status, and where it is sent or what it is told."""
    cookie = house.session(scope)
    token = house.csrf(cookie)
    answer = house.ask(path, "POST", headers={**cookie, **PAGE}, data={"csrf": token, **form})
    return answer.status_code, answer.headers.get("location", text(unescape(answer.text)))


def adopt(house: House, **form: str) -> tuple[int, str]:
    return post(house, "/devices/adopt", {"step": "adopt", "device": EUI, **MOUNTED, **form})


@pytest.mark.parametrize("scope", [Scope.VIEWER, Scope.CREW])
def test_the_list_the_strangers_and_the_rejects_are_for_dispatchers(house: House, scope: Scope) -> None:
    stranger(house)
    for path in ("/devices", "/devices/adopt", "/rejects", "/rejects/1"):
        assert house.ask(path, scope=scope, headers=PAGE).status_code == 403, path
    assert house.ask(f"/devices/{EUI}", scope=scope, headers=PAGE).status_code == 404
    assert 'href="/devices"' not in page(house, "/", scope)
    assert 'href="/devices"' in page(house, "/", Scope.DISPATCHER)


def test_a_reader_sees_how_a_device_does_and_has_nothing_to_press(house: House) -> None:
    with house.state.transaction() as tx:
        tx.rejects.add(RejectRow(NOW, "t", "a84041aa", RejectReason.CLOCK, "kept back", b""))
    for scope in (Scope.VIEWER, Scope.DISPATCHER):
        html = page(house, "/devices/a84041aa", scope)
        assert "đều" in part(html, "signs")
        assert "?do=" not in html
        assert ("kept back" in html) == (scope is Scope.DISPATCHER)


def test_a_stranger_who_is_not_signed_in_is_asked_to(demo: House) -> None:
    assert demo.ask("/devices/a84041aa", headers=PAGE).status_code == 200
    for path in ("/devices", "/devices/adopt", "/rejects"):
        answer = demo.ask(path, headers=PAGE)
        assert answer.status_code == 401
        assert f'name="next" value="{path}"' in answer.text


@pytest.mark.parametrize(
    "path", ["/devices/adopt", "/devices/a84041aa", "/sites/G07"], ids=["adopt", "change", "report"]
)
def test_a_form_from_elsewhere_is_refused(house: House, path: str) -> None:
    cookie = house.session(Scope.ADMIN)
    form = {"step": "adopt", "device": EUI, **MOUNTED, "command": "retire", "sure": "1"}
    for csrf in ("", "0" * 64):
        answer = house.ask(path, "POST", headers=cookie, data={**form, "csrf": csrf})
        assert answer.status_code == 403
    elsewhere = {**cookie, "origin": "http://evil.example"}
    token = house.csrf(house.session(Scope.ADMIN))
    assert house.ask(path, "POST", headers=elsewhere, data={**form, "csrf": token}).status_code == 403
    with house.state.snapshot() as tx:
        assert tx.events.head() == 0


@pytest.mark.parametrize("scope", [Scope.CREW, Scope.DISPATCHER])
def test_only_installers_and_above_change_devices_by_form(house: House, scope: Scope) -> None:
    for path in ("/devices/adopt", "/devices/a84041aa"):
        form = {"step": "adopt", "device": EUI, **MOUNTED, "command": "retire", "sure": "1"}
        assert house.ask(path, "POST", scope=scope, data=form).status_code == 403
    if scope is Scope.DISPATCHER:
        assert "Cần khóa của người lắp đặt" in page(house, f"/devices/adopt?device={EUI}", scope)


def test_the_list_says_in_words_how_each_device_reports(house: House) -> None:
    frames = [Frame("a84041aa", "s", number, ("gw-1",), NOW - HOUR) for number in (1, 2, 3, 6)]
    with house.state.transaction() as tx:
        tx.frames.mark(in_blocks(frames))
    html = page(house, "/devices", Scope.DISPATCHER)
    rows = [text(row) for row in re.findall(r"<tr>\s*<td.*?</tr>", html, re.DOTALL)]
    assert rows[0].startswith("24e124bb JSON của Kênh Điểm tập kết Đ15 ? chưa báo")
    assert rows[1] == "a84041aa dragino/dds75-lb Ga G07, ngõ 3 Giang Cao ✓ đang báo 67 % 71 % 1 phút trước"
    house.clock[0] += 30 * MINUTE
    assert "! chậm" in text(page(house, "/devices?state=late", Scope.DISPATCHER))
    house.clock[0] += 2 * HOUR
    assert "✕ mất tín hiệu" in text(page(house, "/devices?q=giang+cao", Scope.DISPATCHER))
    assert "Không có thiết bị nào khớp" in page(house, "/devices?village=da-ton&q=a84041aa")


def test_strangers_stand_above_the_devices_with_a_button_each(house: House) -> None:
    assert "Thiết bị chưa nhận" not in page(house, "/devices")
    stranger(house, hint="Milesight EM310-UDL")
    html = page(house, "/devices")
    told = part(html, "strangers")
    assert "thùng 7" in told
    assert "milesight/em310-udl · 1 bản tin · nghe từ" in told
    assert html.index("Thiết bị chưa nhận") < html.index('id="list"')
    assert f'href="/devices/adopt?device={EUI}"' in html


@pytest.mark.parametrize(
    ("label", "leads_to"),
    [
        ("24:E1:24:71:3B:49:42:21", f"?device={EUI}"),
        (
            "LW:D0:1122334455667788:24E124713B494221:AABB1122:PEM310-UDL",
            f"?device={EUI}&model=milesight/em310-udl",
        ),
        ("a84041aa", "?device=a84041aa"),
    ],
)
def test_a_label_leads_to_the_form_for_its_device(house: House, label: str, leads_to: str) -> None:
    form = {"step": "read", "text": label}
    assert post(house, "/devices/adopt", form) == (303, f"/devices/adopt{leads_to}")


def test_a_label_that_names_no_device_is_explained_and_keys_are_not_repeated(house: House) -> None:
    status, told = post(house, "/devices/adopt", {"step": "read", "text": "APPKEY 0011"})
    assert status == 422
    assert "Không thấy DevEUI" in told
    assert "0011" not in told
    status, told = post(house, "/devices/adopt", {"step": "read", "text": "cong-01"})
    assert status == 422
    assert "Dùng nguyên văn làm mã thiết bị: cong-01" in told


def test_the_form_suggests_the_model_and_finds_sites_without_marks(house: House) -> None:
    stranger(house, hint="EM310-UDL")
    html = page(house, f"/devices/adopt?device={EUI}")
    assert '<option value="milesight/em310-udl" selected>EM310-UDL</option>' in html
    assert "đoán theo tên: milesight/em310-udl" in html
    assert re.search(r'<option value="M01">[^<]*muong m01', html)
    assert "Đã nghe 1 bản tin" in html


def test_adopting_by_form_mounts_the_device_and_leads_to_its_page(house: House) -> None:
    stranger(house)
    status, onward = adopt(house, lat="20,981", lon="105,912", every="10", site="muong")
    assert (status, onward) == (303, f"/devices/{EUI}?done=adopted&waiting=1")
    registry_now = house.ask("/api/v1/devices/" + EUI, scope=Scope.ADMIN).json()
    (mounting,) = registry_now["mountings"]
    assert (mounting["site_id"], mounting["geometry"]["mount_height_mm"]) == ("M01", 1855)
    assert registry_now["expected_interval_s"] == 600
    assert house.ask("/api/v1/sites/M01", scope=Scope.ADMIN).json()["lat"] == 20.981
    html = page(house, onward)
    assert "Đã nhận thiết bị. 1 bản tin gửi trước khi được nhận vẫn còn trong nhật ký" in html
    assert "Trang này tự cập nhật" in part(html, "verdict")
    assert "Cao lắp 1.855 mm" in part(html, "geometry")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"site": "chợ"}, "Không tìm thấy địa điểm “chợ”"),
        ({"site": "ga"}, "“ga” khớp nhiều địa điểm: Ga G06 (G06), Ga G07, ngõ 3 Giang Cao (G07)"),
        ({"height": "1m85"}, "“1m85” không phải là số"),
        ({"height": "1.850", "unit": "mm"}, "1.85 mm không phải là khoảng cách hợp lý"),
        ({"full": "200"}, "Vạch đầy phải gần cảm biến hơn đáy"),
        ({"lat": "20,9"}, "Cần cả vĩ độ và kinh độ"),
        ({"model": "nobody/nothing"}, "nobody/nothing"),
        ({"every": "0"}, "expected_interval_s"),
        ({"channel": "a b"}, "a b"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    house: House, change: dict[str, str], why: str
) -> None:
    cookie = house.session(Scope.ADMIN)
    form = {"csrf": house.csrf(cookie), "step": "adopt", "device": EUI, **MOUNTED, "every": "15", **change}
    answer = house.ask("/devices/adopt", "POST", headers={**cookie, **PAGE}, data=form)
    assert answer.status_code == 422
    html = unescape(answer.text)
    assert "Chưa ghi được:" in html
    assert why in html
    assert f'name="height" inputmode="decimal" maxlength="20" value="{form["height"]}"' in html
    with house.state.snapshot() as tx:
        assert EUI not in tx.registry.load().devices


def test_a_device_that_hangs_somewhere_is_not_adopted_twice(house: House) -> None:
    html = page(house, "/devices/adopt?device=a84041aa")
    assert "Thiết bị này đã được nhận." in html
    assert 'name="site"' not in html


def test_the_verdict_goes_from_waiting_to_well_with_the_first_uplink(house: House) -> None:
    adopt(house)
    assert "Chưa nhận được bản tin nào" in part(page(house, f"/devices/{EUI}"), "verdict")
    with house.state.transaction() as tx:
        tx.devices_seen.touch([(EUI, NOW, "gw-1")])
    assert "Đang báo về · có" in part(page(house, f"/devices/{EUI}"), "verdict") or (
        "chưa có số đo để xét" in part(page(house, f"/devices/{EUI}"), "verdict")
    )
    house.readings.write(
        [
            Reading("M01", "1", "water_level_m", NOW, 0.42, received_ms=NOW),
            Reading("M01", "1", "battery_pct", NOW, 92.0, received_ms=NOW),
            Reading("M01", "1", "rssi_dbm", NOW, -90.0, received_ms=NOW),
        ]
    )
    html = page(house, f"/devices/{EUI}")
    assert "Đang báo về · số liệu hợp lý" in part(html, "verdict")
    assert "0,42 m" in part(html, "values")
    assert "trạm thu gw-1" in part(html, "radio").lower()
    assert "Reporting · the numbers make sense" in page(house, f"/devices/{EUI}?lang=en")
    house.clock[0] += 3 * HOUR
    html = page(house, f"/devices/{EUI}")
    assert "Mất tín hiệu · tình trạng nơi này chưa rõ" in part(html, "verdict")
    assert "hợp lý" not in part(html, "verdict")


def test_what_is_wrong_with_a_device_stands_in_the_verdict(house: House) -> None:
    with house.state.transaction() as tx:
        tx.devices_seen.touch([("24e124bb", NOW, None)])
    house.readings.write([Reading("D15", "1", "tilt", NOW, 1.0, received_ms=NOW)])
    html = page(house, "/devices/24e124bb")
    assert "có điều phải sửa" in part(html, "verdict")
    assert "Bị nghiêng" in part(html, "verdict")
    assert "✕ Bị nghiêng: lắp lại cho thẳng (phải sửa)" in part(html, "signs")


def test_an_uplink_that_was_refused_after_the_last_value_is_in_the_verdict(house: House) -> None:
    with house.state.transaction() as tx:
        tx.rejects.add(RejectRow(NOW + 1, "t", "a84041aa", RejectReason.CODEC_FAILED, "", b""))
    told = part(page(house, "/devices/a84041aa"), "verdict")
    assert "Đang báo về · nên xem lại Bản tin gần nhất không dùng được: giải mã thất bại" in told
    house.readings.write([Reading("G07", "1", "water_level_m", NOW + 2, 0.1, received_ms=NOW + 2)])
    assert "không dùng được" not in part(page(house, "/devices/a84041aa"), "verdict")


def test_the_page_keeps_itself_up_to_date_with_and_without_javascript(house: House) -> None:
    html = page(house, "/devices/a84041aa")
    assert 'data-every="5"' in html
    assert '<noscript><meta http-equiv="refresh"' in html
    assert "<noscript>" not in page(house, "/devices/a84041aa?do=retire"), "a form is not wiped out"


def test_frames_that_are_missing_are_named(house: House) -> None:
    frames = [Frame("a84041aa", "s", number, ("gw-1",), NOW - HOUR) for number in (1, 2, 3, 6, 8)]
    with house.state.transaction() as tx:
        tx.frames.mark(in_blocks(frames))
    told = part(page(house, "/devices/a84041aa"), "radio")
    assert "nghe 100 % bản tin" in told
    assert "5/8 bản tin trong 24 giờ (62 %) thiếu số 4–5, 7" in told


def test_a_device_is_given_another_height_replaced_and_taken_down(house: House) -> None:
    path = "/devices/a84041aa"
    form = {"command": "height", "height": "150", "unit": "cm", "since": "start"}
    assert post(house, path, form) == (303, f"{path}?done=changed")
    assert "cao lắp 1.500 mm" in text(page(house, path)).lower()
    house.clock[0] += HOUR
    label = {"command": "replace", "text": "24E1-2471-3B49-4221", "sure": "1"}
    assert post(house, path, label) == (303, f"/devices/{EUI}?done=changed")
    assert "Không gắn ở đâu" in part(page(house, path), "verdict")
    assert "1.500 mm" in page(house, f"/devices/{EUI}")
    house.clock[0] += HOUR
    retired = post(house, f"/devices/{EUI}", {"command": "retire", "reason": "xe tông", "sure": "1"})
    assert retired == (303, f"/devices/{EUI}?done=changed")
    assert f'href="/devices/adopt?device={EUI}"' in page(house, f"/devices/{EUI}")
    with house.state.snapshot() as tx:
        events = [event.what for _, event in tx.events.after(0, 9)]
    assert events == ["device_remounted", "device_replaced", "device_retired"]


def test_another_height_leaves_the_full_line_as_it_was(house: House) -> None:
    adopt(house, site="D15", channel="2", full="20")
    house.clock[0] += HOUR
    form = page(house, f"/devices/{EUI}?do=height")
    assert 'value="185,5"' in form
    assert 'value="20"' in form
    assert post(house, f"/devices/{EUI}", {"command": "height", "height": "190"})[0] == 303
    told = house.ask(f"/api/v1/devices/{EUI}", scope=Scope.ADMIN).json()["mountings"]
    lengths = [(one["geometry"]["mount_height_mm"], one["geometry"]["full_distance_mm"]) for one in told]
    assert lengths == [(1855, 200), (1900, 200)]


def test_what_cannot_be_undone_is_asked_twice(house: House) -> None:
    for form in ({"command": "retire"}, {"command": "replace", "text": EUI}):
        status, told = post(house, "/devices/a84041aa", form)
        assert status == 422
        assert "Hãy đánh dấu ô xác nhận" in told
    assert post(house, "/devices/a84041aa", {"command": "height", "height": ""})[0] == 422
    assert post(house, "/devices/a84041aa", {"command": "explode", "sure": "1"})[0] == 422
    assert post(house, "/devices/a84041aa", {"command": "replace", "text": "a84041aa", "sure": "1"})[0] == 422


def test_a_device_in_quarantine_is_read_as_the_model_one_tries(house: House) -> None:
    stranger(house)
    html = page(house, f"/devices/{EUI}", Scope.DISPATCHER)
    assert "Chưa nhận" in part(html, "verdict")
    assert "Chưa đọc được:" in html
    read = text(page(house, f"/devices/{EUI}?model=milesight/em310-udl"))
    assert "khoảng cách 2.116 mm" in read
    tried = page(house, f"/devices/{EUI}?model=milesight/em310-udl")
    assert f'href="/devices/adopt?device={EUI}&model=milesight/em310-udl"' in tried
    assert "/devices/adopt" not in page(house, f"/devices/{EUI}", Scope.DISPATCHER)


def test_the_pages_are_made_for_a_phone_and_need_no_inline_script(house: House) -> None:
    stranger(house)
    for path in [*PAGES, "/devices/a84041aa?do=height", "/rejects", "/sites/G07"]:
        html = page(house, path)
        assert 'name="viewport" content="width=device-width, initial-scale=1"' in html
        assert "style=" not in html
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=", html)
        for field in re.findall(r"<(?:input|select)\b[^>]*>", html):
            labelled = re.search(rf"<label[^>]*>.{{0,400}}?{re.escape(field)}", html)
            assert labelled or 'type="hidden"' in field, field
    form = page(house, f"/devices/adopt?device={EUI}")
    for name in ("height", "full", "lat", "lon", "every"):
        assert re.search(rf'name="{name}"[^>]*inputmode="decimal"', form), name
    for hidden_until_scripted in ('<p class="locate" hidden', 'class="scan" hidden'):
        assert hidden_until_scripted in form + page(house, "/devices/adopt")


def test_every_page_speaks_both_languages(house: House) -> None:
    stranger(house)
    for path in PAGES:
        mark = "&" if "?" in path else "?"
        vi, en = page(house, path), page(house, f"{path}{mark}lang=en")
        assert vi != en
        shown = text(en.split("<main")[1].split("</main>")[0].replace("Ga G07, ngõ 3 Giang Cao", ""))
        for word in ("Thiết", "chưa", "không", "bản tin"):
            assert word not in shown, (path, word)


def test_no_text_about_devices_is_left_over() -> None:
    used = "".join(
        file.read_text(encoding="utf-8")
        for file in Path(rendering.__file__).parent.rglob("*.*")
        if file.suffix in {".py", ".html"} and file.name != "device_words.py"
    )
    by_name = ("sign_", *asdict(Geometry()))
    over = [key for key in DEVICE_WORDS if f'"{key}"' not in used and f"'{key}'" not in used]
    assert [key for key in over if not key.startswith(by_name)] == []
