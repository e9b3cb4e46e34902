"""Keys and sessions: what opens, and what no longer does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk import keys
from desk.errors import NotFoundError
from desk.keys import Scope
from storage.state import State, sqlite_url
from tests.desk.commune import NOW


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    made = State(sqlite_url(tmp_path / "state.db"))
    made.migrate()
    yield made
    made.close()


def test_a_key_opens_with_its_scope_and_its_secret_is_nowhere_on_disk(state: State, tmp_path: Path) -> None:
    text = keys.create(state, Scope.DISPATCHER, "desk", NOW)
    found = keys.check(state, text, NOW)
    assert found is not None
    assert found.scope == Scope.DISPATCHER
    secret = text.split("_", 2)[2]
    assert all(secret.encode() not in file.read_bytes() for file in tmp_path.glob("state.db*"))


def test_a_changed_key_opens_nothing(state: State) -> None:
    text = keys.create(state, Scope.ADMIN, "", NOW)
    for changed in ("", text[:-1], text + "x", text[:-1] + "!", text.replace("kenh_", "kenh-")):
        assert keys.check(state, changed, NOW) is None


def test_a_revoked_key_opens_nothing_nor_do_its_sessions(state: State) -> None:
    text = keys.create(state, Scope.ADMIN, "", NOW)
    key = keys.check(state, text, NOW)
    assert key is not None
    session = keys.start_session(state, key.id, NOW)
    keys.revoke(state, key.id, NOW + 1)
    assert keys.check(state, text, NOW + 2) is None
    assert keys.session_key(state, session, NOW + 2) is None
    with pytest.raises(NotFoundError):
        keys.revoke(state, "zzzzzzzz", NOW)


def test_a_sign_in_link_works_once_and_not_after_its_day(state: State) -> None:
    key = keys.check(state, keys.create(state, Scope.ADMIN, "", NOW), NOW)
    assert key is not None
    token = keys.sign_in_token(state, key.id, NOW)
    session = keys.sign_in(state, token, NOW)
    assert session is not None
    assert keys.session_key(state, session, NOW) == key
    assert keys.sign_in(state, token, NOW) is None
    late = keys.sign_in_token(state, key.id, NOW)
    assert keys.sign_in(state, late, NOW + keys.SIGN_IN_MS + 1) is None


def test_a_session_ends_by_time_and_by_signing_out(state: State) -> None:
    key = keys.check(state, keys.create(state, Scope.VIEWER, "", NOW), NOW)
    assert key is not None
    session = keys.start_session(state, key.id, NOW)
    assert keys.session_key(state, session, NOW + keys.SESSION_MS) is None
    keys.end_session(state, session)
    assert keys.session_key(state, session, NOW) is None


@pytest.mark.parametrize(
    ("holder", "needed", "may"),
    [
        (Scope.ADMIN, Scope.VIEWER, True),
        (Scope.DISPATCHER, Scope.DISPATCHER, True),
        (Scope.CREW, Scope.DISPATCHER, False),
        (Scope.VIEWER, Scope.CREW, False),
    ],
)
def test_each_scope_includes_those_before_it(holder: Scope, needed: Scope, may: bool) -> None:
    assert holder.includes(needed) is may
