"""API keys, one-time sign-in tokens and sessions. Only hashes of secrets are kept."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, insert, select, update

from storage.state import tables

_KEYS, _SESSIONS, _SIGN_INS = tables.api_keys, tables.sessions, tables.sign_ins


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept. `secret_sha256` is hexadecimal; an empty `village_id` is no restriction."""

    id: str
    secret_sha256: str
    scope: str
    village_id: str
    label: str
    created_ms: int
    expires_ms: int | None = None
    revoked_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser."""

    key_id: str
    expires_ms: int


class KeyRepository:
    """Keys by id, sessions and sign-in tokens by the hash of their token."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(
        self,
        id: str,  # noqa: A002 - the name of the column and of ApiKey.id
        secret_sha256: str,
        scope: str,
        village_id: str,
        created_ms: int,
        label: str = "",
        expires_ms: int | None = None,
    ) -> ApiKey:
        """Keep a new key. An id that exists already is a `StorageError`."""
        key = ApiKey(id, secret_sha256, scope, village_id, label, created_ms, expires_ms)
        self._connection.execute(insert(_KEYS).values(asdict(key)))
        return key

    def find(self, key_id: str) -> ApiKey | None:
        """The key with that id, revoked or not."""
        row = self._connection.execute(select(_KEYS).where(_KEYS.c.id == key_id)).mappings().first()
        return None if row is None else ApiKey(**row)

    def revoke(self, key_id: str, at_ms: int) -> bool:
        """End a key, its sessions and its sign-in tokens; False if it is unknown or was ended before."""
        for table in (_SESSIONS, _SIGN_INS):
            self._connection.execute(delete(table).where(table.c.key_id == key_id))
        living = update(_KEYS).where(_KEYS.c.id == key_id, _KEYS.c.revoked_ms.is_(None))
        return self._connection.execute(living.values(revoked_ms=at_ms)).rowcount == 1

    def all(self) -> list[ApiKey]:
        """Every key, oldest first."""
        query = select(_KEYS).order_by(_KEYS.c.created_ms, _KEYS.c.id)
        return [ApiKey(**row) for row in self._connection.execute(query).mappings()]

    def put_session(self, token_sha256: str, key_id: str, expires_ms: int) -> None:
        """Begin a session."""
        row = {"token_sha256": token_sha256, "key_id": key_id, "expires_ms": expires_ms}
        self._connection.execute(insert(_SESSIONS).values(row))

    def session(self, token_sha256: str) -> Session | None:
        """The session with that token; whether it has expired is for the caller to say."""
        query = select(_SESSIONS.c.key_id, _SESSIONS.c.expires_ms)
        row = self._connection.execute(query.where(_SESSIONS.c.token_sha256 == token_sha256)).first()
        return None if row is None else Session(row.key_id, row.expires_ms)

    def end_session(self, token_sha256: str) -> None:
        """End a session, if there is one."""
        self._connection.execute(delete(_SESSIONS).where(_SESSIONS.c.token_sha256 == token_sha256))

    def put_signin(self, token_sha256: str, key_id: str, expires_ms: int) -> None:
        """Keep a token that signs in once."""
        row = {"token_sha256": token_sha256, "key_id": key_id, "expires_ms": expires_ms}
        self._connection.execute(insert(_SIGN_INS).values(row))

    def take_signin(self, token_sha256: str, now_ms: int) -> str | None:
        """Use a sign-in token up: the id of its key the first time and in time, else None."""
        spent = delete(_SIGN_INS).where(_SIGN_INS.c.token_sha256 == token_sha256)
        row = self._connection.execute(spent.returning(_SIGN_INS.c.key_id, _SIGN_INS.c.expires_ms)).first()
        return row.key_id if row is not None and row.expires_ms > now_ms else None

    def forget_expired(self, now_ms: int) -> None:
        """Remove sessions and sign-in tokens whose time is over."""
        for table in (_SESSIONS, _SIGN_INS):
            self._connection.execute(delete(table).where(table.c.expires_ms <= now_ms))
