"""Who is sent."""

from dataclasses import replace

import pytest

from analytics.findings import FindingKind
from devices.sites import Crew
from dispatch.covering import covering, crew_for
from tests.dispatch.commune import commune

BLOCKED = FindingKind.BLOCKED_DRAIN


def _sent(site_id: str, *crews: Crew, kind: FindingKind = BLOCKED) -> str:
    crew = crew_for(site_id, kind, commune(crews))
    return crew.id if crew else ""


ANYWHERE = Crew("anywhere", "A", kinds=("blocked_drain",))
CLUSTER = Crew("cluster", "B", kinds=("blocked_drain",), clusters=("bat-trang",))
VILLAGE = Crew("village", "C", kinds=("blocked_drain",), villages=("giang-cao",))


def test_the_one_crew_that_lists_kind_and_place_is_sent() -> None:
    assert _sent("g07", CLUSTER) == "cluster"


def test_a_crew_elsewhere_or_for_something_else_is_not_sent() -> None:
    assert _sent("x03", CLUSTER) == ""
    assert _sent("g07", CLUSTER, kind=FindingKind.OVERFLOW) == ""


@pytest.mark.parametrize("crews", [(ANYWHERE, CLUSTER, VILLAGE), (VILLAGE, CLUSTER, ANYWHERE)])
def test_the_most_specific_of_several_is_sent(crews: tuple[Crew, ...]) -> None:
    assert _sent("g07", *crews) == "village"
    assert _sent("cho-gom", *crews) == "cluster"
    assert _sent("x03", *crews) == "anywhere"


def test_two_equally_specific_crews_leave_it_to_a_person() -> None:
    other = replace(CLUSTER, id="other")
    assert _sent("g07", CLUSTER, other) == ""
    assert len(covering("g07", BLOCKED, commune((CLUSTER, other)))) == 2


def test_a_crew_of_one_side_of_the_dyke_stays_there_and_wins_there() -> None:
    inside = Crew("inside", "D", kinds=("blocked_drain",), side="trong_de")
    assert _sent("x03", ANYWHERE, inside) == "inside"
    assert _sent("g07", ANYWHERE, inside) == "anywhere"


def test_a_crew_without_kinds_is_never_sent_by_itself() -> None:
    assert _sent("g07", replace(ANYWHERE, kinds=())) == ""


def test_silent_devices_go_to_the_technicians_wherever_they_hang() -> None:
    registry = commune()
    for site_id, kind in (
        ("g07", FindingKind.SENSOR_SILENT),
        ("d31", FindingKind.SENSOR_FAULT),
        ("GW-2", FindingKind.GATEWAY_SILENT),
    ):
        crew = crew_for(site_id, kind, registry)
        assert crew is not None
        assert crew.id == "tech"


def test_a_gateway_goes_to_who_covers_everywhere_before_who_covers_one_village() -> None:
    here = Crew("here", "E", kinds=("gateway_silent",), villages=("giang-cao",))
    everywhere = Crew("everywhere", "F", kinds=("gateway_silent",))
    assert _sent("GW-2", here, kind=FindingKind.GATEWAY_SILENT) == "here"
    assert _sent("GW-2", here, everywhere, kind=FindingKind.GATEWAY_SILENT) == "everywhere"
