"""Keys, sign-in tokens and sessions."""

from collections.abc import Iterator

import pytest

from storage.errors import StorageError
from storage.state import ApiKey, Session, State
from storage.state.transaction import Tx


@pytest.fixture
def tx(state: State) -> Iterator[Tx]:
    with state.transaction() as tx:
        tx.keys.create("abc", "5e" * 32, "viewer", "giang-cao", 1000, "bảng điện")
        yield tx


def test_a_key_comes_back_as_it_was(tx: Tx) -> None:
    assert tx.keys.find("abc") == ApiKey("abc", "5e" * 32, "viewer", "giang-cao", "bảng điện", 1000)
    assert tx.keys.find("nobody") is None


def test_keys_are_listed_oldest_first(tx: Tx) -> None:
    tx.keys.create("older", "00", "admin", "", 500, "", expires_ms=9000)
    assert [(key.id, key.expires_ms) for key in tx.keys.all()] == [("older", 9000), ("abc", None)]


def test_an_id_is_given_once(state: State) -> None:
    with state.transaction() as tx:
        first = tx.keys.create("abc", "00", "viewer", "", 1)
    with pytest.raises(StorageError, match="UNIQUE"), state.transaction() as tx:
        tx.keys.create("abc", "11", "admin", "", 1)
    with state.snapshot() as tx:
        assert tx.keys.all() == [first]


def test_a_revoked_key_keeps_its_first_time_and_loses_its_sessions(tx: Tx) -> None:
    tx.keys.put_session("s", "abc", 9000)
    tx.keys.put_signin("t", "abc", 9000)
    assert tx.keys.revoke("abc", 2000)
    assert not tx.keys.revoke("abc", 3000)
    assert not tx.keys.revoke("nobody", 3000)
    key = tx.keys.find("abc")
    assert key is not None
    assert key.revoked_ms == 2000
    assert tx.keys.session("s") is None
    assert tx.keys.take_signin("t", 2000) is None


def test_a_session_lasts_until_it_is_ended(tx: Tx) -> None:
    tx.keys.put_session("s", "abc", 9000)
    assert tx.keys.session("s") == Session("abc", 9000)
    tx.keys.end_session("s")
    tx.keys.end_session("s")
    assert tx.keys.session("s") is None


def test_a_sign_in_token_works_once(tx: Tx) -> None:
    tx.keys.put_signin("t", "abc", 9000)
    assert tx.keys.take_signin("t", 5000) == "abc"
    assert tx.keys.take_signin("t", 5000) is None


def test_a_sign_in_token_is_refused_when_its_time_is_over(tx: Tx) -> None:
    tx.keys.put_signin("t", "abc", 9000)
    assert tx.keys.take_signin("t", 9000) is None


def test_a_session_needs_a_key(state: State) -> None:
    with pytest.raises(StorageError, match="FOREIGN KEY"), state.transaction() as tx:
        tx.keys.put_session("s", "nobody", 9000)


def test_expired_sessions_and_tokens_can_be_forgotten(tx: Tx) -> None:
    for token, expires_ms in (("old", 1000), ("new", 9000)):
        tx.keys.put_session(token, "abc", expires_ms)
        tx.keys.put_signin(token, "abc", expires_ms)
    tx.keys.forget_expired(5000)
    assert (tx.keys.session("old"), tx.keys.session("new")) == (None, Session("abc", 9000))
    assert tx.keys.take_signin("new", 5000) == "abc"
