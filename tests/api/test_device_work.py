"""Devices over HTTP: adopted from quarantine, looked at from the ladder, replaced and retired."""

from dataclasses import replace
from typing import Any

import pytest

from desk.keys import Scope
from devices.frames import Frame, in_blocks
from devices.readings import Reading
from devices.uplinks import Decoded, Measured, RejectReason
from storage.state import RejectRow
from tests.api.house import HOUR, MINUTE, NOW, House

EUI = "24e124713b494221"
OWN = b'{"readings": {"distance_mm": 843, "battery_pct": 92}}'
CHIRPSTACK = (
    b'{"time": "2026-11-23T08:15:02Z", "deviceInfo": {"applicationId": "1", "devEui": "24e124713b494221"},'
    b' "fCnt": 7, "fPort": 85, "data": "AXVcA4JECAQAAA=="}'
)
TOPIC = f"application/1/device/{EUI}/event/up"
DEVICES = "/api/v1/devices"


def stranger(house: House, topic: str = TOPIC, payload: bytes = CHIRPSTACK, hint: str = "") -> None:
    with house.state.transaction() as tx:
        tx.quarantine.saw(EUI, NOW - MINUTE, topic, payload, "thùng 7", hint)


def post(house: House, path: str, body: dict[str, Any], scope: Scope = Scope.ADMIN) -> dict[str, Any]:
    answer = house.ask(f"{DEVICES}/{path}", "POST", scope=scope, json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def get(house: House, path: str, scope: Scope = Scope.DISPATCHER) -> dict[str, Any]:
    answer = house.ask(f"/api/v1/{path}", scope=scope)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def events(house: House) -> list[tuple[str, str]]:
    with house.state.snapshot() as tx:
        return [(event.what, event.actor) for _, event in tx.events.after(0, 100)]


def test_adopting_says_what_waits_in_the_journal(house: House) -> None:
    stranger(house)
    body = {
        "site": "M01",
        "model": "milesight/em310-udl",
        "geometry": {"mount_height_mm": 1850},
        "place": {"lat": 20.98, "lon": 105.93},
        "expected_interval_s": 600,
    }
    told = post(house, f"{EUI.upper()}/adopt", body)
    assert (told["changed"], told["placed"], told["waiting"]) == (True, True, 1)
    assert "kenh replay" in told["hint"]
    assert told["mounting"]["geometry"]["mount_height_mm"] == 1850
    assert get(house, "sites/M01")["lat"] == 20.98
    assert get(house, "quarantine")["items"] == []
    again = post(house, f"{EUI}/adopt", body)
    assert (again["changed"], again["waiting"], again["mounting"]) == (False, 0, told["mounting"])
    assert events(house) == [("device_adopted", f"user:{house.keys[Scope.ADMIN].split('_')[1]}")]


def test_the_last_message_is_read_for_the_installer_at_once(house: House) -> None:
    stranger(house)
    body = {"site": "M01", "model": "milesight/em310-udl", "geometry": {"mount_height_mm": 1850}}
    told = post(house, f"{EUI}/adopt", body, Scope.INSTALLER)
    (level,) = (row for row in told["readings"] if row["quantity"] == "water_level_m")
    assert level["value"] == pytest.approx(1.85 - 2.116)
    signs = {sign["name"]: sign for sign in told["signs"]}
    assert signs["water_level_m"]["state"] == "bad"
    assert "chiều cao lắp nhập sai" in signs["water_level_m"]["text_vi"]
    assert signs["place"]["state"] == "warn"
    assert get(house, "readings?site=M01")["items"] == []


def test_what_the_last_message_does_not_come_to_is_said(house: House) -> None:
    stranger(house)
    told = post(house, f"{EUI}/adopt", {"site": "M01", "model": "milesight/em310-udl"})
    assert any("mount_height_mm" in problem for problem in told["problems"])
    assert "geometry" in {sign["name"] for sign in told["signs"]}


def test_an_installer_makes_a_site_by_adopting(house: House) -> None:
    body = {
        "site": "G08",
        "model": "milesight/em310-udl",
        "geometry": {"mount_height_mm": 1850},
        "place": {"lat": 20.9811, "lon": 105.9121},
        "new_site": {"kind": "drain", "name": "Ga G08", "village": "giang-cao"},
        "clock": "gateway",
    }
    assert post(house, f"{EUI}/adopt", body, Scope.INSTALLER)["placed"]
    site = get(house, "sites/G08")
    assert (site["kind"], site["village"], site["lat"]) == ("drain", "Giang Cao", 20.9811)
    signs = {sign["name"]: sign["state"] for sign in get(house, f"devices/{EUI}")["signs"]}
    assert signs["place"] == "ok"


def test_a_codec_of_the_users_is_a_model_like_any_other(house: House) -> None:
    stranger(house)
    made = Decoded((Measured("distance_mm", 1000.0, "mm"),))
    ports = house.app.state.context.ports
    house.app.state.context.ports = replace(ports, codecs=lambda: {"maker/thing"}, decode=lambda *_: made)
    told = get(house, f"quarantine/{EUI}?model=maker/thing")
    assert [row["value"] for row in told["readings"]] == [1000.0]
    body = {"site": "M01", "model": "maker/thing", "geometry": {"mount_height_mm": 1850}}
    adopted = post(house, f"{EUI}/adopt", body)
    assert [row["value"] for row in adopted["readings"] if row["quantity"] == "water_level_m"] == [0.85]


@pytest.mark.parametrize("scope", [Scope.VIEWER, Scope.CREW, Scope.DISPATCHER, Scope.INGEST])
def test_only_installers_change_devices(house: House, scope: Scope) -> None:
    for what in ("adopt", "replace", "retire", "mounting", "calibrations"):
        answer = house.ask(f"{DEVICES}/a84041aa/{what}", "POST", scope=scope, json={})
        assert answer.status_code == 403, what


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("x/adopt", {"site": "G99"}, 404),
        ("x/adopt", {"site": "G06", "model": "nobody/nothing"}, 422),
        ("x/adopt", {"site": "G06", "colour": "red"}, 422),
        ("x/adopt", {"site": "G06", "from": "yesterday"}, 422),
        ("x/adopt", {"site": "G06", "geometry": {"mount_height_mm": 100, "full_distance_mm": 200}}, 422),
        ("x%20y/adopt", {"site": "G06"}, 422),
        ("nobody/replace", {"device_id": "x"}, 404),
        ("a84041aa/replace", {"device_id": "a84041aa"}, 422),
        ("a84041aa/retire", {"at": "2100-01-01T00:00:00Z"}, 422),
        ("a84041aa/mounting", {"geometry": {}, "site": "G99"}, 404),
        ("a84041aa/calibrations", {"quantity": "mood"}, 422),
        ("a84041aa/calibrations", {"quantity": "water_level_m", "scale": 0}, 422),
    ],
)
def test_what_cannot_be_done_is_a_problem(house: House, path: str, body: dict[str, Any], status: int) -> None:
    answer = house.ask(f"{DEVICES}/{path}", "POST", scope=Scope.ADMIN, json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert events(house) == []


def test_a_device_goes_through_its_life(house: House) -> None:
    replaced = post(house, "a84041aa/replace", {"device_id": EUI, "at": "2026-11-23T07:00:00Z"})
    assert replaced["id"] == EUI
    assert replaced["model"] == "dragino/dds75-lb"
    (old,) = get(house, "devices/a84041aa")["mountings"]
    assert old["until"] == replaced["mountings"][0]["since"] == "2026-11-23T07:00:00Z"
    start = {"geometry": {"mount_height_mm": 1500}, "from": "2026-11-23T07:00:00Z"}
    mounted = post(house, f"{EUI}/mounting", start)
    assert [one["geometry"]["mount_height_mm"] for one in mounted["mountings"]] == [1500]
    calibrated = post(house, f"{EUI}/calibrations", {"quantity": "water_level_m", "offset": -0.03})
    (correction,) = calibrated["mountings"][0]["calibrations"]
    assert (correction["quantity"], correction["offset"]) == ("water_level_m", -0.03)
    retired = post(house, f"{EUI}/retire", {"reason": "stolen"})
    assert retired["mountings"][0]["until"] is not None
    assert house.ask(f"{DEVICES}/{EUI}/retire", "POST", scope=Scope.ADMIN, json={}).status_code == 409
    assert [what for what, _ in events(house)] == [
        "device_replaced",
        "device_remounted",
        "device_calibrated",
        "device_retired",
    ]


def test_the_installers_view_tells_everything_at_once(house: House) -> None:
    post(house, "a84041aa/mounting", {"geometry": {"mount_height_mm": 1500}, "from": "1970-01-01T00:00:00Z"})
    frames = [Frame("a84041aa", "s", number, ("gw-1",), NOW - HOUR) for number in (1, 2, 3, 6)]
    with house.state.transaction() as tx:
        tx.frames.mark(in_blocks(frames))
        for number in range(7):
            tx.rejects.add(RejectRow(NOW, "t", "a84041aa", RejectReason.CLOCK, f"no {number}", b"\xff"))
    house.readings.write([Reading("G07", "1", "water_level_m", NOW - 1, 0.42, received_ms=NOW)])
    told = get(house, "devices/a84041aa")
    assert told["last_seen"] is not None
    assert told["gateways"] == ["gw-1"]
    assert told["completeness"]["pct"] == 66.7
    assert told["completeness"]["missing"] == [[4, 5]]
    assert told["completeness"]["by_gateway"] == {"gw-1": 1.0}
    assert [row["detail"] for row in told["rejects"]] == ["no 6", "no 5", "no 4", "no 3", "no 2"]
    signs = {sign["name"]: sign for sign in told["signs"]}
    assert signs["reporting"]["state"] == "ok"
    assert signs["water_level_m"]["text_vi"] == "mực nước 0,42 m, dưới mặt đường 1,2 m: hợp lý"
    assert {row["quantity"] for row in told["latest"]} == {"water_level_m", "battery_pct"}


def test_readers_see_the_signs_and_not_the_rejects(house: House) -> None:
    with house.state.transaction() as tx:
        tx.rejects.add(RejectRow(NOW, "t", "a84041aa", RejectReason.CLOCK, "", b""))
    told = get(house, "devices/a84041aa", Scope.VIEWER)
    assert told["signs"]
    assert told["rejects"] == []


def test_a_label_is_read_and_looked_up(house: House) -> None:
    stranger(house)
    told = house.ask(
        f"{DEVICES}/qr",
        scope=Scope.DISPATCHER,
        params={"text": "LW:D0:1122334455667788:24E124713B494221:AABB1122:SX1:PEM310-UDL"},
    ).json()
    assert told == {
        "dev_eui": EUI,
        "join_eui": "1122334455667788",
        "serial": "X1",
        "model_hint": "milesight/em310-udl",
        "is_known": False,
        "in_quarantine": True,
    }


def test_a_stranger_is_read_as_the_model_one_tries(house: House) -> None:
    stranger(house)
    plain = get(house, f"quarantine/{EUI}")
    assert plain["readings"] == []
    assert "which model" in plain["errors"][0]
    told = get(house, f"quarantine/{EUI}?model=milesight/em310-udl")
    assert told["errors"] == []
    values = {row["quantity"]: row["value"] for row in told["readings"]}
    assert values == {"battery_pct": 92, "distance_mm": 2116, "tilt": 0}
    assert '"fCnt"' in told["payload_text"]
    wrong = house.ask(f"/api/v1/quarantine/{EUI}?model=a/b", scope=Scope.DISPATCHER)
    assert wrong.status_code == 422


def test_a_stranger_that_hints_at_its_model_is_read_as_that(house: House) -> None:
    stranger(house, hint="Milesight EM310-UDL")
    assert get(house, f"quarantine/{EUI}")["model"] == "milesight/em310-udl"


def test_a_stranger_that_names_its_quantities_needs_no_model(house: House) -> None:
    stranger(house, f"kenh/v1/{EUI}/up", OWN)
    told = get(house, f"quarantine/{EUI}")
    assert told["model"] == ""
    assert [row["quantity"] for row in told["readings"]] == ["distance_mm", "battery_pct"]


def test_rejects_are_found_by_reason_and_device_and_shown_whole(house: House) -> None:
    with house.state.transaction() as tx:
        for number in range(4):
            reason = RejectReason.CLOCK if number % 2 else RejectReason.NOT_JSON
            tx.rejects.add(
                RejectRow(NOW, "t", f"d{number}", reason, "why", b"{" * 300 if number else b"\xff")
            )
    assert len(get(house, "rejects?reason=clock")["items"]) == 2
    (found,) = get(house, "rejects?reason=not_json&device=d2")["items"]
    assert found["payload_hex"] == "7b" * 256
    whole = get(house, f"rejects/{found['id']}")
    assert whole["payload_text"] == "{" * 300
    (bytes_only,) = get(house, "rejects?device=d0")["items"]
    assert get(house, f"rejects/{bytes_only['id']}")["payload_base64"] == "/w=="
    assert get(house, f"rejects/{bytes_only['id']}")["payload_text"] is None
    first = get(house, "rejects?limit=3")
    second = get(house, f"rejects?limit=3&cursor={first['next']}")
    assert [row["device_id"] for row in first["items"] + second["items"]] == ["d3", "d2", "d1", "d0"]


@pytest.mark.parametrize("reason", list(RejectReason))
def test_a_reject_says_what_would_help_in_both_languages(house: House, reason: RejectReason) -> None:
    with house.state.transaction() as tx:
        number = tx.rejects.add(RejectRow(NOW, "t", "d", reason, "why", b"{"))
    told = get(house, f"rejects/{number}")
    assert told["remedy_vi"]
    assert told["remedy_en"]
    assert told["remedy_vi"] != told["remedy_en"]


def test_whole_rejects_and_strangers_are_for_dispatchers(house: House) -> None:
    for path in ("rejects/1", f"quarantine/{EUI}", "devices/qr?text=x", "uplinks?device=x"):
        assert house.ask(f"/api/v1/{path}", scope=Scope.CREW).status_code == 403


def test_the_examples_of_the_document_work(house: House) -> None:
    document = house.ask("/openapi.json", scope=Scope.ADMIN).json()
    schemas = document["components"]["schemas"]
    done = {"AdoptIn": "new-1/adopt", "ReplaceIn": "24e124bb/replace", "RetireIn": "new-1/retire"}
    done |= {"MountIn": "24e124713b494221/mounting", "CalibrateIn": "24e124713b494221/calibrations"}
    for name, path in done.items():
        house.clock[0] += MINUTE
        post(house, path, schemas[name]["examples"][0])
    said = schemas["ReportIn"]["examples"][0]
    answer = house.ask("/api/v1/readings", "POST", scope=Scope.DISPATCHER, json=said)
    assert answer.status_code == 201
