"""Small facts about the installation, and leases: who does what only one may do."""

from sqlalchemy import Connection, delete, or_, select

from storage.state import tables
from storage.state.upserting import insert_into, upsert

_META, _LEASES = tables.meta, tables.leases


class MetaRepository:
    """Facts and leases by name."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> str | None:
        """The fact of that name."""
        return self._connection.execute(select(_META.c.value).where(_META.c.name == name)).scalar()

    def set(self, name: str, value: str) -> None:
        """Keep a fact."""
        upsert(self._connection, _META, [{"name": name, "value": value}])

    def lease(self, name: str, holder: str, now_ms: int, ttl_ms: int) -> bool:
        """Take or renew a lease until `now_ms + ttl_ms`; False while somebody else holds it."""
        statement = insert_into(self._connection, _LEASES)
        statement = statement.values(name=name, holder=holder, expires_ms=now_ms + ttl_ms)
        taken = statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": statement.excluded.holder, "expires_ms": statement.excluded.expires_ms},
            where=or_(_LEASES.c.holder == holder, _LEASES.c.expires_ms <= now_ms),
        )
        return self._connection.execute(taken.returning(_LEASES.c.name)).first() is not None

    def release(self, name: str, holder: str) -> None:
        """Give a lease back early, so that the next one need not wait for it to run out."""
        self._connection.execute(delete(_LEASES).where(_LEASES.c.name == name, _LEASES.c.holder == holder))
