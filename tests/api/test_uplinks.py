"""Uplinks by HTTP: on disk when the answer comes, or a problem that says whether to try again."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest

from desk.keys import Scope
from tests.api.house import NOW, House

UPLINKS = "/api/v1/uplinks"
EUI = "24e124713b494221"
OWN = {"device_id": "bin-07", "ts": "2026-11-23T07:00:00Z", "readings": {"distance_mm": 843}}


class Journal:
    """Takes pairs, or fails the way it is told to."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self._failure = failure

    def take(self, pairs: Sequence[tuple[str, bytes]]) -> None:
        """The port."""
        if self._failure is not None:
            raise self._failure
        self.taken += pairs


class BusyError(Exception):
    """Trying again may help."""

    retryable = True


def with_port(
    house: House,
    take: Callable[[Sequence[tuple[str, bytes]]], None] | None,
    recent: Callable[[str, int], Sequence[tuple[int, str, bytes]]] | None = None,
) -> House:
    context = house.app.state.context
    context.ports = replace(context.ports, take_uplinks=take, recent_uplinks=recent)
    return house


def send(house: House, body: object, query: str = "", scope: Scope = Scope.INGEST) -> Any:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return house.ask(f"{UPLINKS}{query}", "POST", scope=scope, content=content)


def test_own_json_is_taken_one_or_many(house: House) -> None:
    journal = Journal()
    with_port(house, journal.take)
    one = send(house, OWN)
    assert (one.status_code, one.json()) == (202, {"accepted": 1})
    many = send(house, [OWN, {**OWN, "device_id": "bin-08"}])
    assert many.json() == {"accepted": 2}
    assert [topic for topic, _ in journal.taken] == [
        "kenh/v1/bin-07/up",
        "kenh/v1/bin-07/up",
        "kenh/v1/bin-08/up",
    ]


def test_the_examples_of_the_document_are_taken(house: House) -> None:
    journal = Journal()
    with_port(house, journal.take)
    document = house.ask("/openapi.json", scope=Scope.ADMIN).json()
    content = document["paths"][UPLINKS]["post"]["requestBody"]["content"]["application/json"]
    for example in content["examples"].values():
        assert send(house, example["value"], "?event=up").status_code == 202
    assert [topic for topic, _ in journal.taken] == [
        "kenh/v1/bin-07/up",
        f"application/1/device/{EUI}/event/up",
        "v3/kenh/devices/bin-07/up",
    ]


def test_a_long_list_is_taken_and_a_longer_one_is_refused(house: House) -> None:
    journal = Journal()
    with_port(house, journal.take)
    entries = [{**OWN, "seq": number} for number in range(2000)]
    assert 65_536 < len(orjson.dumps(entries)) < 262_144
    assert send(house, entries).json() == {"accepted": 2000}
    refused = send(house, entries * 2)
    assert refused.status_code == 413
    assert "256 kB" in refused.json()["detail"]
    assert len(journal.taken) == 2000


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"{", 422, "not_json"),
        (b"\xff", 422, "not_utf8"),
        (b"[]", 422, "an empty list"),
        (b"17", 422, "bad_shape"),
        ({"readings": {}}, 422, "device_id"),
        ({"device_id": "a b", "readings": {}}, 422, "device_id"),
        ({"deviceInfo": {"applicationId": "1", "devEui": EUI}}, 422, "?event=up"),
        ({**OWN, "note": "x" * 70_000}, 413, "too_large"),
        (b"[" + b" " * 70_000, 422, "not_json"),
        (b"[" + b" " * 70_000 + b"1]", 422, "bad_shape"),
    ],
)
def test_what_cannot_be_understood_is_refused_whole_with_its_reason(
    house: House, body: object, status: int, why: str
) -> None:
    journal = Journal()
    with_port(house, journal.take)
    answer = send(house, body)
    assert answer.status_code == status, answer.text
    assert why in answer.json()["detail"]
    assert journal.taken == []


@pytest.mark.parametrize("failure", [OSError("disk full"), BusyError()])
def test_what_may_pass_is_a_503_that_says_when_to_try_again(house: House, failure: Exception) -> None:
    with_port(house, Journal(failure).take)
    answer = send(house, OWN)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"


def test_a_process_that_does_not_ingest_says_so(house: House) -> None:
    assert send(house, OWN).status_code == 503
    assert house.ask(f"{UPLINKS}?device=x", scope=Scope.DISPATCHER).status_code == 503


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        (Scope.VIEWER, 403),
        (Scope.CREW, 403),
        (Scope.DISPATCHER, 403),
        (Scope.INSTALLER, 403),
        (Scope.ADMIN, 202),
        (Scope.INGEST, 202),
    ],
)
def test_sending_takes_a_key_of_its_own_or_an_administrators(house: House, scope: Scope, status: int) -> None:
    with_port(house, Journal().take)
    assert send(house, OWN, scope=scope).status_code == status


def test_strangers_send_nothing(demo: House) -> None:
    with_port(demo, Journal().take)
    assert demo.ask(UPLINKS, "POST", json=OWN).status_code == 401


def test_a_key_for_sending_does_not_read_what_was_sent(house: House) -> None:
    assert house.ask(f"{UPLINKS}?device=x", scope=Scope.INGEST).status_code == 403


def test_the_raw_uplinks_of_a_device_are_shown_as_they_came(house: House) -> None:
    asked: list[tuple[str, int]] = []

    def recent(device_id: str, limit: int) -> list[tuple[int, str, bytes]]:
        asked.append((device_id, limit))
        return [(NOW, "kenh/v1/bin-07/up", b"{}"), (NOW - 1, "kenh/v1/bin-07/up", b"\xff")]

    with_port(house, None, recent)
    answer = house.ask(f"{UPLINKS}?device=bin-07&limit=2", scope=Scope.DISPATCHER)
    first, second = answer.json()["items"]
    assert asked == [("bin-07", 2)]
    assert (first["payload_text"], first["payload_base64"]) == ("{}", "e30=")
    assert (second["payload_text"], second["payload_base64"]) == (None, "/w==")
