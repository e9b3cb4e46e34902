"""Signing in with a link or a key, signing out, and forms that come from elsewhere."""

import pytest

from desk import keys
from desk.keys import Scope
from tests.api.house import NOW, PAGE, House


def _link(house: House) -> str:
    return keys.sign_in_token(house.state, house.keys[Scope.DISPATCHER].split("_")[1], NOW)


def test_opening_the_link_shows_and_pressing_the_button_signs_in_once(house: House) -> None:
    token = _link(house)
    for _ in range(2):
        assert "dùng được một lần" in house.ask(f"/sign-in?token={token}", headers=PAGE).text
    answer = house.ask("/sign-in", "POST", data={"token": token, "next": "/sites"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sites")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    signed_in = house.ask("/", headers={"cookie": cookie.split(";")[0]})
    assert "Đăng xuất" in signed_in.text
    again = house.ask("/sign-in", "POST", data={"token": token}, headers=PAGE)
    assert again.status_code == 403
    assert "đã dùng rồi" in again.text


def test_a_pasted_key_signs_in_and_a_wrong_one_says_what_to_do(house: House) -> None:
    good = house.ask("/sign-in", "POST", data={"key": house.keys[Scope.VIEWER]})
    assert good.status_code == 303
    bad = house.ask("/sign-in", "POST", data={"key": "kenh_no_no"}, headers=PAGE)
    assert bad.status_code == 403
    assert "Khóa không đúng" in bad.text
    assert "set-cookie" not in bad.headers


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "x"])
def test_signing_in_never_leads_to_another_site(house: House, path: str) -> None:
    answer = house.ask("/sign-in", "POST", data={"key": house.keys[Scope.VIEWER], "next": path})
    assert answer.headers["location"] == "/"


def test_signing_out_ends_the_session_for_good(house: House) -> None:
    cookie = house.session(Scope.VIEWER)
    answer = house.ask("/sign-out", "POST", headers=cookie, data={"csrf": house.csrf(cookie)})
    assert answer.status_code == 303
    assert house.ask("/", headers=cookie).status_code == 401


def test_a_form_without_the_sessions_token_changes_nothing(house: House) -> None:
    order = house.order()
    cookie = house.session(Scope.DISPATCHER)
    for token in ("", "0" * 64, house.csrf(house.session(Scope.DISPATCHER))):
        form = {"command": "acknowledge", "csrf": token}
        assert house.ask(f"/work-orders/{order.id}", "POST", headers=cookie, data=form).status_code == 403
    with house.state.snapshot() as tx:
        assert tx.orders.get(order.id) == order


def test_a_form_with_it_does(house: House) -> None:
    order = house.order()
    cookie = house.session(Scope.DISPATCHER)
    form = {"command": "acknowledge", "csrf": house.csrf(cookie), "back": "board"}
    answer = house.ask(f"/work-orders/{order.id}", "POST", headers=cookie, data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    with house.state.snapshot() as tx:
        saved = tx.orders.get(order.id)
    assert saved is not None
    assert saved.acknowledged_ms == NOW


def test_a_form_from_another_site_is_refused_even_with_the_token(house: House) -> None:
    order = house.order()
    cookie = house.session(Scope.DISPATCHER)
    form = {"command": "acknowledge", "csrf": house.csrf(cookie)}
    headers = {**cookie, "origin": "https://elsewhere.example"}
    assert house.ask(f"/work-orders/{order.id}", "POST", headers=headers, data=form).status_code == 403


def test_the_api_asks_a_cookie_for_its_token_too(house: House) -> None:
    path = f"/api/v1/work-orders/{house.order().id}/commands"
    cookie = house.session(Scope.DISPATCHER)
    body = {"command": "acknowledge"}
    assert house.ask(path, "POST", headers=cookie, json=body).status_code == 403
    headers = {**cookie, "x-csrf-token": house.csrf(cookie)}
    assert house.ask(path, "POST", headers=headers, json=body).status_code == 200


def test_a_crew_answers_with_one_digit(house: House) -> None:
    order = house.order()
    cookie = house.session(Scope.CREW)
    path = f"/work-orders/{order.id}"
    assert "Đã nhận" in house.ask(path, headers=cookie).text
    form = {"answer": "2", "csrf": house.csrf(cookie)}
    assert house.ask(path, "POST", headers=cookie, data=form).status_code == 303
    with house.state.snapshot() as tx:
        saved = tx.orders.get(order.id)
    assert saved is not None
    assert saved.state == "en_route"
    form["answer"] = "9"
    assert house.ask(path, "POST", headers=cookie, data=form).status_code == 422
