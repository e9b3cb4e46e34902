"""Who may read, and who may act."""

import pytest

from desk import keys
from desk.keys import Scope
from tests.api.house import MINUTE, NOW, PAGE, House

READABLE = ["villages", "sites", "sites/G07", "sites.geojson", "devices", "gateways", "quantities", "crews"]
READABLE += ["readings", "latest", "findings", "work-orders"]
PAGES = ["/", "/sites", "/sites/G07", "/docs", "/work-orders/WO-1", "/?fragment=queue"]
OTHERS = ["/openapi.json", "/metrics", "/api/v1/stream"]


@pytest.mark.parametrize("path", [f"/api/v1/{name}" for name in READABLE] + PAGES + OTHERS)
def test_nothing_is_read_without_a_key(house: House, path: str) -> None:
    answer = house.ask(path)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", PAGES)
def test_a_browser_without_a_key_gets_the_sign_in_page_and_nothing_else(house: House, path: str) -> None:
    answer = house.ask(path, headers=PAGE)
    assert answer.status_code == 401
    assert "Cần đăng nhập" in answer.text
    assert "G07, ngõ" not in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/sign-in", "/static/kenh.css", "/static/live.js"])
def test_health_the_sign_in_page_and_static_files_answer_everybody(house: House, path: str) -> None:
    assert house.ask(path).status_code == 200


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope is not Scope.INGEST])
@pytest.mark.parametrize("name", READABLE)
def test_every_scope_reads(house: House, scope: Scope, name: str) -> None:
    assert house.ask(f"/api/v1/{name}", scope=scope).status_code == 200


@pytest.mark.parametrize("path", [f"/api/v1/{name}" for name in READABLE] + ["/openapi.json", "/metrics"])
def test_a_key_that_may_only_send_reads_nothing(demo: House, path: str) -> None:
    assert demo.ask(path, scope=Scope.INGEST).status_code == 403


def test_a_key_that_may_only_send_opens_no_page(house: House) -> None:
    assert house.ask("/", scope=Scope.INGEST, headers=PAGE).status_code in (401, 403)
    assert "G07" not in house.ask("/", headers={**PAGE, **house.session(Scope.INGEST)}).text


def test_the_key_may_come_in_its_own_header(house: House) -> None:
    key = house.keys[Scope.VIEWER]
    assert house.ask("/api/v1/sites", headers={"x-api-key": key}).status_code == 200


@pytest.mark.parametrize("text", ["", "kenh_x_y", "kenh_aaaaaaaa_" + "x" * 43, "Basic abc"])
def test_a_wrong_key_is_a_stranger_even_in_the_demo(demo: House, text: str) -> None:
    assert demo.ask("/api/v1/sites").status_code == 200
    assert demo.ask("/api/v1/sites", headers={"x-api-key": text}).status_code == 401


def test_a_revoked_key_opens_nothing(house: House) -> None:
    keys.revoke(house.state, house.keys[Scope.ADMIN].split("_")[1], NOW)
    assert house.ask("/api/v1/sites", scope=Scope.ADMIN).status_code == 401


def test_the_demo_is_open_under_loopback_names_only(demo: House) -> None:
    assert demo.ask("/", host="localhost").status_code == 200
    assert demo.ask("/", host="[::1]").status_code == 200
    assert demo.ask("/", host="kenh.example.org").status_code == 401


def test_writing_needs_a_key_in_the_demo_as_well(demo: House) -> None:
    order = demo.order()
    answer = demo.ask(f"/api/v1/work-orders/{order.id}/answers", "POST", json={"status": "accepted"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("scope", "may_answer", "may_command"),
    [
        (Scope.VIEWER, 403, 403),
        (Scope.CREW, 200, 403),
        (Scope.DISPATCHER, 200, 200),
        (Scope.INSTALLER, 200, 200),
        (Scope.ADMIN, 200, 200),
        (Scope.INGEST, 403, 403),
    ],
)
def test_each_scope_may_do_what_it_is_for(
    house: House, scope: Scope, may_answer: int, may_command: int
) -> None:
    base = f"/api/v1/work-orders/{house.order().id}"
    answered = house.ask(f"{base}/answers", "POST", scope=scope, json={"status": "accepted"})
    commanded = house.ask(f"{base}/commands", "POST", scope=scope, json={"command": "acknowledge"})
    assert (answered.status_code, commanded.status_code) == (may_answer, may_command)


def test_quarantine_and_rejects_are_for_dispatchers(house: House) -> None:
    for name in ("quarantine", "rejects"):
        assert house.ask(f"/api/v1/{name}", scope=Scope.CREW).status_code == 403
        assert house.ask(f"/api/v1/{name}", scope=Scope.DISPATCHER).json() == {"items": [], "next": None}


def test_telephone_numbers_are_for_those_who_act(house: House) -> None:
    phones = [
        house.ask("/api/v1/crews", scope=scope).json()["items"][0]["phone"]
        for scope in (Scope.VIEWER, Scope.CREW)
    ]
    assert phones == [None, "0912"]


def test_a_key_for_one_village_sees_that_village_only(house: House) -> None:
    house.order()
    key = keys.create(house.state, Scope.DISPATCHER, "Lê Xá", NOW, village_id="da-ton")
    headers = {"x-api-key": key}

    def sites_in(name: str, field: str) -> set[str]:
        return {row[field] for row in house.ask(f"/api/v1/{name}", headers=headers).json()["items"]}

    assert sites_in("sites", "id") == {"D15", "M01"}
    assert sites_in("readings", "site") == {"D15"}
    assert sites_in("latest", "site") == {"D15"}
    assert sites_in("devices", "id") == {"24e124bb"}
    assert sites_in("villages", "id") == {"da-ton"}
    assert sites_in("findings", "id") == sites_in("work-orders", "id") == set()
    assert house.ask("/api/v1/sites/G07", headers=headers).status_code == 404
    assert "Giang Cao" not in house.ask("/", headers=headers).text


def test_a_session_ends_after_its_hours(house: House) -> None:
    cookie = house.session(Scope.VIEWER)
    assert house.ask("/", headers=cookie).status_code == 200
    house.clock[0] += keys.SESSION_MS + MINUTE
    assert house.ask("/", headers=cookie).status_code == 401
