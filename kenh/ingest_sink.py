"""What ingest hands over besides readings, put into the state."""

from collections.abc import Callable, Sequence

from desk.uplinks import Heard, Unknown, UplinkBook
from devices.formats import Discovered
from devices.frames import Frame
from ingest.understood import Reach, Refusal, Seen, Stranger
from storage.state import RejectRow


class StateSink:
    """The port that the pipeline asks for, over the desk's book of uplinks."""

    def __init__(
        self, book: UplinkBook, discovered: Callable[[Sequence[Discovered]], None] | None = None
    ) -> None:
        """`discovered` is told of sensors that announced themselves."""
        self._book = book
        self._discovered = discovered

    def rejected(self, rows: Sequence[Refusal]) -> None:
        """Keep what was refused, with its reason and raw bytes."""
        self._book.rejected(
            [
                RejectRow(row.received_ms, row.topic, row.device_id, row.reason, row.detail, row.payload)
                for row in rows
            ]
        )

    def quarantined(self, rows: Sequence[Stranger]) -> None:
        """Note devices nobody has registered."""
        self._book.quarantined(
            [
                Unknown(row.device_id, row.at_ms, row.topic, row.payload, row.name, row.model_hint)
                for row in rows
            ]
        )

    def seen(self, rows: Sequence[Seen]) -> None:
        """Note which devices and gateways were heard."""
        self._book.seen([Heard(row.device_id, row.received_ms, row.gateway_id) for row in rows])

    def framed(self, rows: Sequence[Frame]) -> None:
        """Note which numbered uplinks arrived."""
        self._book.framed(rows)

    def reached(self, rows: Sequence[Reach]) -> None:
        """Note how devices can be answered."""
        self._book.reached(rows)

    def discovered(self, rows: Sequence[Discovered]) -> None:
        """Take up sensors that announced themselves."""
        if self._discovered is not None:
            self._discovered(rows)
