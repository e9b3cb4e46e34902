"""Findings, saved and found again."""

import pytest

from analytics.findings import Evidence, FindingKind, Severity
from storage.state import State
from tests.storage.state.examples import finding


def test_a_finding_comes_back_as_it_was(state: State) -> None:
    full = finding(
        closed_ms=5000,
        channel="1",
        conduit_from="g07",
        conduit_to="g06",
        evidence=(
            Evidence("level", 0.82, "m", 0.9, (0.05, 0.09)),
            Evidence("mưa", 0.0, "mm", -0.1, (None, 2.0)),
        ),
        facts={"level_m": 0.1 + 0.2, "missed": 6, "submerged": True, "rain_1h_mm": None, "id": "Đ15"},
    )
    with state.transaction() as tx:
        tx.findings.save(full)
    with state.snapshot() as tx:
        assert tx.findings.get(full.id) == full
        assert tx.findings.get("f-unknown") is None


def test_saving_again_brings_it_up_to_date(state: State) -> None:
    with state.transaction() as tx:
        tx.findings.save(finding())
        tx.findings.save(finding(severity=Severity.CRITICAL, updated_ms=9000, closed_ms=9000))
        found, _ = tx.findings.page()
    assert found == [finding(severity=Severity.CRITICAL, updated_ms=9000, closed_ms=9000)]


def test_open_findings_are_those_that_hold_oldest_first(state: State) -> None:
    late, early, elsewhere = finding(3000), finding(1000), finding(2000, "g08")
    with state.transaction() as tx:
        for one in (late, early, elsewhere, finding(500, closed_ms=600)):
            tx.findings.save(one)
        assert tx.findings.open() == [early, elsewhere, late]
        assert tx.findings.open("g07") == [early, late]


def test_pages_are_newest_first_and_resume_without_gap_or_repeat(state: State) -> None:
    # Two at the same moment: the id decides.
    findings = [finding(1000 * (step // 2), f"g{step}") for step in range(9)]
    with state.transaction() as tx:
        for one in findings:
            tx.findings.save(one)
        seen, after = tx.findings.page(limit=4)
        while after is not None:
            part, after = tx.findings.page(limit=4, after=after)
            seen += part
    assert seen == sorted(findings, key=lambda one: (one.opened_ms, one.id), reverse=True)


def test_a_page_that_holds_everything_has_no_next(state: State) -> None:
    with state.transaction() as tx:
        tx.findings.save(finding())
        assert tx.findings.page(limit=1) == ([finding()], None)


def test_pages_can_be_narrowed(state: State) -> None:
    flood = finding(2000, kind=FindingKind.FLOODING)
    closed = finding(3000, closed_ms=4000)
    with state.transaction() as tx:
        for one in (flood, closed, finding(1000, "g08")):
            tx.findings.save(one)
        assert tx.findings.page(site_id="g07", kind=FindingKind.FLOODING)[0] == [flood]
        assert tx.findings.page(site_id="g07", open_only=True)[0] == [flood]
        assert tx.findings.page(site_id="g07")[0] == [closed, flood]


@pytest.mark.parametrize("text", ["", "7", "x:f-1", ":f-1", "1.5:f-1", "²:f-1", "9" * 30 + ":f-1"])
def test_a_cursor_that_is_none_of_ours_is_a_value_error(state: State, text: str) -> None:
    with state.snapshot() as tx, pytest.raises(ValueError, match="cursor"):
        tx.findings.page(after=text)
