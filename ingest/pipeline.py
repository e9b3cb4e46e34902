"""From the journal into the stores: read -> understand -> write -> feed -> keep the rest -> checkpoint.

The checkpoint comes last, and every step before it may be done twice: whatever stops this process, the batch
is done again from the start and nothing changes. While a store is down the checkpoint stands still and the
journal grows; nothing is refused for it.
"""

import logging
import threading
import time
from collections.abc import Callable

from devices import formats
from devices.sites import Registry
from devices.uplinks import Rejected, RejectReason
from ingest.counters import IngestCounters
from ingest.dealing import Dealing, IngestSink, Records
from ingest.journal import Journal
from ingest.records import Raw
from ingest.redelivery import Redelivery, as_first_received
from ingest.segments import Position
from ingest.understand import Codecs, Parse
from storage.protocols import Feed, ReadingsStore

_log = logging.getLogger(__name__)
_IDLE_S = 0.05
_RETRY_S = (0.1, 10.0)
#: Under load the checkpoint moves this often, or after so many records.
_SETTLE_S, _SETTLE_RECORDS = 1.0, 20_000
#: Errors that do not say trying again helps are believed only after so many tries in a row.
_PATIENCE = 5


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
        self._clock = clock
        self._batch_records = batch_records
        self._dealing = Dealing(readings, feed, registry, sink, self.counters, parse=parse, codecs=codecs)
        self._redelivery: Redelivery | None = None
        self._position: Position | None = None
        self._settled_s = time.monotonic()
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
        if self._position is None or self._position[:2] < checkpoint[:2]:
            self._position = checkpoint  # at start, or when the journal had to let records go
        if self._redelivery is None:
            self._redelivery = self._remembered(checkpoint)
        records = self._journal.read(self._position, self._batch_records)
        self._note_lag(records)
        if records:
            self._deal_with_all(as_first_received(records, self._redelivery), self._position)
            self._position = records[-1][0]
            self.counters.processed += len(records)
        self._settle(waits=bool(records) and self._journal.end[:2] != self._position[:2])
        return len(records)

    def _settle(self, *, waits: bool) -> None:
        """Move the checkpoint up to here: at once if nothing waits, else a little later for many batches.

        Until then a crash has them done again, which changes nothing.
        """
        position, checkpoint = self._position, self._journal.checkpoint()
        if position is None or position[:2] == checkpoint[:2]:
            return
        behind = position.number - checkpoint.number
        if waits and behind < _SETTLE_RECORDS and time.monotonic() - self._settled_s < _SETTLE_S:
            return
        try:
            self._dealing.settle()
        except Exception as error:
            if _may_pass(error):
                raise
            # Not worth stopping the stream for; what was measured is stored.
            _log.exception("ingest: who was heard could not be noted")
            self._dealing.forget()
        self._journal.save_checkpoint(position)
        self._settled_s = time.monotonic()

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
            self._dealing.deal(records)
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
            self._dealing.deal([(place, raw)])
        except Exception as error:
            if _may_pass(error):
                raise
            _log.exception("ingest: record %s of topic %r cannot be stored", place, raw.topic)
            why = Rejected(RejectReason.INTERNAL, f"storing it failed: {type(error).__name__}: {error}")
            try:
                self._dealing.refuse(place, raw, why)
            except Exception as again:
                if _may_pass(again):
                    raise
                self.counters.kept_in_journal_only += 1
                _log.exception("ingest: record %s is kept in the journal only", place)


def _may_pass(error: Exception) -> bool:
    """May trying again help? Errors of ours say so; those of the operating system always may."""
    return isinstance(error, OSError) or bool(getattr(error, "retryable", False))
