"""From the journal into the stores: read -> understand -> write -> feed -> keep the rest -> checkpoint.

The checkpoint comes last, and every step before it may be done twice: whatever stops this process, the batch
is done again from the start and nothing changes. While a store is down the checkpoint stands still and the
journal grows; nothing is refused for it.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Protocol

from devices import formats
from devices.formats import Discovered
from devices.frames import Frame
from devices.readings import Reading
from devices.sites import Registry
from devices.uplinks import Rejected, RejectReason
from ingest.counters import IngestCounters
from ingest.journal import Journal
from ingest.rain_counters import RainCounters
from ingest.records import Raw
from ingest.redelivery import Redelivery
from ingest.segments import Position
from ingest.understand import Codecs, Parse, Understanding
from ingest.understood import Reach, Refusal, Seen, Stranger, Understood
from storage.protocols import Feed, ReadingsStore

_log = logging.getLogger(__name__)
_IDLE_S = 0.05
_RETRY_S = (0.1, 10.0)
#: Errors that do not say trying again helps are believed only after so many tries in a row.
_PATIENCE = 5

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


class Pipeline:
    """Deals with the journal's records in batches. One thread: `step` again and again, or `run`."""

    def __init__(
        self,
        journal: Journal,
        readings: ReadingsStore,
        feed: Feed,
        registry: Callable[[], Registry],
        sink: IngestSink,
        clock: Callable[[], int],
        *,
        counters: IngestCounters | None = None,
        parse: Parse = formats.parse,
        codecs: Codecs | None = None,
        batch_records: int = 2000,
    ) -> None:
        self.counters = IngestCounters() if counters is None else counters
        self._journal = journal
        self._readings = readings
        self._feed = feed
        self._sink = sink
        self._clock = clock
        self._batch_records = batch_records
        self._understanding = Understanding(registry, parse=parse, codecs=codecs)
        self._rain = RainCounters(readings, registry)
        self._redelivery: Redelivery | None = None
        self._failed: Position | None = None
        self._failures = 0
        self._trouble = ""

    def problem(self) -> str | None:
        """Why the checkpoint stands still, in words; None if it does not."""
        return self._trouble or None

    def step(self) -> int:
        """Deal with one batch after the checkpoint; how many records that were.

        Raises what the stores, the sink or the journal raise; the checkpoint has not moved then, and the
        next step tries again. After some tries in a row, an error that does not call itself retryable is
        laid at the door of the record that brings it about, and that record is refused.
        """
        checkpoint = self._journal.checkpoint()
        if self._redelivery is None:
            self._redelivery = self._remembered(checkpoint)
        records = self._journal.read(checkpoint, self._batch_records)
        self._note_lag(records)
        if records:
            self._deal_with_all(_as_first_received(records, self._redelivery), checkpoint)
            self._journal.save_checkpoint(records[-1][0])
            self.counters.processed += len(records)
        return len(records)

    def run(self, stop: threading.Event) -> None:
        """Step until `stop` is set, pausing when there is nothing to do and longer when a store is down."""
        pause_s, longest_s = _RETRY_S
        while not stop.is_set():
            try:
                dealt_with = self.step()
            except Exception as error:  # noqa: BLE001  whatever it was, the journal has it all
                self.counters.store_failures += 1
                if not self._trouble:
                    _log.exception("ingest: a batch could not be stored; trying again")
                self._trouble = str(error) or type(error).__name__
                stop.wait(pause_s)
                pause_s = min(2 * pause_s, longest_s)
                continue
            pause_s, self._trouble = _RETRY_S[0], ""
            if not dealt_with:
                stop.wait(_IDLE_S)

    def replay(self, records: Iterable[tuple[Position, Raw]]) -> int:
        """Deal with records again (`segments.read_folder`), leaving the checkpoint alone; how many.

        Raises what the stores and the sink raise.
        """
        redelivery = Redelivery()
        source = iter(records)
        total = 0
        while batch := list(islice(source, self._batch_records)):
            self._deal_with(_as_first_received(batch, redelivery))
            total += len(batch)
        return total

    def _note_lag(self, records: Records) -> None:
        """Before each try, so that it grows while a store is down: how long the oldest record has waited."""
        self.counters.lag_records = self._journal.lag_records
        self.counters.lag_ms = max(0, self._clock() - records[0][1].received_ms) if records else 0

    def _remembered(self, checkpoint: Position) -> Redelivery:
        redelivery = Redelivery()
        position = self._journal.before(checkpoint)
        while position[:2] < checkpoint[:2]:
            records = self._journal.read(position, 1000)
            redelivery.learn(raw for place, raw in records if place[:2] <= checkpoint[:2])
            if not records:
                break
            position = records[-1][0]
        return redelivery

    def _deal_with_all(self, records: Records, checkpoint: Position) -> None:
        try:
            self._deal_with(records)
        except Exception as error:
            if self._failed != checkpoint:
                self._failed, self._failures = checkpoint, 0
            self._failures += not _may_pass(error)
            if self._failures < _PATIENCE:
                raise
            for place, raw in records:
                self._deal_with_one(place, raw)
        self._failed = None

    def _deal_with_one(self, place: Position, raw: Raw) -> None:
        """One record alone: if storing what it holds fails for good, it is refused itself."""
        try:
            self._deal_with([(place, raw)])
        except Exception as error:
            if _may_pass(error):
                raise
            _log.exception("ingest: record %s of topic %r cannot be stored", place, raw.topic)
            why = Rejected(RejectReason.INTERNAL, f"storing it failed: {type(error).__name__}: {error}")
            understood = Understood()
            understood.refuse(place, raw, why)
            try:
                self._keep_the_rest(understood)
            except Exception as again:
                if _may_pass(again):
                    raise
                self.counters.kept_in_journal_only += 1
                _log.exception("ingest: record %s is kept in the journal only", place)

    def _deal_with(self, records: Records) -> None:
        understood = self._understanding.understand(records)
        self._store(understood)
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
        self.counters.stored += len(kept)

    def _keep_the_rest(self, understood: Understood) -> None:
        if understood.refusals:
            self._sink.rejected(understood.refusals)
        if understood.strangers:
            self._sink.quarantined(understood.strangers)
        if understood.heard:
            self._sink.seen(understood.seen)
        if understood.frames:
            self._sink.framed(understood.frames)
        if understood.reach:
            self._sink.reached(list(understood.reach.values()))
        if understood.discovered:
            self._sink.discovered(understood.discovered)
        self.counters.rejected.update(str(refusal.reason) for refusal in understood.refusals)
        self.counters.quarantined += len(understood.strangers)
        self.counters.simulated += understood.simulated
        self.counters.without_data += understood.without_data


def _as_first_received(records: Records, redelivery: Redelivery) -> Records:
    """The same records with the time at which each was received first."""
    first = redelivery.first_received_ms
    return [
        (place, raw if (at_ms := first(raw)) == raw.received_ms else raw._replace(received_ms=at_ms))
        for place, raw in records
    ]


def _may_pass(error: Exception) -> bool:
    """May trying again help? Errors of ours say so; those of the operating system always may."""
    return isinstance(error, OSError) or bool(getattr(error, "retryable", False))
