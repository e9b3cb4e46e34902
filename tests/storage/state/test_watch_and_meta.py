"""The watch's checkpoint, small facts, and leases."""

from storage.state import State, WatchCheckpoint


def test_the_checkpoint_is_replaced_as_a_whole(state: State) -> None:
    with state.transaction() as tx:
        assert tx.watch.load() is None
        tx.watch.save(WatchCheckpoint(7, 1000, "1", b"\x00snapshot"))
        tx.watch.save(WatchCheckpoint(9, 2000, "2", b""))
        assert tx.watch.load() == WatchCheckpoint(9, 2000, "2", b"")


def test_a_fact_is_kept_until_it_is_set_again(state: State) -> None:
    with state.transaction() as tx:
        assert tx.meta.get("demo") is None
        tx.meta.set("demo", "yes")
        tx.meta.set("demo", "không")
        assert tx.meta.get("demo") == "không"


def test_a_lease_is_held_by_one_at_a_time(state: State) -> None:
    with state.transaction() as tx:
        assert tx.meta.lease("watch", "first", 1000, 500)
        assert not tx.meta.lease("watch", "second", 1499, 500)
        assert tx.meta.lease("other", "second", 1499, 500)


def test_its_holder_renews_a_lease(state: State) -> None:
    with state.transaction() as tx:
        tx.meta.lease("watch", "first", 1000, 500)
        assert tx.meta.lease("watch", "first", 1400, 500)
        assert not tx.meta.lease("watch", "second", 1600, 500)


def test_a_lease_that_ran_out_goes_to_whoever_asks(state: State) -> None:
    with state.transaction() as tx:
        tx.meta.lease("watch", "first", 1000, 500)
        assert tx.meta.lease("watch", "second", 1500, 500)
        assert not tx.meta.lease("watch", "first", 1600, 500)


def test_a_lease_given_back_is_free_and_only_its_holder_gives_it_back(state: State) -> None:
    with state.transaction() as tx:
        tx.meta.lease("watch", "first", 1000, 500)
        tx.meta.release("watch", "second")
        assert not tx.meta.lease("watch", "second", 1100, 500)
        tx.meta.release("watch", "first")
        assert tx.meta.lease("watch", "second", 1100, 500)
