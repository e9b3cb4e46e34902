"""Housekeeping lets go of the old and of nothing else."""

from pathlib import Path

from desk import keys
from desk.housekeeping import DAY_MS, MESSAGES_KEPT_MS, tidy
from desk.keys import Scope
from dispatch.orders import Outgoing
from tests.desk.commune import NOW, desk_in


def test_settled_messages_and_dead_sessions_go_and_waiting_ones_stay(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    key = keys.check(desk.state, keys.create(desk.state, Scope.ADMIN, "", NOW), NOW)
    assert key is not None
    session = keys.start_session(desk.state, key.id, NOW)
    with desk.state.transaction() as tx:
        tx.outbox.put(Outgoing("mqtt", "a", b"left", "a", NOW))
        (left,) = tx.outbox.due(NOW, 9)
        tx.outbox.sent(left.id, NOW)
        tx.outbox.put(Outgoing("mqtt", "b", b"waits", "b", NOW))
    tidy(desk, NOW + MESSAGES_KEPT_MS + DAY_MS)
    with desk.state.transaction() as tx:
        tx.outbox.put(Outgoing("mqtt", "a", b"again", "a", NOW))
        assert {row.outgoing.body for row in tx.outbox.due(NOW, 9)} == {b"again", b"waits"}
    assert keys.session_key(desk.state, session, NOW) is None
    assert keys.check(desk.state, "kenh_x", NOW) is None
    desk.state.close()
