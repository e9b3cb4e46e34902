"""Live events over a real server: sent after a write, resumed where they broke off, ended with the key."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn

from api.routes import stream
from desk import keys
from desk.keys import Scope
from tests.api.house import House, backwater
from tests.polling import wait_until


@pytest.fixture
def base_url(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The house behind uvicorn on a free port, looking for news often."""
    monkeypatch.setattr(stream, "POLL_S", 0.02)
    monkeypatch.setattr(stream, "BEAT_S", 0.1)
    config = uvicorn.Config(
        house.app, port=0, log_level="warning", ws="none", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started, "the server listens")
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def _key(house: House) -> dict[str, str]:
    return {"x-api-key": house.keys[Scope.VIEWER]}


def _events(lines: Iterator[str], count: int) -> list[tuple[int, dict[str, Any]]]:
    """The next `count` events that are no beats: (id, data)."""
    found: list[tuple[int, dict[str, Any]]] = []
    number = 0
    while len(found) < count:
        line = next(lines)
        if line.startswith("id: "):
            number = int(line[4:])
        elif line.startswith("data: ") and number:
            found.append((number, json.loads(line[6:])))
            number = 0
    return found


def test_an_event_arrives_after_a_write_with_its_place_in_the_log(house: House, base_url: str) -> None:
    with httpx.stream("GET", f"{base_url}/api/v1/stream", headers=_key(house)) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        assert next(lines) == "retry: 3000"
        order = house.order()
        events = _events(lines, 3)
    assert [number for number, _ in events] == [1, 2, 3]
    assert {data["order_id"] for _, data in events} == {order.id, ""}
    assert events[0][1]["what"] == "finding_raised"
    assert [data["seq"] for _, data in events] == [1, 2, 3]


def test_a_reader_that_comes_back_misses_nothing_and_hears_nothing_twice(house: House, base_url: str) -> None:
    house.order()
    url = f"{base_url}/api/v1/stream"
    with httpx.stream("GET", url, headers={**_key(house), "last-event-id": "1"}) as answer:
        assert [number for number, _ in _events(answer.iter_lines(), 2)] == [2, 3]
    with httpx.stream("GET", f"{url}?after=2", headers=_key(house)) as answer:
        assert [number for number, _ in _events(answer.iter_lines(), 1)] == [3]


def test_beats_tell_the_age_of_the_data(house: House, base_url: str) -> None:
    with httpx.stream("GET", f"{base_url}/api/v1/stream", headers=_key(house)) as answer:
        lines = answer.iter_lines()
        for _ in range(2):
            assert next(line for line in lines if line == "event: beat")
            beat = json.loads(next(lines)[6:])
            assert beat == {"now": "2026-11-23T08:15:02Z", "last_reading": "2026-11-23T08:14:02Z"}


def test_the_stream_ends_when_its_key_is_revoked(house: House, base_url: str) -> None:
    with httpx.stream("GET", f"{base_url}/api/v1/stream", headers=_key(house)) as answer:
        lines = answer.iter_lines()
        next(lines)
        keys.revoke(house.state, house.keys[Scope.VIEWER].split("_")[1], house.clock[0])
        assert list(lines)[-1] == ""


def test_a_key_for_one_village_hears_of_its_village_only(house: House, base_url: str) -> None:
    key = keys.create(house.state, Scope.VIEWER, "Lê Xá", house.clock[0], village_id="da-ton")
    with httpx.stream("GET", f"{base_url}/api/v1/stream?after=0", headers={"x-api-key": key}) as answer:
        house.order()
        house.raise_finding(backwater())
        ((_, event),) = _events(answer.iter_lines(), 1)
    assert event["site_id"] == "M01"


@pytest.mark.parametrize("text", ["x", "-1", "9" * 19])
def test_a_place_that_was_never_given_is_refused(house: House, text: str) -> None:
    headers = {"last-event-id": text}
    assert house.ask("/api/v1/stream", scope=Scope.VIEWER, headers=headers).status_code == 422
