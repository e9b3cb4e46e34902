"""What a batch of raw records came to: readings, refusals, strangers, and who was heard how."""

from dataclasses import dataclass, field
from typing import NamedTuple

from devices.formats import Discovered
from devices.frames import Frame
from devices.readings import Reading
from devices.uplinks import Rejected, RejectReason
from ingest.records import Raw
from ingest.segments import Position


class Refusal(NamedTuple):
    """Something of a message that was refused, and the message. `position` is its place in the journal."""

    position: Position
    received_ms: int
    topic: str
    payload: bytes
    device_id: str
    reason: RejectReason
    detail: str


class Stranger(NamedTuple):
    """An uplink of a device nobody has registered."""

    device_id: str
    at_ms: int
    topic: str
    payload: bytes
    name: str = ""
    model_hint: str = ""


class Seen(NamedTuple):
    """A registered device was heard, by this gateway if one is named."""

    device_id: str
    received_ms: int
    gateway_id: str | None


class Reach(NamedTuple):
    """How a device can be answered: its network server's application, and how far away it sounds."""

    device_id: str
    application: str
    spreading_factor: int | None
    received_ms: int


@dataclass(slots=True)
class Understood:
    """All there is in a batch.

    `readings[i]` came from the record `origins[i]`. `simulated` and `without_data` count uplinks that are
    neither stored nor refused.
    """

    readings: list[Reading] = field(default_factory=list)
    origins: list[tuple[Position, Raw]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    strangers: list[Stranger] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    discovered: list[Discovered] = field(default_factory=list)
    heard: dict[tuple[str, str | None], int] = field(default_factory=dict)
    reach: dict[str, Reach] = field(default_factory=dict)
    simulated: int = 0
    without_data: int = 0

    def refuse(self, place: Position, raw: Raw, why: Rejected) -> None:
        """Keep a refusal together with the record it came from."""
        self.refusals.append(
            Refusal(place, raw.received_ms, raw.topic, raw.payload, why.device_id, why.reason, why.detail)
        )

    def mark(self) -> tuple[int, ...]:
        """How much there is, to come back to with `undo`."""
        return (
            len(self.readings),
            len(self.refusals),
            len(self.strangers),
            len(self.frames),
            len(self.discovered),
        )

    def undo(self, mark: tuple[int, ...]) -> None:
        """Forget what came since; who was heard stays."""
        readings, refusals, strangers, frames, discovered = mark
        del self.readings[readings:], self.origins[readings:], self.refusals[refusals:]
        del self.strangers[strangers:], self.frames[frames:], self.discovered[discovered:]
