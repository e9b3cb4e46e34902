"""What ingest tells the desk besides readings: refusals, strangers, and who was heard."""

from collections.abc import Sequence
from typing import NamedTuple

from storage.state import RejectRow, State


class Unknown(NamedTuple):
    """An uplink of a device nobody has registered."""

    device_id: str
    at_ms: int
    topic: str
    payload: bytes
    name: str = ""
    model_hint: str = ""


class Heard(NamedTuple):
    """A device was heard, by this gateway if one is named."""

    device_id: str
    received_ms: int
    gateway_id: str | None


class UplinkBook:
    """Notes them in the state; every method is one transaction."""

    def __init__(self, state: State) -> None:
        self._state = state

    def rejected(self, rows: Sequence[RejectRow]) -> None:
        """Keep what was refused, with its reason and raw bytes."""
        with self._state.transaction() as tx:
            for row in rows:
                tx.rejects.add(row)

    def quarantined(self, strangers: Sequence[Unknown]) -> None:
        """Note devices nobody has adopted."""
        with self._state.transaction() as tx:
            for stranger in strangers:
                tx.quarantine.saw(*stranger)

    def seen(self, heard: Sequence[Heard]) -> None:
        """Note when devices and gateways were last heard."""
        with self._state.transaction() as tx:
            tx.devices_seen.touch(heard)
