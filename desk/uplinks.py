"""What ingest tells the desk besides readings: refusals, strangers, and who was heard."""

from collections.abc import Sequence
from typing import NamedTuple

from devices.frames import Frame, in_blocks
from storage.state import QuarantineRow, RejectRow, State


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
        # A flood costs what its devices cost, not its messages; heard last stands last.
        heard: dict[str, tuple[QuarantineRow, int]] = {}
        for one in strangers:
            _, count = heard.pop(one.device_id, (None, 0))
            row = QuarantineRow(
                one.device_id, one.at_ms, one.at_ms, 1, one.topic, one.payload, one.name, one.model_hint
            )
            heard[one.device_id] = row, count + 1
        with self._state.transaction() as tx:
            tx.quarantine.saw_all(list(heard.values()))

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
