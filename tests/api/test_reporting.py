"""Readings typed in by a person, over HTTP."""

from typing import Any

import pytest

from desk.keys import Scope
from tests.api.house import House

PATH = "/api/v1/readings"
STREET = {"site": "G07", "quantity": "depth_over_street_m", "value": 0.2, "source": "citizen"}


def post(house: House, body: dict[str, Any], scope: Scope = Scope.DISPATCHER) -> Any:
    return house.ask(PATH, "POST", scope=scope, json=body)


def test_twenty_centimetres_on_the_street_is_a_level_with_its_source(house: House) -> None:
    answer = post(house, {**STREET, "note": "ngập 20 cm"})
    assert answer.status_code == 201
    told = answer.json()
    assert (told["quantity"], told["source"], told["raw"]) == ("water_level_m", "citizen", 0.2)
    assert told["value"] == pytest.approx(1.8)
    listed = house.ask(f"{PATH}?site=G07&quantity=water_level_m&limit=500", scope=Scope.VIEWER).json()
    assert told in listed["items"]
    with house.state.snapshot() as tx:
        (_, event) = tx.events.after(0, 10)[-1]
    assert event.actor == f"user:{house.keys[Scope.DISPATCHER].split('_')[1]}"


@pytest.mark.parametrize(
    ("change", "status", "why"),
    [
        ({"site": "G99"}, 404, "G99"),
        ({"site": "G06"}, 422, "ground_m"),
        ({"value": 20}, 422, "0.2 for 20 cm"),
        ({"source": "rumour"}, 422, "source"),
        ({"quantity": "mood"}, 422, "mood"),
        ({"time": "2100-01-01T00:00:00Z"}, 422, "time"),
        ({"time": "2026-01-01T00:00:00Z"}, 422, "7 days"),
        ({"weather": "fine"}, 422, "weather"),
    ],
)
def test_what_is_missing_is_said(house: House, change: dict[str, Any], status: int, why: str) -> None:
    answer = post(house, {**STREET, **change})
    assert answer.status_code == status
    assert why in answer.json()["detail"]


@pytest.mark.parametrize("scope", [Scope.VIEWER, Scope.CREW, Scope.INGEST])
def test_reports_are_for_dispatchers(house: House, scope: Scope) -> None:
    assert post(house, STREET, scope).status_code == 403
