"""Refused uplinks on the board: found, explained, and shown without harm."""

import re
from html import unescape

import pytest

from api.board.reject_words import reason_label, reason_remedy
from desk.keys import Scope
from devices.uplinks import RejectReason
from storage.state import RejectRow
from tests.api.house import NOW, PAGE, House

EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">'


def add(house: House, **more: str | bytes) -> int:
    row = {
        "topic": "kenh/v1/a84041aa/up",
        "device_id": "a84041aa",
        "reason": RejectReason.NOT_JSON,
        "detail": "line 1 column 2",
        "payload": b"{",
    }
    with house.state.transaction() as tx:
        return tx.rejects.add(RejectRow(NOW, **{**row, **more}))  # type: ignore[arg-type] # a row by parts


def page(house: House, path: str) -> str:
    answer = house.ask(path, scope=Scope.DISPATCHER, headers=PAGE)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_a_hostile_message_is_shown_and_does_nothing(house: House) -> None:
    number = add(house, payload=EVIL.encode(), topic=EVIL, detail=EVIL, device_id=EVIL, reason=EVIL)
    for path in ("/rejects", f"/rejects/{number}", f"/rejects?device={EVIL}&reason={EVIL}"):
        html = page(house, path)
        assert "<script>alert" not in html
        assert "<img" not in html
        assert "&lt;script&gt;alert(1)" in html
    with house.state.transaction() as tx:
        tx.quarantine.saw("evil-1", NOW, EVIL, EVIL.encode(), EVIL, EVIL)
    for path in ("/devices", "/devices/adopt", "/devices/evil-1", "/devices/adopt?device=evil-1"):
        html = house.ask(path, scope=Scope.ADMIN, headers=PAGE).text
        assert "<script>alert" not in html
        assert "<img" not in html


def test_rejects_are_found_by_reason_and_device(house: House) -> None:
    add(house)
    add(house, reason=RejectReason.CLOCK, device_id="24e124bb", detail="year 1970")
    clock = page(house, "/rejects?reason=clock")
    assert "year 1970" in clock
    assert "line 1 column 2" not in clock
    assert "Nên làm gì: Chỉnh giờ thiết bị" in text(clock)
    assert "year 1970" not in page(house, "/rejects?device=a84041aa")
    assert "Không có bản tin nào bị từ chối" in page(house, "/rejects?device=nobody")
    assert "kenh replay --rejected" in page(house, "/rejects")


def test_a_long_list_goes_on(house: House) -> None:
    for number in range(60):
        add(house, detail=f"no {number}.")
    first = page(house, "/rejects?device=a84041aa")
    onward = re.search(r'href="(/rejects\?[^"]*cursor=[^"]+)"', first)
    assert onward is not None
    second = page(house, unescape(onward[1]))
    assert "no 59." in first
    assert "no 0." in second
    assert "no 59." not in second


def test_one_reject_says_why_what_would_help_and_every_byte(house: House) -> None:
    number = add(house, payload=b'{"a": 1')
    html = page(house, f"/rejects/{number}")
    told = text(html)
    assert "Không phải JSON" in told
    assert "Xem nguyên văn bên dưới" in told
    assert '{"a": 1' in told
    assert "0000 7b 22 61 22 3a 20 31" in told
    assert 'href="/devices/a84041aa"' in html
    assert "kenh replay --rejected" in told


def test_bytes_that_are_no_text_are_shown_as_hex_only_and_long_ones_are_cut(house: House) -> None:
    binary = text(page(house, f"/rejects/{add(house, payload=bytes([0xFF, 0xFE, 1]))}"))
    assert "Nguyên văn" not in binary
    assert "ff fe 01" in binary
    control = text(page(house, f"/rejects/{add(house, payload=b'a' + chr(0x202E).encode() + b'b')}"))
    assert "Nguyên văn" not in control, "letters that turn the reading around are shown as bytes"
    long = page(house, f"/rejects/{add(house, payload='đ'.encode() * 6000 + b'x')}")
    assert "12001 byte · chỉ hiện 4096 byte đầu" in text(long)
    assert "Nguyên văn" in text(long)


def test_a_device_nobody_knows_has_no_link(house: House) -> None:
    html = page(house, f"/rejects/{add(house, device_id='nobody')}")
    assert 'href="/devices/nobody"' not in html
    assert house.ask("/rejects/999", scope=Scope.DISPATCHER, headers=PAGE).status_code == 404
    assert house.ask("/rejects/x", scope=Scope.DISPATCHER, headers=PAGE).status_code == 422


@pytest.mark.parametrize("reason", list(RejectReason))
def test_every_reason_has_words_and_a_remedy_in_both_languages(reason: RejectReason) -> None:
    for said in (reason_label, reason_remedy):
        vi, en = said(reason, "vi"), said(reason, "en")
        assert vi
        assert en
        assert vi != en
    assert reason_label("of tomorrow", "vi") == "of tomorrow"
    assert reason_remedy("of tomorrow", "vi") == ""
