"""What findings do to work orders."""

from dataclasses import replace

import pytest

from analytics.findings import Finding, FindingKind, Severity
from devices.sites import Crew, Registry
from dispatch.deciding import Decision, on_finding
from dispatch.orders import LastAnswer, OrderState, WorkOrder
from tests.dispatch.commune import HOUR, MINUTE, NOW, commune, finding
from tests.dispatch.orders import an_order

S = OrderState


def whats(decision: Decision) -> list[str]:
    """The lines written to the log."""
    return [event.what for event in decision.events]


def _new(told: Finding, registry: Registry | None = None) -> WorkOrder:
    order = on_finding(told, None, None, registry or commune(), NOW).order
    assert order is not None
    return order


def test_a_finding_opens_an_order_and_its_one_crew_has_it_at_once() -> None:
    decision = on_finding(finding(level_m=0.82), None, None, commune(), NOW)
    order = decision.order
    assert order is not None
    assert (order.state, order.crew_id, order.revision) == (S.ASSIGNED, "drain-out", 0)
    assert order.id.startswith("WO-260814-")
    assert order.sentence_vi.startswith("Ga G07, ngõ 3 Giang Cao: nước 0,82 m")
    assert order.sentence_en.startswith("Manhole G07, lane 3 Giang Cao: water 0.82 m")
    assert whats(decision) == ["opened", "assigned"]
    assert {event.order_id for event in decision.events} == {order.id}
    assert {event.actor for event in decision.events} == {"kenh"}


def test_nobody_covers_it_so_it_stays_open_and_says_so() -> None:
    decision = on_finding(finding(), None, None, commune(crews=()), NOW)
    assert decision.order is not None
    assert (decision.order.state, decision.order.crew_id) == (S.OPEN, "")
    assert whats(decision) == ["opened", "no_crew"]
    assert decision.events[-1].data["because"] == "no_crew_covers"


def test_several_equal_crews_leave_it_open_and_say_why() -> None:
    twins = tuple(Crew(name, name, kinds=("blocked_drain",)) for name in ("a", "b"))
    decision = on_finding(finding(), None, None, commune(twins), NOW)
    assert decision.events[-1].data["because"] == "several_crews"


def test_an_open_order_goes_out_when_a_crew_appears() -> None:
    order = _new(finding(), commune(crews=()))
    decision = on_finding(finding(updated_ms=NOW + MINUTE), order, order, commune(), NOW + MINUTE)
    assert decision.order is not None
    assert (decision.order.state, decision.order.crew_id) == (S.ASSIGNED, "drain-out")


def test_an_order_that_was_turned_down_waits_for_a_person() -> None:
    order = an_order(S.OPEN, crew_id="", last_answer=LastAnswer("rejected"), updated_ms=NOW)
    assert on_finding(finding(), order, order, commune(), NOW + MINUTE).order is None


@pytest.mark.parametrize(
    "told",
    [
        finding("x03", FindingKind.BACKWATER, Severity.MAJOR),
        finding(severity=Severity.INFO),
        finding(closed_ms=NOW),
    ],
)
def test_backwater_and_what_is_only_watched_and_what_is_over_send_nobody(told: Finding) -> None:
    assert on_finding(told, None, None, commune(), NOW) == Decision(None)


def test_a_silent_device_sends_the_technicians() -> None:
    assert _new(finding("g07", FindingKind.SENSOR_SILENT, Severity.MINOR)).crew_id == "tech"
    assert _new(finding("GW-2", FindingKind.GATEWAY_SILENT)).crew_id == "tech"


def test_the_same_finding_again_writes_nothing() -> None:
    told = finding(level_m=0.82)
    order = _new(told)
    assert on_finding(told, order, order, commune(), NOW + HOUR) == Decision(None)


def test_new_figures_wait_ten_minutes() -> None:
    order = _new(finding(level_m=0.82))
    later = finding(level_m=0.91)
    assert on_finding(later, order, order, commune(), NOW + 9 * MINUTE).order is None
    decision = on_finding(later, order, order, commune(), NOW + 10 * MINUTE)
    assert decision.order is not None
    assert "0,91 m" in decision.order.sentence_vi
    assert whats(decision) == ["updated"]


def test_old_orders_are_refreshed_more_seldom() -> None:
    order = replace(_new(finding(level_m=0.82)), updated_ms=NOW + 23 * HOUR)
    later = finding(level_m=0.91)
    assert on_finding(later, order, order, commune(), NOW + 24 * HOUR).order is None
    assert on_finding(later, order, order, commune(), NOW + 26 * HOUR).order is not None


