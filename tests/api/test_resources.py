"""Sites, devices, findings and work orders over HTTP."""

from typing import Any

from analytics.findings import FindingKind
from desk.keys import Scope
from devices.sites import Village
from tests.api.house import MINUTE, NOW, House, backwater, blocked


def _get(house: House, path: str) -> Any:
    answer = house.ask(f"/api/v1/{path}", scope=Scope.VIEWER)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_sites_are_found_without_marks_and_by_village_and_kind(house: House) -> None:
    def ids(query: str) -> list[str]:
        return [row["id"] for row in _get(house, f"sites?{query}")["items"]]

    assert ids("q=ngo%203%20giang") == ["G07"]
    assert ids("village=da-ton") == ["D15", "M01"]
    assert ids("kind=rain_gauge") == ["W01"]
    assert ids("kind=nothing") == []


def test_pages_of_sites_are_everything_once(house: House) -> None:
    found, cursor = [], ""
    for _ in range(9):
        body = _get(house, f"sites?limit=2{cursor}")
        found += [row["id"] for row in body["items"]]
        if body["next"] is None:
            break
        cursor = f"&cursor={body['next']}"
    assert found == ["D15", "G06", "G07", "M01", "W01"]


def test_sites_and_geojson_are_not_sent_again_until_the_registry_changes(house: House) -> None:
    for path in ("/api/v1/sites", "/api/v1/sites.geojson"):
        tag = house.ask(path, scope=Scope.VIEWER).headers["etag"]
        again = house.ask(path, scope=Scope.VIEWER, headers={"if-none-match": f'"other", W/{tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        with house.state.transaction() as tx:
            tx.registry.save_sites([], [Village("new", "Thôn mới", "bat-trang")], [])
        later = house.ask(path, scope=Scope.VIEWER, headers={"if-none-match": tag})
        assert later.status_code == 200
        assert later.headers["etag"] != tag


def test_geojson_has_longitude_first_and_null_where_the_place_is_not_known(house: House) -> None:
    answer = house.ask("/api/v1/sites.geojson", scope=Scope.VIEWER)
    assert answer.headers["content-type"] == "application/geo+json"
    places = {feature["id"]: feature["geometry"] for feature in answer.json()["features"]}
    assert places["G07"] == {"type": "Point", "coordinates": [105.912, 20.981]}
    assert places["M01"] is None


def test_a_device_tells_where_it_stands_and_when_it_was_heard(house: House) -> None:
    (device,) = _get(house, "devices?site=G07")["items"]
    assert device["id"] == "a84041aa"
    assert device["last_seen"] == "2026-11-23T08:14:02Z"
    assert [(row["site_id"], row["until"]) for row in device["mountings"]] == [("G07", None)]
    assert _get(house, "gateways")["items"][0]["last_seen"] == "2026-11-23T08:14:02Z"


def test_villages_carry_their_cluster_in_vietnamese_order(house: House) -> None:
    rows = _get(house, "villages")["items"]
    assert [(row["label"], row["cluster"]["name"]) for row in rows] == [
        ("Giang Cao", "Bát Tràng"),
        ("Lê Xá", "Đa Tốn"),
    ]


def test_a_finding_comes_with_its_sentences_and_evidence(house: House) -> None:
    house.order()
    house.raise_finding(backwater())
    rows = _get(house, "findings?open=true")["items"]
    assert [row["kind"] for row in rows] == ["backwater", "blocked_drain"]
    assert _get(house, f"findings?kind={FindingKind.BACKWATER}")["items"] == rows[:1]
    one = _get(house, f"findings/{blocked().id}")
    assert one == rows[1]
    assert "0,82 m" in one["reason_vi"]
    assert "0.82 m" in one["reason_en"]
    assert one["closed_at"] is None
    surplus = one["evidence"][0]
    assert (surplus["value"], surplus["normal"], surplus["unit"]) == (0.82, [0.05, 0.09], "m")
    assert "0,05–0,09 m" in surplus["text_vi"]


def test_a_work_order_is_told_with_all_that_happened(house: House) -> None:
    order = house.order()
    base = f"/api/v1/work-orders/{order.id}"
    house.clock[0] = NOW + MINUTE
    house.ask(f"{base}/commands", "POST", scope=Scope.DISPATCHER, json={"command": "acknowledge"})
    body = {"status": "on_site", "by": "Tổ 1", "note": "đang mở nắp"}
    answered = house.ask(f"{base}/answers", "POST", scope=Scope.CREW, json=body).json()
    assert (answered["state"], answered["on_site_at"]) == ("on_site", "2026-11-23T08:16:02Z")
    told = _get(house, f"work-orders/{order.id}")
    assert [event["what"] for event in told["events"]][-2:] == ["acknowledged", "answered"]
    assert told["events"][-1]["data"]["note"] == "đang mở nắp"
    assert [row["id"] for row in _get(house, "work-orders?live=true&state=on_site&site=G07")["items"]] == [
        order.id
    ]
    assert _get(house, "work-orders?crew=somebody-else")["items"] == []


def test_a_step_backwards_is_kept_as_refused_and_not_followed(house: House) -> None:
    base = f"/api/v1/work-orders/{house.order().id}"
    for status in ("on_site", "accepted"):
        answer = house.ask(f"{base}/answers", "POST", scope=Scope.CREW, json={"status": status})
        assert answer.status_code == 200
    assert answer.json()["state"] == "on_site"
    assert answer.json()["last_answer"]["refused"]


def test_a_crew_that_does_not_exist_cannot_be_sent(house: House) -> None:
    path = f"/api/v1/work-orders/{house.order().id}/commands"
    body = {"command": "assign", "crew_id": "nobody"}
    assert house.ask(path, "POST", scope=Scope.DISPATCHER, json=body).status_code == 404


def test_the_openapi_document_describes_every_operation_and_only_our_problems(house: House) -> None:
    document = house.ask("/openapi.json", scope=Scope.VIEWER).json()
    assert "HTTPValidationError" not in str(document)
    operations = [row for path in document["paths"].values() for row in path.values()]
    assert all(row["summary"] and row["description"] for row in operations)
    assert "/api/v1/work-orders/{order_id}/commands" in document["paths"]
    assert "Problem" in document["components"]["schemas"]


def test_the_demo_says_so_on_every_answer(demo: House) -> None:
    for path in ("/api/v1/sites", "/api/v1/readings", "/", "/nowhere"):
        assert demo.ask(path).headers["x-kenh-data"] == "simulated"
    assert demo.ask("/api/v1/sites.geojson").json()["simulated"] is True


def test_metrics_are_prometheus_text(house: House) -> None:
    answer = house.ask("/metrics", scope=Scope.VIEWER)
    assert answer.headers["content-type"].startswith("text/plain")
