"""What a crew's answers do."""

import pytest

from dispatch.deciding import allowed_answers, on_answer
from dispatch.orders import LastAnswer, OrderState
from tests.dispatch.commune import NOW
from tests.dispatch.orders import an_order

S = OrderState
LATER = NOW + 60_000


@pytest.mark.parametrize("status", ["accepted", "en_route", "on_site", "done"])
def test_steps_may_be_skipped_forward_and_count_as_accepted(status: str) -> None:
    decision = on_answer(an_order(), LastAnswer(status, "Tổ 2", "đã rõ"), LATER)
    order = decision.order
    assert order is not None
    assert (order.state, order.accepted_ms, order.updated_ms) == (S(status), LATER, LATER)
    assert order.last_answer == LastAnswer(status, "Tổ 2", "đã rõ")
    assert [(event.what, event.actor) for event in decision.events] == [("answered", "crew:drain-out")]
    assert order.on_site_ms == (LATER if status == "on_site" else None)
    assert order.done_ms == (LATER if status == "done" else None)


def test_a_later_step_keeps_the_time_of_acceptance() -> None:
    order = on_answer(an_order(S.ACCEPTED, accepted_ms=NOW), LastAnswer("on_site"), LATER).order
    assert order is not None
    assert (order.accepted_ms, order.on_site_ms) == (NOW, LATER)


def test_done_when_the_sensor_has_cleared_verifies_and_closes() -> None:
    decision = on_answer(an_order(S.ON_SITE, cleared_ms=NOW, accepted_ms=NOW), LastAnswer("done"), LATER)
    assert decision.order is not None
    assert (decision.order.state, decision.order.closed_ms) == (S.CLOSED, LATER)
    assert [event.what for event in decision.events] == ["answered", "verified", "closed"]


def test_rejected_goes_back_open_without_a_crew_and_raises_an_alarm() -> None:
    order = an_order(S.ACCEPTED, accepted_ms=NOW, acknowledged_ms=NOW)
    decision = on_answer(order, LastAnswer("rejected", note="xe hỏng"), LATER)
    assert decision.order is not None
    assert (decision.order.state, decision.order.crew_id) == (S.OPEN, "")
    assert (decision.order.accepted_ms, decision.order.acknowledged_ms) == (None, None)
    assert decision.order.last_answer == LastAnswer("rejected", note="xe hỏng")
    assert [event.what for event in decision.events] == ["answered", "no_crew"]
    assert decision.events[0].actor == "crew:drain-out"


def test_rejecting_what_has_cleared_leaves_nothing_to_do() -> None:
    decision = on_answer(an_order(S.ACCEPTED, cleared_ms=NOW), LastAnswer("rejected"), LATER)
    assert decision.order is not None
    assert (decision.order.state, decision.order.close_reason) == (S.CANCELLED, "cleared")


@pytest.mark.parametrize(
    ("state", "status"),
    [(S.ACCEPTED, "accepted"), (S.DONE, "done"), (S.DONE_UNVERIFIED, "done"), (S.CLOSED, "done")],
)
def test_the_same_answer_again_changes_nothing(state: OrderState, status: str) -> None:
    assert on_answer(an_order(state, done_ms=NOW), LastAnswer(status, "somebody else"), LATER).order is None


def test_rejected_delivered_twice_changes_nothing() -> None:
    order = an_order(S.OPEN, crew_id="", last_answer=LastAnswer("rejected"))
    assert on_answer(order, LastAnswer("rejected"), LATER).order is None


@pytest.mark.parametrize(
    ("state", "status", "word"),
    [
        (S.ON_SITE, "accepted", "already past"),
        (S.DONE, "rejected", "cannot become"),
        (S.CANCELLED, "accepted", "only be reopened"),
        (S.CLOSED, "on_site", "only be reopened"),
        (S.PAUSED, "en_route", "paused"),
        (S.OPEN, "accepted", "has no crew"),
        (S.ASSIGNED, "finished", "use one of"),
        (S.DONE_UNVERIFIED, "on_site", "cannot become"),
    ],
)
def test_an_answer_that_does_not_fit_is_kept_with_the_reason(
    state: OrderState, status: str, word: str
) -> None:
    decision = on_answer(an_order(state), LastAnswer(status), LATER)
    assert decision.order is not None
    assert decision.order.state is state
    assert decision.order.last_answer is not None
    assert decision.order.last_answer.status == status
    vi, _, en = decision.order.last_answer.refused.partition(" / ")
    assert vi
    assert word in en
    assert [event.what for event in decision.events] == ["refused"]
    again = on_answer(decision.order, LastAnswer(status), LATER + 1)
    assert again.order is None


def test_a_crew_cannot_write_its_own_refusal() -> None:
    order = on_answer(an_order(), LastAnswer("accepted", refused="no"), LATER).order
    assert order is not None
    assert order.last_answer == LastAnswer("accepted")


def test_a_paused_crew_may_still_say_done() -> None:
    order = on_answer(an_order(S.PAUSED, accepted_ms=NOW), LastAnswer("done"), LATER).order
    assert order is not None
    assert order.state is S.DONE


def test_the_buttons_a_crew_sees_are_the_answers_that_would_count() -> None:
    assert allowed_answers(an_order()) == ("accepted", "en_route", "on_site", "done", "rejected")
    assert allowed_answers(an_order(S.EN_ROUTE)) == ("on_site", "done", "rejected")
    assert allowed_answers(an_order(S.PAUSED)) == ("done", "rejected")
    assert allowed_answers(an_order(S.DONE)) == ()
    assert allowed_answers(an_order(S.CLOSED)) == ()
