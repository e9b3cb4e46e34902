"""What a dispatcher can do."""

from dataclasses import replace

import pytest

from dispatch.deciding import Command, CommandName, Decision, Refused, allowed_commands, on_command
from dispatch.orders import LastAnswer, OrderState, WorkOrder
from tests.dispatch.commune import NOW
from tests.dispatch.orders import an_order

S = OrderState
C = CommandName
LATER = NOW + 60_000


def _do(order: WorkOrder, name: CommandName, crew_id: str = "", reason: str = "") -> Decision:
    decision = on_command(order, Command(name, "user:k1", crew_id, reason), LATER)
    assert isinstance(decision, Decision)
    return decision


def _after(order: WorkOrder, name: CommandName, crew_id: str = "", reason: str = "") -> WorkOrder:
    after = _do(order, name, crew_id, reason).order
    assert after is not None
    return after


def _refused(order: WorkOrder, name: CommandName, crew_id: str = "", reason: str = "") -> Refused:
    refused = on_command(order, Command(name, "user:k1", crew_id, reason), LATER)
    assert isinstance(refused, Refused)
    assert " / " in refused.reason
    return refused


def test_acknowledging_marks_the_time_once() -> None:
    after = _after(an_order(), C.ACKNOWLEDGE)
    assert (after.state, after.acknowledged_ms) == (S.ASSIGNED, LATER)
    assert _do(after, C.ACKNOWLEDGE).order is None


def test_assigning_another_crew_starts_from_the_beginning() -> None:
    order = an_order(S.ON_SITE, accepted_ms=NOW, on_site_ms=NOW, last_answer=LastAnswer("on_site"))
    decision = _do(order, C.ASSIGN, crew_id="drain-in")
    after = decision.order
    assert after is not None
    assert (after.state, after.crew_id) == (S.ASSIGNED, "drain-in")
    assert (after.accepted_ms, after.on_site_ms, after.last_answer) == (None, None, None)
    assert [(event.what, event.actor) for event in decision.events] == [("assigned", "user:k1")]
    assert decision.events[0].data["crew"] == "drain-in"


def test_assigning_the_same_crew_changes_nothing_and_no_crew_is_refused() -> None:
    assert _do(an_order(S.EN_ROUTE), C.ASSIGN, crew_id="drain-out").order is None
    assert _refused(an_order(S.OPEN, crew_id="x"), C.ASSIGN).allowed == ()


def test_a_rejected_order_can_be_given_to_the_same_crew_again() -> None:
    order = an_order(S.OPEN, crew_id="", last_answer=LastAnswer("rejected"))
    assert _after(order, C.ASSIGN, crew_id="drain-out").last_answer is None


@pytest.mark.parametrize(
    ("order", "back"),
    [
        (an_order(S.OPEN, crew_id=""), S.OPEN),
        (an_order(S.ASSIGNED), S.ASSIGNED),
        (an_order(S.ON_SITE, accepted_ms=NOW), S.ACCEPTED),
    ],
)
def test_pausing_and_resuming_leads_back(order: WorkOrder, back: OrderState) -> None:
    paused = _after(order, C.PAUSE, reason="chờ nước rút")
    assert paused.state is S.PAUSED
    assert _do(paused, C.PAUSE).order is None
    assert _after(paused, C.RESUME).state is back
    assert "resume" not in _refused(order, C.RESUME).allowed


def test_cancelling_needs_a_reason() -> None:
    _refused(an_order(), C.CANCEL, reason="  ")
    after = _after(an_order(), C.CANCEL, reason="đang thi công")
    assert (after.state, after.close_reason, after.closed_ms) == (S.CANCELLED, "đang thi công", LATER)
    assert _do(after, C.CANCEL, reason="again").order is None


@pytest.mark.parametrize("state", [S.DONE, S.DONE_UNVERIFIED])
def test_closing_takes_one_of_three_reasons(state: OrderState) -> None:
    refused = _refused(an_order(state), C.CLOSE, reason="because")
    assert refused.allowed == ("real", "not_blocked", "sensor")
    after = _after(an_order(state), C.CLOSE, reason="not_blocked")
    assert (after.state, after.close_reason, after.closed_ms) == (S.CLOSED, "not_blocked", LATER)


@pytest.mark.parametrize("state", [S.OPEN, S.ASSIGNED, S.ON_SITE, S.PAUSED, S.CANCELLED])
def test_what_is_not_reported_done_cannot_be_closed(state: OrderState) -> None:
    assert "close" not in _refused(an_order(state), C.CLOSE, reason="real").allowed


@pytest.mark.parametrize("state", [S.DONE, S.DONE_UNVERIFIED, S.CLOSED, S.CANCELLED])
def test_reopening_sends_the_same_crew_again(state: OrderState) -> None:
    order = an_order(state, done_ms=NOW, cleared_ms=NOW, closed_ms=NOW, close_reason="verified")
    decision = _do(order, C.REOPEN)
    after = decision.order
    assert after is not None
    assert (after.state, after.crew_id) == (S.ASSIGNED, "drain-out")
    assert (after.done_ms, after.cleared_ms, after.closed_ms, after.close_reason) == (None, None, None, "")
    assert [event.what for event in decision.events] == ["reopened", "assigned"]
    alone = _after(replace(order, crew_id=""), C.REOPEN)
    assert alone.state is S.OPEN


@pytest.mark.parametrize("state", [S.CLOSED, S.CANCELLED])
def test_an_ended_order_can_only_be_reopened(state: OrderState) -> None:
    order = an_order(state)
    assert allowed_commands(order) == ("reopen",)
    for name in (C.ACKNOWLEDGE, C.ASSIGN, C.PAUSE, C.RESUME):
        assert _refused(order, name, crew_id="drain-in").allowed == ("reopen",)


def test_the_buttons_of_a_fresh_order() -> None:
    assert allowed_commands(an_order()) == ("acknowledge", "assign", "pause", "cancel")
    assert allowed_commands(an_order(S.DONE, acknowledged_ms=NOW)) == ("close", "reopen")