def test_a_little_more_confidence_is_no_news() -> None:
    order = _new(finding(confidence=0.81))
    assert on_finding(finding(confidence=0.84), order, order, commune(), NOW + HOUR).order is None
    assert on_finding(finding(confidence=0.95), order, order, commune(), NOW + HOUR).order is not None


def test_worse_is_told_at_once_and_wants_to_be_acknowledged_again() -> None:
    order = replace(_new(finding(level_m=0.82)), acknowledged_ms=NOW)
    decision = on_finding(
        finding(severity=Severity.CRITICAL, level_m=1.3), order, order, commune(), NOW + MINUTE
    )
    assert decision.order is not None
    assert decision.order.severity is Severity.CRITICAL
    assert decision.order.acknowledged_ms is None
    assert "1,30 m" in decision.order.sentence_vi
    assert whats(decision) == ["worsened"]


def test_less_severe_keeps_the_acknowledgement() -> None:
    order = replace(_new(finding()), acknowledged_ms=NOW)
    decision = on_finding(finding(severity=Severity.MINOR), order, order, commune(), NOW + MINUTE)
    assert decision.order is not None
    assert decision.order.acknowledged_ms == NOW
    assert whats(decision) == ["eased"]


def test_a_sensor_that_drowns_is_told_at_once() -> None:
    flood = finding("cho-gom", FindingKind.FLOODING, Severity.CRITICAL, level_m=1.2)
    order = _new(flood)
    drowned = replace(flood, facts={"submerged": True, "silent_since_ms": NOW})
    decision = on_finding(drowned, order, order, commune(), NOW + MINUTE)
    assert decision.order is not None
    assert "có thể cảm biến đã ngập" in decision.order.sentence_vi
    again = on_finding(drowned, decision.order, decision.order, commune(), NOW + 2 * MINUTE)
    assert again.order is None


@pytest.mark.parametrize("state", [S.OPEN, S.ASSIGNED])
def test_cleared_before_anybody_accepted_cancels(state: OrderState) -> None:
    order = an_order(state, crew_id="" if state is S.OPEN else "drain-out")
    decision = on_finding(finding(closed_ms=NOW + HOUR), order, order, commune(), NOW + HOUR)
    assert decision.order is not None
    assert decision.order.state is S.CANCELLED
    assert decision.order.close_reason == "cleared"
    assert decision.order.closed_ms == NOW + HOUR
    assert whats(decision) == ["cleared", "cancelled"]


@pytest.mark.parametrize("state", [S.ACCEPTED, S.EN_ROUTE, S.ON_SITE])
def test_cleared_while_a_crew_is_at_it_stays_until_they_say_done(state: OrderState) -> None:
    order = an_order(state, accepted_ms=NOW)
    decision = on_finding(finding(closed_ms=NOW + HOUR), order, order, commune(), NOW + HOUR)
    assert decision.order is not None
    assert (decision.order.state, decision.order.cleared_ms) == (state, NOW + HOUR)
    assert whats(decision) == ["cleared"]


def test_cleared_after_done_verifies_and_closes_in_one_decision() -> None:
    order = an_order(S.DONE, done_ms=NOW)
    decision = on_finding(finding(closed_ms=NOW + HOUR), order, order, commune(), NOW + HOUR)
    assert decision.order is not None
    assert (decision.order.state, decision.order.close_reason) == (S.CLOSED, "verified")
    assert whats(decision) == ["cleared", "verified", "closed"]


def test_cleared_too_late_stays_with_the_dispatcher() -> None:
    order = an_order(S.DONE_UNVERIFIED, done_ms=NOW)
    decision = on_finding(finding(closed_ms=NOW + 3 * HOUR), order, order, commune(), NOW + 3 * HOUR)
    assert decision.order is not None
    assert decision.order.state is S.DONE_UNVERIFIED
    assert decision.order.cleared_ms == NOW + 3 * HOUR


def test_paused_before_accepted_and_cleared_is_cancelled_and_else_waits() -> None:
    over = finding(closed_ms=NOW)
    unaccepted = an_order(S.PAUSED)
    accepted = an_order(S.PAUSED, accepted_ms=NOW)
    first = on_finding(over, unaccepted, unaccepted, commune(), NOW).order
    second = on_finding(over, accepted, accepted, commune(), NOW).order
    assert first is not None
    assert second is not None
    assert (first.state, second.state) == (S.CANCELLED, S.PAUSED)


