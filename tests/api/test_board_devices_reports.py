"""Readings typed in on a site's page."""

import re
from dataclasses import replace
from html import unescape

import pytest

from desk.keys import Scope
from tests.api.house import NOW, PAGE, House

LEVEL = {"quantity": "water_level_m", "value": "0,85", "source": "staff_gauge"}


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(html)).split())


def post(house: House, site: str, form: dict[str, str], scope: Scope = Scope.DISPATCHER) -> tuple[int, str]:
    cookie = house.session(scope)
    token = house.csrf(cookie)
    answer = house.ask(f"/sites/{site}", "POST", headers={**cookie, **PAGE}, data={"csrf": token, **form})
    return answer.status_code, answer.headers.get("location", text(answer.text))


def page(house: House, path: str, scope: Scope = Scope.DISPATCHER) -> str:
    answer = house.ask(path, scope=scope, headers=PAGE)
    assert answer.status_code == 200
    return unescape(answer.text)


@pytest.mark.parametrize(
    ("site", "offered"),
    [
        ("G07", ["water_level_m", "depth_over_street_m"]),
        ("G06", ["water_level_m"]),
        ("D15", ["fill_pct"]),
        ("W01", ["rain_mm"]),
    ],
)
def test_what_makes_sense_at_a_site_is_asked_there(house: House, site: str, offered: list[str]) -> None:
    form = page(house, f"/sites/{site}").split('id="report"')[1].split("</form>")[0]
    asked = form.split('name="quantity"')[1].split("</select>")[0]
    assert re.findall(r'value="(\w+)"', asked) == offered


@pytest.mark.parametrize("scope", [Scope.VIEWER, Scope.CREW])
def test_the_form_is_for_dispatchers(house: House, scope: Scope) -> None:
    assert 'id="report"' not in page(house, "/sites/G07", scope)
    assert house.ask("/sites/G07", "POST", scope=scope, data=LEVEL).status_code == 403


def test_a_staff_gauge_becomes_a_reading_that_is_marked_as_a_persons(house: House) -> None:
    assert post(house, "G07", LEVEL) == (303, "/sites/G07?done=reported#report")
    html = page(house, "/sites/G07?done=reported")
    assert "Đã ghi số đo." in html
    assert "0,85 m" in text(html.split('id="values"')[1].split("</section>")[0])
    assert "◆ đọc thước" in text(html.split('id="values"')[1].split("</section>")[0])
    assert '<path class="byhand"' in html
    assert "Mực nước 0,85 m" in text(html.split('id="seen"')[1])
    assert "staff gauge" in page(house, "/sites/G07?lang=en")
    assert "◆" not in page(house, "/sites/D15"), "what devices say is not marked"


def test_centimetres_over_the_street_become_a_level(house: House) -> None:
    form = {"quantity": "depth_over_street_m", "value": "20", "source": "citizen", "note": "ngập"}
    assert post(house, "G07", form)[0] == 303
    (column,) = house.readings.range(
        [key for key in house.readings.series("G07") if key.quantity == "water_level_m"], NOW, NOW + 1
    )
    assert column.value.tolist() == [pytest.approx(1.8)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"value": ""}, "Hãy nhập giá trị"),
        ({"value": "sâu"}, "“sâu” không phải là số"),
        ({"value": "99"}, "outside what is possible"),
        ({"source": "rumour"}, "rumour"),
        ({"quantity": "fill_pct"}, "fill_pct"),
    ],
)
def test_what_is_wrong_with_a_reading_is_said_and_nothing_is_stored(
    house: House, change: dict[str, str], why: str
) -> None:
    status, told = post(house, "G07", {**LEVEL, **change})
    assert status == 422
    assert "Chưa ghi được:" in told
    assert why in told
    with house.state.snapshot() as tx:
        assert tx.events.head() == 0


def test_water_over_a_street_of_unknown_depth_says_what_is_missing(house: House) -> None:
    form = {"quantity": "depth_over_street_m", "value": "20", "source": "citizen"}
    status, told = post(house, "G06", form)
    assert status == 422
    assert "chưa có cao độ đáy hoặc mặt đường" in told
    with house.state.transaction() as tx:
        site = tx.registry.load().sites["G06"]
        tx.registry.save_sites([replace(site, invert_m=7.0, ground_m=8.5)])
    assert post(house, "G06", form)[0] == 303
