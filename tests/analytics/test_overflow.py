"""Overflow at waste points."""

from analytics.findings import Finding, FindingKind, Severity
from devices.readings import Qc, Reading
from tests.analytics.world import HOUR, MINUTE, START, final, registry, run


def point(*containers: list[float], step: int = 10, qc: int = Qc.GOOD, site: str = "P") -> list[Finding]:
    """Containers 1, 2, ... of a point say these levels every `step` minutes."""
    rows = [
        Reading(site, str(channel), "fill_pct", START + number * step * MINUTE, value, qc=qc)
        for channel, values in enumerate(containers, 1)
        for number, value in enumerate(values)
    ]
    rows.sort(key=lambda row: row.time_ms)
    return [one for one in final(run(rows, registry())) if one.kind is FindingKind.OVERFLOW]


def test_two_readings_at_ninety_make_a_container_full() -> None:
    (finding,) = point([70, 85, 91, 92])
    assert START + 30 * MINUTE <= finding.opened_ms <= START + 31 * MINUTE
    assert finding.facts["since_ms"] == START + 20 * MINUTE


def test_one_reading_at_ninety_does_not() -> None:
    assert point([70, 91, 85, 91, 85]) == []


def test_all_containers_of_a_market_point_full_is_major_and_says_three_of_three() -> None:
    (finding,) = point([80, 95, 96, 97], [85, 96, 97, 98], [85, 97, 98, 99])
    assert finding.severity is Severity.MAJOR
    assert (finding.facts["full_containers"], finding.facts["containers"]) == (3, 3)
    assert finding.facts["level_pct"] in {96, 97}


def test_one_full_container_of_three_is_not_yet_an_overflow() -> None:
    assert point([80, 95, 96, 97], [40, 41, 42, 43], [30, 31, 32, 33]) == []


def test_two_full_containers_of_three_are() -> None:
    (finding,) = point([80, 95, 96, 97], [80, 95, 96, 97], [30, 31, 32, 33])
    assert (finding.facts["full_containers"], finding.severity) == (2, Severity.MINOR)


def test_the_level_told_is_that_of_a_full_container_also_while_the_truck_is_there() -> None:
    for after in ([6], [6, 5], [6, 5, 5]):
        (finding,) = point([95, 97, 98, 104, 104, *after], step=30)
        assert 95 <= finding.facts["level_pct"] <= 100  # type: ignore[operator]  # facts are JSON values


def test_it_clears_when_the_container_is_emptied_and_not_when_it_dips() -> None:
    (finding,) = point([95, 95, 88, 85, 80, 72, 71])
    assert finding.closed_ms is None
    (finding,) = point([95, 95, 12, 10])
    assert finding.closed_ms is not None
    assert finding.closed_ms <= START + 31 * MINUTE


def test_a_clipped_reading_counts() -> None:
    assert len(point([80, 100, 100], qc=Qc.SUSPECT)) == 1


def test_a_slow_reporter_is_full_after_twenty_minutes() -> None:
    rows = [
        Reading("Q", "1", "fill_pct", START + hour * HOUR, value)
        for hour, value in enumerate([50, 70, 80, 95])
    ]
    others = [Reading("G1", "1", "water_level_m", START + n * 5 * MINUTE, 0.1) for n in range(45)]
    found = run(sorted(rows + others, key=lambda row: row.time_ms), registry())
    (finding,) = [one for one in found if one.kind is FindingKind.OVERFLOW]
    assert START + 3 * HOUR + 20 * MINUTE <= finding.opened_ms <= START + 3 * HOUR + 25 * MINUTE


def test_a_container_that_falls_silent_while_full_stays_full() -> None:
    rows = [Reading("Q", "1", "fill_pct", START + n * 10 * MINUTE, 95.0) for n in range(4)]
    others = [Reading("G1", "1", "water_level_m", START + n * 5 * MINUTE, 0.1) for n in range(100)]
    found = final(run(sorted(rows + others, key=lambda row: row.time_ms), registry()))
    (finding,) = [one for one in found if one.kind is FindingKind.OVERFLOW]
    assert finding.closed_ms is None