def test_another_finding_clearing_or_clearing_twice_changes_nothing() -> None:
    order = an_order(S.ACCEPTED)
    other = finding(opened_ms=NOW - HOUR, closed_ms=NOW)
    assert on_finding(other, order, order, commune(), NOW).order is None
    cleared = replace(order, cleared_ms=NOW)
    assert on_finding(finding(closed_ms=NOW), cleared, cleared, commune(), NOW).order is None
    assert on_finding(finding(), cleared, cleared, commune(), NOW).order is None


def test_trouble_that_returns_while_the_crew_is_there_holds_the_order_again() -> None:
    order = an_order(S.ON_SITE, cleared_ms=NOW, accepted_ms=NOW)
    again = finding(opened_ms=NOW + HOUR)
    decision = on_finding(again, order, order, commune(), NOW + HOUR)
    assert decision.order is not None
    assert (decision.order.finding_id, decision.order.cleared_ms) == (again.id, None)
    assert decision.order.state is S.ON_SITE
    assert whats(decision) == ["returned"]


def test_trouble_that_returns_after_unverified_work_sends_the_crew_again() -> None:
    order = an_order(S.DONE_UNVERIFIED, done_ms=NOW, cleared_ms=NOW + 3 * HOUR)
    decision = on_finding(finding(opened_ms=NOW + 4 * HOUR), order, order, commune(), NOW + 4 * HOUR)
    assert decision.order is not None
    assert decision.order.state is S.ASSIGNED
    assert whats(decision) == ["reopened", "assigned"]


def _ended(state: OrderState = S.CLOSED, **changes: object) -> WorkOrder:
    return an_order(state, closed_ms=NOW, cleared_ms=NOW, done_ms=NOW, close_reason="verified", **changes)


def test_trouble_that_returns_within_a_day_brings_the_same_order_back_to_the_same_crew() -> None:
    ended = _ended(last_answer=LastAnswer("done"), accepted_ms=NOW)
    again = finding(opened_ms=NOW + 23 * HOUR, severity=Severity.CRITICAL, level_m=1.1)
    decision = on_finding(again, None, ended, commune(), NOW + 23 * HOUR)
    order = decision.order
    assert order is not None
    assert (order.id, order.state, order.crew_id) == (ended.id, S.ASSIGNED, "drain-out")
    assert (order.finding_id, order.severity, order.revision) == (again.id, Severity.CRITICAL, ended.revision)
    assert (order.done_ms, order.cleared_ms, order.closed_ms, order.accepted_ms) == (None, None, None, None)
    assert (order.last_answer, order.close_reason) == (None, "")
    assert whats(decision) == ["reopened", "assigned"]


def test_trouble_that_returns_later_is_a_new_order() -> None:
    ended = _ended()
    later = NOW + 25 * HOUR
    decision = on_finding(finding(opened_ms=later), None, ended, commune(), later)
    assert decision.order is not None
    assert decision.order.id != ended.id


def test_a_returning_order_whose_crew_is_gone_finds_the_one_that_covers_now() -> None:
    ended = _ended(crew_id="dissolved")
    decision = on_finding(finding(opened_ms=NOW + HOUR), None, ended, commune(), NOW + HOUR)
    assert decision.order is not None
    assert decision.order.crew_id == "drain-out"
    nobody = on_finding(finding(opened_ms=NOW + HOUR), None, ended, commune(crews=()), NOW + HOUR)
    assert nobody.order is not None
    assert (nobody.order.state, nobody.order.crew_id) == (S.OPEN, "")
    assert whats(nobody) == ["reopened", "no_crew"]


def test_what_a_dispatcher_cancelled_stays_so_until_it_gets_worse() -> None:
    cancelled = an_order(S.CANCELLED, closed_ms=NOW, close_reason="known works")
    assert on_finding(finding(), None, cancelled, commune(), NOW + HOUR).order is None
    worse = on_finding(finding(severity=Severity.CRITICAL), None, cancelled, commune(), NOW + HOUR)
    assert worse.order is not None
    assert worse.order.state is S.ASSIGNED


def test_an_old_version_of_a_cleared_finding_opens_nothing() -> None:
    assert (
        on_finding(finding(severity=Severity.CRITICAL), None, _ended(), commune(), NOW + HOUR).order is None
    )
