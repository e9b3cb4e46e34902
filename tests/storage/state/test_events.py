"""The event log."""

from dispatch.orders import Event
from storage.state import State


def event(what: str = "accepted", order_id: str = "WO-1") -> Event:
    data: dict[str, str | int | bool | None] = {"note": "đã nhận", "minutes": 4, "late": False, "why": None}
    return Event(1000, what, "to-1", order_id, "f-1", "g07", data)


def test_an_event_comes_back_as_it_was(state: State) -> None:
    with state.transaction() as tx:
        number = tx.events.append(event())
        assert tx.events.after(0, 10) == [(number, event())]


def test_an_empty_log_has_head_zero(state: State) -> None:
    with state.snapshot() as tx:
        assert (tx.events.head(), tx.events.after(0, 10)) == (0, [])


def test_events_are_numbered_in_order_and_read_on_from_a_number(state: State) -> None:
    with state.transaction() as tx:
        numbers = [tx.events.append(event(what)) for what in "abcde"]
        assert numbers == sorted(set(numbers))
        assert tx.events.head() == numbers[-1]
        assert [one.what for _, one in tx.events.after(numbers[1], 2)] == ["c", "d"]


def test_the_story_of_one_order_is_in_order(state: State) -> None:
    with state.transaction() as tx:
        for what, order_id in (("a", "WO-1"), ("b", "WO-2"), ("c", "WO-1")):
            tx.events.append(event(what, order_id))
        assert [one.what for one in tx.events.of_order("WO-1")] == ["a", "c"]


def test_a_number_undone_with_its_transaction_leaves_no_event(state: State) -> None:
    class StoppedError(Exception):
        pass

    try:
        with state.transaction() as tx:
            tx.events.append(event())
            raise StoppedError
    except StoppedError:
        pass
    with state.snapshot() as tx:
        assert tx.events.head() == 0
