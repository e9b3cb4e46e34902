"""Keys and sign-in: who may read, and who may act.

A key reads `kenh_<id>_<secret>`; only the SHA-256 of its 256-bit secret is kept, so a stolen database
opens nothing. A sign-in token is a one-time errand: it turns into a session in the browser and is gone.
"""

import hmac
import re
import secrets
from enum import StrEnum
from hashlib import sha256

from desk.errors import NotFoundError
from storage.state import ApiKey, State

_KEY = re.compile(r"kenh_([a-z0-9]{8})_([A-Za-z0-9_-]{43})")
SESSION_MS = 12 * 3600 * 1000
SIGN_IN_MS = 24 * 3600 * 1000


class Scope(StrEnum):
    """What a key may do; each includes what stands before it.

    `installer` adopts, mounts and calibrates devices. `ingest` stands apart: such a key posts uplinks and
    does nothing else, so that it can be left with a network server. Of the others only `admin` includes it.
    """

    VIEWER = "viewer"
    CREW = "crew"
    DISPATCHER = "dispatcher"
    INSTALLER = "installer"
    ADMIN = "admin"
    INGEST = "ingest"

    def includes(self, other: "Scope") -> bool:
        """May a holder of this scope do what `other` may do?"""
        if Scope.INGEST in (self, other):
            return self is other or self is Scope.ADMIN
        order = list(Scope)
        return order.index(self) >= order.index(other)


def create(state: State, scope: Scope, label: str, now_ms: int, *, village_id: str = "") -> str:
    """Make a key; the returned text is the only copy of it."""
    key_id = "".join(secrets.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(8))
    secret = secrets.token_urlsafe(32)
    with state.transaction() as tx:
        tx.keys.create(key_id, _digest(secret), scope.value, village_id, now_ms, label)
    return f"kenh_{key_id}_{secret}"


def check(state: State, text: str, now_ms: int) -> ApiKey | None:
    """The key this text stands for, if it is one of ours, in time and not revoked."""
    match = _KEY.fullmatch(text.strip())
    if match is None:
        return None
    with state.snapshot() as tx:
        key = tx.keys.find(match[1])
    digest = _digest(match[2])
    if key is None or not hmac.compare_digest(key.secret_sha256, digest):
        return None
    return key if _is_valid(key, now_ms) else None


def revoke(state: State, key_id: str, now_ms: int) -> None:
    """Close a key for good.

    Raises:
        NotFoundError: no such key.
    """
    with state.transaction() as tx:
        if tx.keys.find(key_id) is None:
            raise NotFoundError("key", key_id)
        tx.keys.revoke(key_id, now_ms)


def sign_in_token(state: State, key_id: str, now_ms: int) -> str:
    """A one-time token for the sign-in link."""
    token = secrets.token_urlsafe(24)
    with state.transaction() as tx:
        tx.keys.put_signin(_digest(token), key_id, now_ms + SIGN_IN_MS)
    return token


def sign_in(state: State, token: str, now_ms: int) -> str | None:
    """Turn a sign-in token into a session; the session's own token, or None if it is spent or unknown."""
    with state.transaction() as tx:
        key_id = tx.keys.take_signin(_digest(token), now_ms)
    return None if key_id is None else start_session(state, key_id, now_ms)


def start_session(state: State, key_id: str, now_ms: int) -> str:
    """Begin a session for a key that was checked; returns the session's token for the cookie."""
    token = secrets.token_urlsafe(32)
    with state.transaction() as tx:
        tx.keys.put_session(_digest(token), key_id, now_ms + SESSION_MS)
    return token


def session_key(state: State, token: str, now_ms: int) -> ApiKey | None:
    """The key behind a session, if the session and the key are both still good."""
    with state.snapshot() as tx:
        session = tx.keys.session(_digest(token))
        if session is None or session.expires_ms <= now_ms:
            return None
        key = tx.keys.find(session.key_id)
    return key if key is not None and _is_valid(key, now_ms) else None


def end_session(state: State, token: str) -> None:
    """Sign out."""
    with state.transaction() as tx:
        tx.keys.end_session(_digest(token))


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _is_valid(key: ApiKey, now_ms: int) -> bool:
    return key.revoked_ms is None and (key.expires_ms is None or key.expires_ms > now_ms)
