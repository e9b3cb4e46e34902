"""What ingest tells the desk besides readings: refusals, strangers, and who was heard."""

from collections.abc import Sequence
from typing import NamedTuple

from devices.frames import Frame, in_blocks
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
            tx.rejects.add_all(rows)

    def quarantined(self, strangers: Sequence[Unknown]) -> None:
        """Note devices nobody has adopted."""
        # A flood of one batch costs a statement for each device, not for each message.
        newest: dict[str, Unknown] = {}
        counts: dict[str, int] = {}
        for stranger in strangers:
            newest[stranger.device_id] = stranger
            counts[stranger.device_id] = counts.get(stranger.device_id, 0) + 1
        with self._state.transaction() as tx:
            for device_id, stranger in newest.items():
                tx.quarantine.saw(*stranger, count=counts[device_id])

    def seen(self, heard: Sequence[Heard]) -> None:
        """Note when devices and gateways were last heard."""
        with self._state.transaction() as tx:
            tx.devices_seen.touch(heard)

    def framed(self, frames: Sequence[Frame]) -> None:
        """Note which numbered uplinks arrived, and through whom."""
        with self._state.transaction() as tx:
            tx.frames.mark(in_blocks(frames))

    def reached(self, rows: Sequence[tuple[str, str, int | None, int]]) -> None:
        """Note how devices can be answered: (device, application, spreading factor, heard at)."""
        with self._state.transaction() as tx:
            tx.radio.heard(rows)
