"""From finding to verified work order through the desk, with everything saved together."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from analytics.findings import Finding
from desk.answers import answer
from desk.carrying import tell_again
from desk.context import Desk
from desk.errors import NotAllowedError, NotFoundError, NotYoursError
from desk.findings import record
from desk.orders import command
from desk.timers import tick
from dispatch.deciding import Command, CommandName
from dispatch.orders import LastAnswer, OrderState, WorkOrder
from storage.state import WatchCheckpoint
from tests.desk.commune import MINUTE, NOW, blocked, cleared, desk_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = desk_in(tmp_path)
    yield made
    made.state.close()


def raise_blockage(desk: Desk) -> tuple[Finding, WorkOrder]:
    finding = blocked()
    record(desk, [finding], None, NOW)
    with desk.state.snapshot() as tx:
        order = tx.orders.live_for("G07", finding.kind)
    assert order is not None
    return finding, order


def messages(desk: Desk, now_ms: int) -> dict[str, bytes]:
    with desk.state.snapshot() as tx:
        return {row.outgoing.target: row.outgoing.body for row in tx.outbox.due(now_ms, 100)}


def test_a_finding_becomes_an_assigned_order_and_a_message(desk: Desk) -> None:
    _, order = raise_blockage(desk)
    assert (order.state, order.crew_id) == (OrderState.ASSIGNED, "thoat-nuoc-1")
    body = messages(desk, NOW)[f"kenh/v1/crews/thoat-nuoc-1/work-orders/{order.id}"]
    assert orjson.loads(body)["sentence_vi"].startswith("Ga G07, ngõ 3 Giang Cao: nước 0,82 m")


def test_the_same_finding_twice_is_one_order(desk: Desk) -> None:
    finding, order = raise_blockage(desk)
    record(desk, [finding], None, NOW + MINUTE)
    with desk.state.snapshot() as tx:
        assert [live.id for live in tx.orders.live()] == [order.id]
        assert tx.orders.get(order.id) == order


def test_a_broker_that_forgot_is_told_every_live_order_again(desk: Desk) -> None:
    _, order = raise_blockage(desk)
    with desk.state.transaction() as tx:
        (row,) = tx.outbox.due(NOW, 9)
        tx.outbox.sent(row.id, NOW)
    assert tell_again(desk, NOW + MINUTE) == 1
    body = messages(desk, NOW + MINUTE)[f"kenh/v1/crews/thoat-nuoc-1/work-orders/{order.id}"]
    assert orjson.loads(body)["revision"] == order.revision
    command(desk, order.id, Command(CommandName.CANCEL, "user:a", reason="test"), NOW + MINUTE)
    assert tell_again(desk, NOW + 2 * MINUTE) == 0


def test_a_replay_does_not_reopen_what_has_cleared(desk: Desk) -> None:
    finding, order = raise_blockage(desk)
    record(desk, [cleared(finding, NOW + 9 * MINUTE)], None, NOW + 9 * MINUTE)
    record(desk, [finding], None, NOW + 10 * MINUTE)
    with desk.state.snapshot() as tx:
        stored = tx.findings.get(finding.id)
        ended = tx.orders.get(order.id)
    assert stored is not None
    assert stored.closed_ms == NOW + 9 * MINUTE
    assert ended is not None
    assert ended.state is OrderState.CANCELLED


def test_after_a_restart_the_same_trouble_keeps_its_first_id(desk: Desk) -> None:
    first, order = raise_blockage(desk)
    again = blocked(NOW + 30_000)
    record(desk, [again], None, NOW + MINUTE)
    record(desk, [cleared(again, NOW + 9 * MINUTE)], None, NOW + 9 * MINUTE)
    with desk.state.snapshot() as tx:
        assert tx.findings.get(again.id) is None
        ended = tx.findings.get(first.id)
        assert [live.id for live in tx.orders.live()] == []
    assert ended is not None
    assert ended.closed_ms == NOW + 9 * MINUTE
    assert order.finding_id == first.id


def test_an_order_is_not_reopened_beside_a_live_one(desk: Desk) -> None:
    first, order = raise_blockage(desk)
    command(desk, order.id, Command(CommandName.CANCEL, "user:a", reason="test"), NOW)
    record(desk, [cleared(first, NOW + MINUTE)], None, NOW + MINUTE)
    later = NOW + 48 * 60 * MINUTE
    record(desk, [blocked(later)], None, later)
    with pytest.raises(NotAllowedError, match="already open"):
        command(desk, order.id, Command(CommandName.REOPEN, "user:a"), later)


def test_done_and_cleared_is_verified_by_the_sensor_and_closed(desk: Desk) -> None:
    finding, order = raise_blockage(desk)
    for minute, status in enumerate(("accepted", "en_route", "on_site", "done"), start=1):
        answer(desk, order.id, "thoat-nuoc-1", LastAnswer(status, by="Tổ"), NOW + minute * MINUTE)
    record(desk, [cleared(finding, NOW + 9 * MINUTE)], None, NOW + 9 * MINUTE)
    with desk.state.snapshot() as tx:
        ended = tx.orders.get(order.id)
        told = [event.what for event in tx.events.of_order(order.id)]
    assert ended is not None
    assert ended.state is OrderState.CLOSED
    assert told[-2:] == ["verified", "closed"]


def test_done_without_the_sensor_is_unverified_after_two_hours(desk: Desk) -> None:
    _, order = raise_blockage(desk)
    answer(desk, order.id, "thoat-nuoc-1", LastAnswer("done"), NOW)
    assert tick(desk, NOW + 119 * MINUTE) == 0
    assert tick(desk, NOW + 121 * MINUTE) == 1
    with desk.state.snapshot() as tx:
        after = tx.orders.get(order.id)
    assert after is not None
    assert after.state is OrderState.DONE_UNVERIFIED


def test_a_refused_answer_is_shown_with_its_reason(desk: Desk) -> None:
    _, order = raise_blockage(desk)
    after = answer(desk, order.id, "thoat-nuoc-1", LastAnswer("teleported"), NOW)
    assert after.last_answer is not None
    assert after.last_answer.refused
    assert after.state is OrderState.ASSIGNED


def test_another_crews_answer_changes_nothing(desk: Desk) -> None:
    _, order = raise_blockage(desk)
    with pytest.raises(NotYoursError):
        answer(desk, order.id, "thu-gom", LastAnswer("accepted"), NOW)
    with pytest.raises(NotFoundError):
        answer(desk, "WO-nothing", "thu-gom", LastAnswer("accepted"), NOW)
    with desk.state.snapshot() as tx:
        assert tx.orders.get(order.id) == order


def test_reassigning_empties_the_first_crews_topic(desk: Desk) -> None:
    _, order = raise_blockage(desk)
    command(desk, order.id, Command(CommandName.ASSIGN, "user:a", crew_id="thu-gom"), NOW)
    sent = messages(desk, NOW)
    assert sent[f"kenh/v1/crews/thoat-nuoc-1/work-orders/{order.id}"] == b""
    assert sent[f"kenh/v1/crews/thu-gom/work-orders/{order.id}"]


def test_a_command_that_leads_nowhere_names_what_would(desk: Desk) -> None:
    _, order = raise_blockage(desk)
    with pytest.raises(NotAllowedError) as refused:
        command(desk, order.id, Command(CommandName.CLOSE, "user:a", reason="real"), NOW)
    assert "cancel" in refused.value.allowed
    with pytest.raises(NotFoundError):
        command(desk, order.id, Command(CommandName.ASSIGN, "user:a", crew_id="nobody"), NOW)


def test_a_reopened_order_is_not_emptied_later(desk: Desk) -> None:
    finding, order = raise_blockage(desk)
    record(desk, [cleared(finding, NOW + MINUTE)], None, NOW + MINUTE)
    record(desk, [blocked(NOW + 30 * MINUTE)], None, NOW + 30 * MINUTE)
    target = f"kenh/v1/crews/thoat-nuoc-1/work-orders/{order.id}"
    day_after = NOW + 26 * 60 * MINUTE
    assert orjson.loads(messages(desk, day_after)[target])["state"] == "assigned"
    with desk.state.transaction() as tx:
        (row,) = tx.outbox.due(day_after, 100)
        tx.outbox.sent(row.id, day_after)
        assert tx.outbox.due(day_after, 100) == []


def test_finding_order_message_and_checkpoint_are_saved_together_or_not_at_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("storage.state.watch.WatchRepository.save", broken)
    with pytest.raises(RuntimeError):
        record(desk, [blocked()], WatchCheckpoint(7, NOW, "1", b""), NOW)
    with desk.state.snapshot() as tx:
        assert tx.findings.open() == []
        assert tx.orders.live() == []
        assert tx.outbox.depth() == 0
        assert tx.events.head() == 0
