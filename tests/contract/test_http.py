"""The resources of the design page under /api/v1: each is described, or pending with its issue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.keys import Scope
from tests.api.house import House, build

RESOURCES = [
    *("villages", "sites", "devices", "gateways", "quantities", "crews", "readings", "latest", "findings"),
    *("work-orders", "reports", "alarms/health", "scoreboards", "uplinks", "stream", "sites.geojson"),
]
#: Resource to the issue that brings it.
PENDING = {"reports": 6, "alarms/health": 6, "scoreboards": 6}
OUTSIDE = ("/healthz", "/readyz", "/metrics", "/docs", "/openapi.json")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = build(tmp_path)
    yield made
    made.close()


def test_every_resource_is_described_or_pending(house: House) -> None:
    described = house.ask("/openapi.json", scope=Scope.ADMIN).json()["paths"]
    for resource in RESOURCES:
        is_there = f"/api/v1/{resource}" in described
        assert is_there is (resource not in PENDING), resource


@pytest.mark.parametrize("resource", sorted(PENDING))
def test_a_pending_resource_is_a_plain_404_problem(house: House, resource: str) -> None:
    answer = house.ask(f"/api/v1/{resource}", scope=Scope.ADMIN)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("path", OUTSIDE)
def test_what_stands_outside_the_api_answers(house: House, path: str) -> None:
    assert house.ask(path, scope=Scope.ADMIN).status_code == 200


@pytest.mark.parametrize("resource", [r for r in RESOURCES if r not in PENDING and r != "stream"])
def test_every_resource_refuses_a_parameter_it_does_not_know(house: House, resource: str) -> None:
    answer = house.ask(f"/api/v1/{resource}?no_such_parameter=1", scope=Scope.ADMIN)
    assert answer.status_code == 422
    assert "no_such_parameter" in answer.text
