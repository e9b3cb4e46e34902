"""What time alone does."""

import pytest

from dispatch.deciding import VERIFY_WITHIN_MS, on_tick
from dispatch.orders import OrderState
from tests.dispatch.commune import MINUTE, NOW, finding
from tests.dispatch.orders import an_order

S = OrderState


def test_done_and_cleared_is_verified_and_closed_with_both_lines_in_the_log() -> None:
    decision = on_tick(an_order(S.DONE, done_ms=NOW), finding(closed_ms=NOW + MINUTE), NOW + 2 * MINUTE)
    assert decision.order is not None
    assert (decision.order.state, decision.order.cleared_ms) == (S.CLOSED, NOW + MINUTE)
    assert [event.what for event in decision.events] == ["cleared", "verified", "closed"]


def test_done_and_still_there_after_two_hours_is_unverified() -> None:
    order = an_order(S.DONE, done_ms=NOW)
    assert on_tick(order, finding(), NOW + VERIFY_WITHIN_MS - 1).order is None
    decision = on_tick(order, finding(), NOW + VERIFY_WITHIN_MS)
    assert decision.order is not None
    assert decision.order.state is S.DONE_UNVERIFIED
    assert [event.what for event in decision.events] == ["done_unverified"]


def test_cleared_at_the_last_moment_still_counts_as_verified() -> None:
    decision = on_tick(an_order(S.DONE, done_ms=NOW), finding(closed_ms=NOW), NOW + 2 * VERIFY_WITHIN_MS)
    assert decision.order is not None
    assert decision.order.state is S.CLOSED


def test_a_finding_nobody_knows_or_another_one_verifies_nothing() -> None:
    order = an_order(S.DONE, done_ms=NOW)
    other = finding(opened_ms=NOW - MINUTE, closed_ms=NOW)
    assert on_tick(order, None, NOW + MINUTE).order is None
    assert on_tick(order, other, NOW + MINUTE).order is None


@pytest.mark.parametrize("state", [state for state in S if state is not S.DONE])
def test_time_alone_moves_nothing_else(state: OrderState) -> None:
    assert on_tick(an_order(state), finding(closed_ms=NOW), NOW + 100 * VERIFY_WITHIN_MS).order is None
