"""Work orders: one live order a site and kind, and a revision that tells writers apart."""

from dataclasses import replace

import pytest

from analytics.findings import FindingKind
from dispatch.orders import LastAnswer, OrderState
from storage.errors import ConflictError
from storage.state import State
from tests.storage.state.examples import order


def test_a_new_order_gets_revision_one_and_comes_back_as_it_was(state: State) -> None:
    full = order(
        sentence_vi="Ga G07: nước 0,82 m",
        sentence_en="Manhole G07: water 0.82 m",
        acknowledged_ms=1,
        accepted_ms=2,
        on_site_ms=3,
        done_ms=4,
        cleared_ms=5,
        closed_ms=6,
        close_reason="verified",
        last_answer=LastAnswer("done", "Tổ 1", "đã thông", "too_early"),
    )
    with state.transaction() as tx:
        saved = tx.orders.save(full)
    assert saved == replace(full, revision=1)
    with state.snapshot() as tx:
        assert tx.orders.get(full.id) == saved
        assert tx.orders.get("WO-unknown") is None


def test_every_saving_counts_the_revision_up(state: State) -> None:
    with state.transaction() as tx:
        first = tx.orders.save(order())
        second = tx.orders.save(replace(first, state=OrderState.ACCEPTED))
        assert second.revision == 2
        assert tx.orders.get("WO-1") == second


def test_whoever_holds_an_old_revision_is_told_and_changes_nothing(state: State) -> None:
    with state.transaction() as tx:
        first = tx.orders.save(order())
        second = tx.orders.save(replace(first, state=OrderState.ACCEPTED))
        with pytest.raises(ConflictError) as caught:
            tx.orders.save(replace(first, state=OrderState.PAUSED))
        assert tx.orders.get("WO-1") == second
    assert (caught.value.order_id, caught.value.retryable) == ("WO-1", True)


def test_a_new_order_under_a_known_id_is_a_conflict(state: State) -> None:
    with state.transaction() as tx:
        tx.orders.save(order(state=OrderState.CLOSED))
        with pytest.raises(ConflictError):
            tx.orders.save(order(site_id="g08"))


def test_an_order_that_was_never_saved_cannot_be_changed(state: State) -> None:
    with state.transaction() as tx, pytest.raises(ConflictError):
        tx.orders.save(order(revision=3))


def test_a_second_live_order_for_a_site_and_kind_is_a_conflict(state: State) -> None:
    with state.transaction() as tx:
        tx.orders.save(order("WO-1"))
        with pytest.raises(ConflictError):
            tx.orders.save(order("WO-2", 2000))
        tx.orders.save(order("WO-3", 3000, kind=FindingKind.FLOODING))
        tx.orders.save(order("WO-4", 4000, site_id="g08"))
        assert [one.id for one in tx.orders.live()] == ["WO-1", "WO-3", "WO-4"]


def test_reopening_beside_a_live_order_is_a_conflict_that_leaves_the_transaction_usable(state: State) -> None:
    with state.transaction() as tx:
        ended = tx.orders.save(order("WO-1", state=OrderState.CLOSED))
        tx.orders.save(order("WO-2", 2000))
        with pytest.raises(ConflictError):
            tx.orders.save(replace(ended, state=OrderState.REOPENED))
        tx.meta.set("after", "the conflict")
    with state.snapshot() as tx:
        assert tx.orders.get("WO-1") == ended
        assert tx.meta.get("after") == "the conflict"


@pytest.mark.parametrize("ending", [OrderState.CLOSED, OrderState.CANCELLED])
def test_when_an_order_has_ended_the_next_may_begin(state: State, ending: OrderState) -> None:
    with state.transaction() as tx:
        first = tx.orders.save(order("WO-1"))
        tx.orders.save(replace(first, state=ending))
        tx.orders.save(order("WO-2", 2000))
        assert [one.id for one in tx.orders.live()] == ["WO-2"]


def test_orders_are_found_by_place_and_by_finding(state: State) -> None:
    blocked = FindingKind.BLOCKED_DRAIN
    with state.transaction() as tx:
        old = tx.orders.save(order("WO-1", 1000, state=OrderState.CLOSED))
        assert tx.orders.live_for("g07", blocked) is None
        assert tx.orders.latest_for("g07", blocked) == old
        new = tx.orders.save(order("WO-2", 2000, finding_id="f-2"))
        assert tx.orders.live_for("g07", blocked) == new
        assert tx.orders.latest_for("g07", blocked) == new
        assert tx.orders.latest_for("g07", FindingKind.FLOODING) is None
        assert tx.orders.by_finding("f-1") == old
        assert tx.orders.by_finding("f-9") is None


def test_pages_are_newest_first_and_resume_without_gap_or_repeat(state: State) -> None:
    with state.transaction() as tx:
        saved = [tx.orders.save(order(f"WO-{n}", 1000 * (n // 2), site_id=f"g{n}")) for n in range(7)]
        seen, after = tx.orders.page(limit=3)
        while after is not None:
            part, after = tx.orders.page(limit=3, after=after)
            seen += part
    assert seen == sorted(saved, key=lambda one: (one.opened_ms, one.id), reverse=True)


def test_pages_can_be_narrowed(state: State) -> None:
    with state.transaction() as tx:
        tx.orders.save(order("WO-1", 1000, state=OrderState.CLOSED))
        tx.orders.save(order("WO-2", 2000, state=OrderState.ON_SITE))
        tx.orders.save(order("WO-3", 3000, kind=FindingKind.FLOODING, crew_id="to-2"))
        tx.orders.save(order("WO-4", 4000, site_id="g08"))

        def ids(**wanted: object) -> list[str]:
            return [one.id for one in tx.orders.page(**wanted)[0]]  # type: ignore[arg-type]

        assert ids(state=OrderState.ON_SITE) == ["WO-2"]
        assert ids(crew_id="to-2") == ["WO-3"]
        assert ids(site_id="g08") == ["WO-4"]
        assert ids(kind=FindingKind.BLOCKED_DRAIN) == ["WO-4", "WO-2", "WO-1"]
        assert ids(site_id="g07", live_only=True) == ["WO-3", "WO-2"]
