"""Readings over HTTP: all of them, once each, in order."""

from itertools import pairwise
from typing import Any

import pytest

from api.params import from_cursor, iso, time_ms, to_cursor
from api.problems import ProblemError
from desk.keys import Scope
from tests.api.house import HOUR, MINUTE, NOW, House


def _all(house: House, query: str, limit: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        path = f"/api/v1/readings?{query}&limit={limit}{cursor}"
        body = house.ask(path, scope=Scope.VIEWER).json()
        assert len(body["items"]) <= limit
        rows += body["items"]
        if body["next"] is None:
            return rows
        cursor = f"&cursor={body['next']}"


@pytest.mark.parametrize("limit", [1, 7, 60, 289, 10_000])
def test_pages_together_are_everything_once_and_in_order(house: House, limit: int) -> None:
    since = f"from={iso(NOW - 3 * HOUR)}" if limit == 1 else f"from={iso(NOW - 48 * HOUR)}"
    rows = _all(house, since, limit)
    keys = [(row["time"], row["site"], row["channel"], row["quantity"]) for row in rows]
    assert len(keys) == len(set(keys)) == (38 if limit == 1 else 290)
    assert all(one < two for one, two in pairwise(keys))


def test_the_last_day_is_what_is_asked_for_by_default(house: House) -> None:
    house.clock[0] = NOW + 12 * HOUR
    rows = _all(house, "site=G07&quantity=water_level_m", 500)
    assert len(rows) == 72
    assert rows[-1]["time"] == iso(NOW - MINUTE)


def test_from_is_included_and_to_is_not(house: House) -> None:
    newest = NOW - MINUTE
    query = f"site=G07&channel=1&quantity=water_level_m&from={newest - 10 * MINUTE}&to={newest}"
    rows = _all(house, query, 10)
    assert [row["time"] for row in rows] == [iso(newest - 10 * MINUTE)]
    assert rows[0]["value"] == 0.08
    assert rows[0]["qc"] == 1


def test_a_site_nobody_knows_has_no_readings(house: House) -> None:
    assert _all(house, "site=nowhere", 10) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T07:00:00Z", 1_795_417_200_000),
        ("2026-11-23T14:00:00+07:00", 1_795_417_200_000),
        ("2026-11-23T14:00:00 07:00", 1_795_417_200_000),
        ("1795417200", 1_795_417_200_000),
        ("1795417200123", 1_795_417_200_123),
        ("1795417200.5", 1_795_417_200_500),
    ],
)
def test_times_are_read_as_rfc_3339_or_epoch(text: str, expected: int) -> None:
    assert time_ms("from", text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-11-23T07:00:00", "nan", "inf", "-1", "9" * 30, "2026-13-01T00:00:00Z", "\x00"],
)
def test_other_times_are_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(ProblemError, match="RFC 3339"):
        time_ms("from", text)


def test_a_span_that_runs_backwards_is_refused(house: House) -> None:
    answer = house.ask(f"/api/v1/readings?from={NOW}&to={NOW - 1}", scope=Scope.VIEWER)
    assert answer.status_code == 422


@pytest.mark.parametrize("key", [("x", 1), (1, 2), (1,), (-1, "a"), (10**18, "a")])
def test_a_cursor_of_another_shape_is_refused(key: tuple[str | int, ...]) -> None:
    with pytest.raises(ProblemError):
        from_cursor("things", to_cursor("things", *key), (int, str))


def test_a_cursor_of_another_list_is_refused(house: House) -> None:
    cursor = house.ask("/api/v1/sites?limit=1", scope=Scope.VIEWER).json()["next"]
    assert cursor
    assert house.ask(f"/api/v1/devices?cursor={cursor}", scope=Scope.VIEWER).status_code == 422
    assert house.ask(f"/api/v1/findings?cursor={cursor}", scope=Scope.VIEWER).status_code == 422


@pytest.mark.parametrize("place", ["x", "1:;", "9" * 400])
def test_a_forged_place_inside_a_cursor_is_refused(house: House, place: str) -> None:
    cursor = to_cursor("findings", place)
    assert house.ask(f"/api/v1/findings?cursor={cursor}", scope=Scope.VIEWER).status_code == 422


def test_latest_tells_the_age_of_what_is_old(house: House) -> None:
    rows = house.ask("/api/v1/latest?site=W01", scope=Scope.VIEWER).json()["items"]
    assert [(row["quantity"], row["value"], row["age_s"]) for row in rows] == [("rain_mm", 12.0, 3600)]
    by_village = house.ask("/api/v1/latest?village=da-ton", scope=Scope.VIEWER).json()["items"]
    assert {row["site"] for row in by_village} == {"D15"}
