"""What ingest counts: plain numbers, read by whoever publishes metrics."""

from collections import Counter
from dataclasses import dataclass, field, fields


@dataclass(slots=True)
class IngestCounters:
    """Counts since start. Every field is written by one thread only; reading needs no lock.

    Receiving: messages (`received`, of these `redelivered` carried the duplicate flag), what the journal took
    (`journalled`) or refused to (`journal_failures`), acknowledgements sent (`acked`) or no longer valid
    (`acks_dropped`), connections made and lost. Understanding: records dealt with (`processed`), readings
    stored, rejections by reason, uplinks of unknown devices, of simulators, and without any measurement.
    `lag_records` and `lag_ms` say how many records wait, and for how long the oldest has.
    """

    received: int = 0
    redelivered: int = 0
    oversized: int = 0
    dropped_qos0: int = 0
    journalled: int = 0
    journal_failures: int = 0
    acked: int = 0
    acks_dropped: int = 0
    connects: int = 0
    disconnects: int = 0
    callback_errors: int = 0
    processed: int = 0
    stored: int = 0
    store_failures: int = 0
    quarantined: int = 0
    simulated: int = 0
    without_data: int = 0
    kept_in_journal_only: int = 0
    lag_records: int = 0
    lag_ms: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    def snapshot(self) -> dict[str, int]:
        """Every plain count by name; rejections are in `rejected`, by reason."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "rejected"}
