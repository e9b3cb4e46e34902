"""Sensors that announced themselves (Home Assistant's discovery), by the topic they did it on."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select

from storage.state import tables
from storage.state.upserting import upsert

_TABLE = tables.discoveries


class DiscoveryRepository:
    """Announcements as they were understood, the newest `CAP` of them."""

    CAP = 2_000

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, bodies: Sequence[Mapping[str, Any]], seen_ms: int) -> None:
        """Keep announcements (with `config_topic`, `device_id`, `state_topic`); the newest for each topic."""
        newest = {body["config_topic"]: body for body in bodies}
        rows = [
            {
                "config_topic": topic,
                "device_id": body["device_id"],
                "state_topic": body["state_topic"],
                "body": dict(body),
                "seen_ms": seen_ms,
            }
            for topic, body in newest.items()
        ]
        upsert(self._connection, _TABLE, rows)
        newest_first = (_TABLE.c.seen_ms.desc(), _TABLE.c.config_topic)
        kept = select(_TABLE.c.config_topic).order_by(*newest_first).limit(self.CAP)
        self._connection.execute(delete(_TABLE).where(_TABLE.c.config_topic.not_in(kept)))

    def remove(self, config_topics: Sequence[str]) -> None:
        """They were taken back."""
        self._connection.execute(delete(_TABLE).where(_TABLE.c.config_topic.in_(config_topics)))

    def all(self) -> list[dict[str, Any]]:
        """Every announcement, by topic."""
        query = select(_TABLE.c.body).order_by(_TABLE.c.config_topic)
        return list(self._connection.execute(query).scalars())
