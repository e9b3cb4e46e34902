"""Every error is an RFC 9457 problem, and an error page for people."""

import pytest

from api.ports import Check
from desk.keys import Scope
from storage.errors import StoreUnavailableError
from tests.api.house import PAGE, House

PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/sites/G99", 404),
        ("GET", "/api/v1/findings/f-none", 404),
        ("GET", "/api/v1/work-orders/WO-none", 404),
        ("GET", "/api/v1/reports", 404),
        ("GET", "/api/v1/scoreboards", 404),
        ("GET", "/api/v1/alarms/health", 404),
        ("GET", "/api/v1/uplinks", 422),
        ("GET", "/api/v1/uplinks?device=a84041aa", 503),
        ("GET", "/api/v1/devices/no-such", 404),
        ("GET", "/api/v1/devices/no!such", 422),
        ("GET", "/api/v1/devices/qr?text=hello", 422),
        ("GET", "/api/v1/quarantine/no-such", 404),
        ("GET", "/api/v1/rejects/1", 404),
        ("GET", "/api/v1/rejects/0", 422),
        ("GET", "/api/v1/rejects?reason=tired", 422),
        ("GET", "/nowhere", 404),
        ("DELETE", "/api/v1/sites", 405),
        ("GET", "/api/v1/sites?colour=red", 422),
        ("GET", "/api/v1/work-orders?state=lost", 422),
        ("GET", "/api/v1/readings?limit=0", 422),
        ("GET", "/api/v1/readings?cursor=zzz", 422),
        ("POST", "/api/v1/work-orders/WO-none/answers", 422),
    ],
)
def test_every_error_is_a_problem(house: House, method: str, path: str, status: int) -> None:
    answer = house.ask(path, method, scope=Scope.ADMIN)
    body = answer.json()
    assert answer.status_code == body["status"] == status
    assert answer.headers["content-type"] == PROBLEM
    assert body["type"].startswith("urn:kenh:problem:")
    assert body["instance"] == path.partition("?")[0]
    assert body["detail"]


def test_a_method_that_is_not_taken_says_which_are(house: House) -> None:
    assert house.ask("/api/v1/sites", "DELETE", scope=Scope.ADMIN).headers["allow"] == "GET"


def test_an_unknown_parameter_is_named_with_those_that_are_known(house: House) -> None:
    body = house.ask("/api/v1/latest?sites=G07", scope=Scope.VIEWER).json()
    assert body["errors"] == [{"where": "query.sites", "what": "unknown parameter"}]
    assert "kind, quantity, site, village" in body["detail"]


@pytest.mark.parametrize("name", ["villages", "sites.geojson", "quantities", "crews", "sites/G07"])
def test_an_unknown_parameter_is_refused_where_none_are_taken(house: House, name: str) -> None:
    assert house.ask(f"/api/v1/{name}?x=1", scope=Scope.VIEWER).status_code == 422


def test_a_command_that_cannot_be_carried_out_says_what_can(house: House) -> None:
    path = f"/api/v1/work-orders/{house.order().id}/commands"
    answer = house.ask(path, "POST", scope=Scope.DISPATCHER, json={"command": "reopen"})
    assert answer.status_code == 409
    assert "acknowledge" in answer.json()["allowed"]


def test_an_unknown_field_in_a_body_is_refused(house: House) -> None:
    path = f"/api/v1/work-orders/{house.order().id}/answers"
    answer = house.ask(path, "POST", scope=Scope.CREW, json={"status": "accepted", "who": "x"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "body.who"


def test_a_request_that_is_too_large_is_refused(house: House) -> None:
    path = f"/api/v1/work-orders/{house.order().id}/answers"
    answer = house.ask(path, "POST", scope=Scope.CREW, content=b"x" * 200_000)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == PROBLEM


def test_a_store_that_is_down_is_503_with_when_to_come_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object, **__: object) -> None:
        raise StoreUnavailableError

    monkeypatch.setattr(type(house.readings), "page", down)
    answer = house.ask("/api/v1/readings", scope=Scope.VIEWER)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    monkeypatch.setattr(type(house.readings), "latest", down)
    page = house.ask("/", scope=Scope.VIEWER, headers=PAGE)
    assert page.status_code == 503
    assert "Thử lại sau ít giây" in page.text


def test_a_bug_is_a_500_that_gives_nothing_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        message = "secret inside"
        raise RuntimeError(message)

    monkeypatch.setattr(type(house.readings), "page", broken)
    answer = house.ask("/api/v1/readings", scope=Scope.VIEWER)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == PROBLEM
    assert "secret inside" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_people_get_errors_as_pages_in_their_language(house: House) -> None:
    vi = house.ask("/sites/G99", scope=Scope.VIEWER, headers=PAGE)
    en = house.ask("/sites/G99?lang=en", scope=Scope.VIEWER, headers=PAGE)
    assert (vi.status_code, en.status_code) == (404, 404)
    assert "Không có trang này" in vi.text
    assert "There is no such page" in en.text


def test_ready_when_everything_works_and_503_with_the_reason_when_not(house: House) -> None:
    ready = house.ask("/readyz")
    assert ready.status_code == 200
    assert [check["name"] for check in ready.json()["checks"]] == ["store", "state", "broker"]
    house.checks[0] = Check("broker", ok=False, detail="not connected")
    answer = house.ask("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"][2] == {"name": "broker", "ok": False, "detail": "not connected"}
