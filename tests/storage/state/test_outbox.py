"""Messages that must leave: once each, in order for each target."""

from dataclasses import replace

from dispatch.orders import Outgoing
from storage.state import OutboxRow, State


def message(key: str, target: str = "kenh/v1/crews/to-1/work-orders/WO-1", due_ms: int = 1000) -> Outgoing:
    return Outgoing("mqtt", target, f'{{"key":"{key}"}}'.encode(), key, due_ms, "WO-1")


def put(state: State, *messages: Outgoing) -> None:
    with state.transaction() as tx:
        for one in messages:
            tx.outbox.put(one)


def due(state: State, now_ms: int = 5000, limit: int = 100) -> list[OutboxRow]:
    with state.snapshot() as tx:
        return tx.outbox.due(now_ms, limit)


def keys(rows: list[OutboxRow]) -> list[str]:
    return [row.outgoing.key for row in rows]


def test_a_message_comes_back_as_it_was(state: State) -> None:
    empty = replace(message("b", "t2"), body=b"")
    put(state, message("a"), empty)
    assert due(state) == [OutboxRow(1, message("a")), OutboxRow(2, empty)]


def test_a_message_is_not_due_before_its_time(state: State) -> None:
    put(state, message("a", due_ms=2000))
    assert (keys(due(state, 1999)), keys(due(state, 2000))) == ([], ["a"])


def test_the_same_key_again_is_ignored_even_after_it_was_sent(state: State) -> None:
    put(state, message("a"), replace(message("a"), body=b"other"))
    (row,) = due(state)
    assert row.outgoing == message("a")
    with state.transaction() as tx:
        tx.outbox.sent(row.id, 5000)
        tx.outbox.put(message("a"))
        assert tx.outbox.depth() == 0


def test_only_the_first_message_for_a_target_is_handed_out(state: State) -> None:
    put(state, message("a1", "a"), message("b1", "b"), message("a2", "a"), message("b2", "b"))
    assert keys(due(state)) == ["a1", "b1"]
    with state.transaction() as tx:
        tx.outbox.sent(1, 5000)
    assert keys(due(state)) == ["b1", "a2"]


def test_the_same_target_on_another_channel_does_not_wait(state: State) -> None:
    put(state, message("a"), replace(message("b"), channel="webhook"))
    assert keys(due(state)) == ["a", "b"]


def test_a_message_that_failed_waits_and_holds_back_those_behind_it(state: State) -> None:
    put(state, message("first"), message("second"))
    with state.transaction() as tx:
        tx.outbox.failed(1, 9000, "connection refused")
    assert keys(due(state, 8999)) == []
    (row,) = due(state, 9000)
    assert (row.outgoing.key, row.attempts, row.last_error) == ("first", 1, "connection refused")


def test_a_later_message_that_is_due_earlier_does_not_overtake(state: State) -> None:
    put(state, message("first", due_ms=9000), message("second", due_ms=1000))
    assert keys(due(state, 5000)) == []
    assert keys(due(state, 9000)) == ["first"]


def test_a_dead_message_lets_the_next_one_go(state: State) -> None:
    put(state, message("first"), message("second"))
    with state.transaction() as tx:
        tx.outbox.dead(1, "no such topic")
        assert tx.outbox.depth() == 1
    assert keys(due(state)) == ["second"]


def test_the_limit_takes_the_oldest(state: State) -> None:
    put(state, *[message(str(number), f"t{number}") for number in range(5)])
    assert keys(due(state, limit=2)) == ["0", "1"]


def test_depth_counts_what_waits(state: State) -> None:
    put(state, message("a"), message("b"), message("c"))
    with state.transaction() as tx:
        tx.outbox.sent(1, 5000)
        tx.outbox.failed(2, 9000, "later")
        assert tx.outbox.depth() == 2


def test_settled_messages_can_be_forgotten_and_waiting_ones_never_are(state: State) -> None:
    put(state, message("old"), message("waiting"), message("new"))
    with state.transaction() as tx:
        tx.outbox.sent(1, 100)
        tx.outbox.sent(3, 900)
        assert tx.outbox.forget(500) == 1
        assert tx.outbox.depth() == 1
        tx.outbox.put(message("new"))
        assert tx.outbox.depth() == 1
