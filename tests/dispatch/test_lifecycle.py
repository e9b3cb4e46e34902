"""The table of states, and that nothing anybody sends leads round it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.findings import Finding, Severity
from dispatch.deciding import (
    Command,
    CommandName,
    Decision,
    Refused,
    on_answer,
    on_command,
    on_finding,
    on_tick,
)
from dispatch.lifecycle import PASSING, TRANSITIONS, allowed, refusal
from dispatch.orders import ENDED, LastAnswer, OrderState, WorkOrder
from dispatch.steps import Draft
from tests.dispatch.commune import HOUR, MINUTE, NOW, commune, finding
from tests.dispatch.orders import an_order

S = OrderState


def test_every_state_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(OrderState)


def test_an_ended_order_only_reopens() -> None:
    for state in ENDED:
        assert allowed(state) == (S.REOPENED,)


@pytest.mark.parametrize("state", list(OrderState))
@pytest.mark.parametrize("target", list(OrderState))
def test_a_refusal_speaks_both_languages(state: OrderState, target: OrderState) -> None:
    why = refusal(an_order(state), target)
    assert (why is None) == (target in TRANSITIONS[state])
    if why is not None:
        vi, _, en = why.partition(" / ")
        assert vi.startswith("Phiếu WO-")
        assert en.startswith("Work order WO-")


def test_a_forbidden_step_inside_a_decision_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="only be reopened"):
        Draft(an_order(S.CLOSED), NOW).move(S.DONE, "answered")


class Story:
    """What the desk would hold of one site and kind while things happen to it, in memory."""

    def __init__(self) -> None:
        self.now_ms = NOW
        self.orders: dict[str, WorkOrder] = {}
        self.order_ids: list[str] = []
        self.finding: Finding | None = None

    @property
    def latest(self) -> WorkOrder | None:
        return self.orders[self.order_ids[-1]] if self.order_ids else None

    @property
    def live(self) -> WorkOrder | None:
        latest = self.latest
        return latest if latest is not None and latest.is_live else None

    def keep(self, decision: Decision) -> None:
        """Save as storage does, checking every step on the way."""
        after = decision.order
        if after is None:
            assert decision.events == ()
            return
        before = self.orders.get(after.id)
        assert decision.events
        assert after.state not in PASSING
        assert after.revision == (before.revision if before else 0)
        self._check_steps(before, decision)
        if before is None:
            self.order_ids.append(after.id)
        self.orders[after.id] = replace(after, revision=after.revision + 1)
        assert sum(order.is_live for order in self.orders.values()) <= 1

    def _check_steps(self, before: WorkOrder | None, decision: Decision) -> None:
        state = before.state if before else S.OPEN
        for event in decision.events:
            step = S(str(event.data["state"]))
            assert step is state or step in TRANSITIONS[state], f"{state} -> {step} by {event.what}"
            if state in ENDED and step is not state:
                assert event.what == "reopened"
            state = step
        assert decision.order is not None
        assert state is decision.order.state
        assert (decision.order.closed_ms is not None) == (state in ENDED)

    def raise_finding(self, severity: Severity) -> None:
        if self.finding is None or self.finding.closed_ms is not None:
            self.finding = finding(opened_ms=self.now_ms, severity=severity)
        else:
            self.finding = replace(self.finding, severity=severity, updated_ms=self.now_ms)
        self.take_in()

    def clear(self) -> None:
        if self.finding is not None and self.finding.closed_ms is None:
            self.finding = replace(self.finding, closed_ms=self.now_ms, updated_ms=self.now_ms)
            self.take_in()

    def take_in(self) -> None:
        if self.finding is not None:
            self.keep(on_finding(self.finding, self.live, self.latest, commune(), self.now_ms))

    def say(self, status: str) -> None:
        if self.latest is not None:
            self.keep(on_answer(self.latest, LastAnswer(status), self.now_ms))

    def command(self, name: CommandName, crew_id: str, reason: str) -> None:
        if self.latest is not None:
            wanted = Command(name, "user:k", crew_id, reason)
            decision = on_command(self.latest, wanted, self.now_ms)
            if isinstance(decision, Refused):
                assert name not in decision.allowed
            else:
                self.keep(decision)

    def tick(self) -> None:
        if self.live is not None:
            of_order = self.finding if self.finding and self.finding.id == self.live.finding_id else None
            self.keep(on_tick(self.live, of_order, self.now_ms))


_STEPS = st.one_of(
    st.tuples(st.just("raise"), st.sampled_from(list(Severity))),
    st.tuples(st.just("clear")),
    st.tuples(st.just("again")),
    st.tuples(st.just("say"), st.sampled_from(["accepted", "en_route", "on_site", "done", "rejected", "?"])),
    st.tuples(
        st.just("command"),
        st.sampled_from(list(CommandName)),
        st.sampled_from(["drain-out", "drain-in"]),
        st.sampled_from(["real", "sensor"]),
    ),
    st.tuples(st.just("tick")),
    st.tuples(st.just("wait"), st.sampled_from([MINUTE, 11 * MINUTE, 3 * HOUR, 30 * HOUR])),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_STEPS, max_size=25))
def test_nothing_anybody_sends_leads_to_a_forbidden_step(
    steps: list[tuple[object, ...]],
) -> None:
    story = Story()
    for step in steps:
        match step:
            case ("raise", Severity() as severity):
                story.raise_finding(severity)
            case ("clear",):
                story.clear()
            case ("again",):
                story.take_in()
            case ("say", str() as status):
                story.say(status)
            case ("command", CommandName() as name, str() as crew_id, str() as reason):
                story.command(name, crew_id, reason)
            case ("tick",):
                story.tick()
            case ("wait", int() as wait_ms):
                story.now_ms += wait_ms
            case _:
                pytest.fail(f"no such step: {step}")
