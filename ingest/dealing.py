"""One batch of records all the way: understand, write, derive, feed, and keep the rest.

Every step may be done twice with the same records and changes nothing the second time.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from devices import formats
from devices.formats import Discovered
from devices.frames import Frame
from devices.readings import Reading
from devices.sites import Registry
from devices.uplinks import Rejected, RejectReason
from ingest.counters import IngestCounters
from ingest.rain_counters import RainCounters
from ingest.records import Raw
from ingest.segments import Position
from ingest.understand import Codecs, Parse, Understanding
from ingest.understood import Reach, Refusal, Seen, Stranger, Understood
from storage.protocols import Feed, ReadingsStore

#: Records and the place after each, in the journal's order.
Records = Sequence[tuple[Position, Raw]]


class IngestSink(Protocol):
    """Where everything goes that is not a reading. Each call is on disk when it returns, and may come twice
    with the same rows. Raises an error with `retryable` set where trying again may help."""

    def rejected(self, rows: Sequence[Refusal]) -> None:
        """Keep what was refused, with its reason and its record."""
        ...

    def quarantined(self, rows: Sequence[Stranger]) -> None:
        """Keep uplinks of unknown devices, until somebody adopts them."""
        ...

    def seen(self, rows: Sequence[Seen]) -> None:
        """Note which devices and gateways were heard, and when."""
        ...

    def framed(self, rows: Sequence[Frame]) -> None:
        """Note which frames of registered devices arrived."""
        ...

    def reached(self, rows: Sequence[Reach]) -> None:
        """Note how devices can be answered."""
        ...

    def discovered(self, rows: Sequence[Discovered]) -> None:
        """Take up sensors that told of themselves, or forget those that are gone."""
        ...


class Dealing:
    """Deals with records, in one thread. Raises what the stores and the sink raise.

    `deal` has readings, refusals and strangers on disk when it returns; who was heard only after `settle`.
    """

    def __init__(
        self,
        readings: ReadingsStore,
        feed: Feed,
        registry: Callable[[], Registry],
        sink: IngestSink,
        counters: IngestCounters,
        *,
        parse: Parse = formats.parse,
        codecs: Codecs | None = None,
    ) -> None:
        self._readings = readings
        self._feed = feed
        self._sink = sink
        self._counters = counters
        self._understanding = Understanding(registry, parse=parse, codecs=codecs)
        self._rain = RainCounters(readings, registry)
        self._heard: dict[tuple[str, str | None], int] = {}
        self._frames: list[Frame] = []
        self._reach: dict[str, Reach] = {}

    def deal(self, records: Records) -> None:
        """All the way with these; `received_ms` is taken as the time of first receipt."""
        understood = self._understanding.understand(records)
        self._store(understood)
        self._keep_the_rest(understood)

    def settle(self) -> None:
        """Have who was heard, and which frames arrived, on disk. Of many batches together it costs little.

        Raises what the sink raises; then it is all still to be settled.
        """
        if self._heard:
            self._sink.seen(
                [Seen(device, at_ms, gateway) for (device, gateway), at_ms in self._heard.items()]
            )
            self._heard = {}
        if self._frames:
            self._sink.framed(self._frames)
            self._frames = []
        if self._reach:
            self._sink.reached(list(self._reach.values()))
            self._reach = {}

    def forget(self) -> None:
        """Give up what `settle` cannot get on disk."""
        self._heard, self._frames, self._reach = {}, [], {}

    def refuse(self, place: Position, raw: Raw, why: Rejected) -> None:
        """Keep a record that cannot be dealt with, and why."""
        understood = Understood()
        understood.refuse(place, raw, why)
        self._keep_the_rest(understood)

    def _store(self, understood: Understood) -> None:
        if not understood.readings:
            return
        result = self._readings.write(understood.readings)
        kept: list[Reading] = understood.readings
        if result.rejected:
            refused = dict(result.rejected)
            kept = [one for index, one in enumerate(understood.readings) if index not in refused]
            for index, reason in refused.items():
                detail = f"the store refused {understood.readings[index].quantity}: {reason}"
                understood.refuse(*understood.origins[index], Rejected(RejectReason.INTERNAL, detail))
        # After the write: what fell since the last count is known only beside the counts of other batches.
        rain = self._rain.derive(kept)
        if rain:
            self._readings.write(rain)
        if kept:
            self._feed.append([*kept, *rain])
        self._counters.stored += len(kept)

    def _keep_the_rest(self, understood: Understood) -> None:
        if understood.refusals:
            self._sink.rejected(understood.refusals)
        if understood.strangers:
            self._sink.quarantined(understood.strangers)
        self._heard.update(understood.heard)
        self._frames += understood.frames
        self._reach.update(understood.reach)
        if understood.discovered:
            self._sink.discovered(understood.discovered)
        self._counters.rejected.update(str(refusal.reason) for refusal in understood.refusals)
        self._counters.quarantined += len(understood.strangers)
        self._counters.simulated += understood.simulated
        self._counters.without_data += understood.without_data
