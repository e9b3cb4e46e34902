"""The journal: what the broker is told we have. On disk first, acknowledged and understood afterwards.

Any thread appends; one thread reads and saves checkpoints. The folder holds the segments, the checkpoint and
a lock, so that a second writer is refused instead of tearing the first one's tail.
"""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, Literal

from ingest import segments
from ingest.errors import JournalFull
from ingest.journal_files import (
    CheckpointFile,
    Damage,
    cut_tail,
    first_received_ms,
    full,
    lock,
    open_shelf,
    translated,
    utc,
)
from ingest.journal_room import Room, RoomWatch
from ingest.records import Raw, encode_all
from ingest.segments import Position, Segment, SegmentReader

_log = logging.getLogger(__name__)
#: The limit holds in whole segments, so it is cut into at least so many.
_SEGMENTS_OF_LIMIT = 8
#: How often room is made on a full disk before a batch is refused after all.
_TRIES = 4


class Journal:
    """Append-only, segmented, checksummed, bounded.

    Segments wholly before the checkpoint stay for replay up to `keep_bytes` together; they go first when the
    disk or `limit_bytes` (None: no limit but the disk's) is reached. Then `when_full` decides about what is
    not processed yet: `refuse` keeps all of it and takes nothing new, so that nothing is acknowledged and
    the broker holds the rest; `drop_oldest` gives up the oldest, counted and logged. `sync` is what makes
    bytes durable, `monotonic` gives seconds (parameters for the sake of tests).
    """

    def __init__(
        self,
        folder: Path,
        *,
        segment_bytes: int = 16 << 20,
        keep_bytes: int = 256 << 20,
        limit_bytes: int | None = None,
        when_full: Literal["refuse", "drop_oldest"] = "refuse",
        sync: Callable[[int], None] = os.fsync,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open or create the journal in `folder`; an unfinished tail is cut.

        Raises:
            JournalInUse: another process writes here.
            JournalError: the folder or its files cannot be used.
        """
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._segment_bytes = min(segment_bytes, (limit_bytes or segment_bytes * 8) // _SEGMENTS_OF_LIMIT)
        self._keep_bytes = keep_bytes
        self._drops = when_full == "drop_oldest"
        self._sync = sync
        self._monotonic = monotonic
        self._reader = SegmentReader()
        self._appending = threading.Lock()
        self._checkpointing = threading.Lock()
        self._damage = Damage()
        self._watch = RoomWatch()
        self._appended = 0
        self._dropped, self._dropped_from_ms, self._dropped_to_ms = 0, 0, 0
        self._lock = lock(folder)
        try:
            with contextlib.ExitStack() as undo:
                undo.enter_context(self._lock)
                self._checkpoints = CheckpointFile(folder)
                undo.callback(self._checkpoints.close)
                saved = self._checkpoints.load()
                self._shelf = open_shelf(folder, saved, self._damage)
                self._end = cut_tail(self._reader, self._shelf.last, self._damage)
                self._shelf.grown(self._end.segment, self._end.offset)
                self._file: BinaryIO = self._shelf.last.path.open("ab", buffering=0)
                self._checkpoint = self._believable(saved)
                undo.pop_all()
        except OSError as error:
            raise translated(error) from error

    def append(self, batch: Sequence[Raw]) -> Position:
        """Keep a batch, all or nothing: on disk when this returns the place after it.

        Raises:
            JournalFull: no room, even after giving up what may be given up.
            JournalError: the disk refused in another way.
        """
        with self._appending:
            end = self._append(batch) if batch else self._end
            self._watch.note(self._monotonic(), self._appended, self.room)
            return end

    def read(self, position: Position, limit: int) -> list[tuple[Position, Raw]]:
        """Some records after `position`, at most `limit`, each with the place after it; none at the end.

        About a mebibyte at most is read at once. Damaged stretches are stepped over, counted in
        `damaged_bytes` and logged. Raises JournalError.
        """
        for segment, start, stop in self._stretches(position):
            try:
                report = partial(self._damage.report, segment.path)
                found = self._reader.places(segment, start, stop, limit, report)
            except OSError as error:
                if self._shelf.size(segment) is None:
                    continue  # dropped while we were on our way to it
                raise translated(error) from error
            if found:
                return found
        return []

    def checkpoint(self) -> Position:
        """The place up to which everything has been dealt with."""
        return self._checkpoint

    def save_checkpoint(self, position: Position) -> None:
        """Remember `position` across restarts, and let go of old segments. Never moves back.

        Raises JournalError.
        """
        try:
            self._advance(position)
            behind = self._shelf.behind(self._checkpoint)
            surplus = sum(self._shelf.size(segment) or 0 for segment in behind) - self._keep_bytes
            for segment in behind:
                if surplus <= 0:
                    break
                surplus -= self._shelf.remove(segment)
        except OSError as error:
            raise translated(error) from error

    def room(self) -> Room:
        """What is used, what is left, and for how long that lasts; from any thread."""
        disk = os.statvfs(self._folder)
        return Room(
            used_bytes=self._shelf.used(),
            waiting_bytes=self._shelf.waiting(self._checkpoint),
            limit_bytes=self._limit_bytes,
            disk_free_bytes=disk.f_bavail * disk.f_frsize,
            bytes_per_s=self._watch.per_s(self._monotonic(), self._appended),
            drops_oldest=self._drops,
            dropped_records=self._dropped,
            dropped_from_ms=self._dropped_from_ms,
            dropped_to_ms=self._dropped_to_ms,
        )

    @property
    def end(self) -> Position:
        """The place after the last durable record."""
        return self._end

    @property
    def oldest(self) -> Position:
        """The place before the oldest record still kept."""
        return self._shelf.all[0].start

    @property
    def lag_records(self) -> int:
        """How many records wait to be dealt with (to within those lost to damage)."""
        return max(0, self._end.number - self._checkpoint.number)

    @property
    def damaged_bytes(self) -> int:
        """Bytes found unreadable since the journal was opened."""
        return self._damage.bytes

    def before(self, position: Position) -> Position:
        """The start of the segment before the one `position` is in, as far as there is one."""
        known = self._shelf.all
        earlier = [segment for segment in known if segment.id <= position.segment]
        return (earlier[-2:] or known)[0].start

    def close(self) -> None:
        """Close all files and give the lock back. Everything appended is on disk already."""
        self._reader.close()
        with self._appending:
            self._file.close()
        self._checkpoints.close()
        self._lock.close()

    def _append(self, batch: Sequence[Raw]) -> Position:
        for attempt in range(_TRIES):
            try:
                segment = self._roomy_segment()
                data = encode_all(batch, segment.seed)
                self._stay_within_limit(len(data))
                self._write(data)
            except OSError as error:
                if attempt + 1 < _TRIES and full(error) and self._make_room_on_disk():
                    continue
                raise translated(error) from error
            break
        self._end = Position(segment.id, self._end.offset + len(data), self._end.number + len(batch))
        self._shelf.grown(segment.id, self._end.offset)
        self._appended += len(data)
        return self._end

    def _roomy_segment(self) -> Segment:
        current = self._shelf.last
        if self._file.closed or self._end.offset >= self._segment_bytes:
            current = segments.create(self._folder, current.id + 1, self._end.number)
            self._file.close()
            self._file = current.path.open("ab", buffering=0)
            self._shelf.add(current, current.start.offset)
            self._end = current.start
            self._shelf.remove_missing()
        return current

    def _stay_within_limit(self, needed: int) -> None:
        """Raises JournalFull; nothing is given up for a batch that would not fit into an empty journal."""
        limit = self._limit_bytes
        if limit is None:
            return
        over = self._shelf.used() + needed - limit
        why = f"the journal's limit of {limit >> 20} MB is reached"
        while over > 0:
            freed = self._give_up_oldest(why) if needed <= limit else 0
            if not freed:
                raise JournalFull(why)
            over -= freed

    def _make_room_on_disk(self) -> int:
        """All that is kept for replay, since a full disk is nobody's friend; else one segment more."""
        freed = sum(self._give_up_oldest("the disk is full") for _ in self._shelf.behind(self._checkpoint))
        return freed or self._give_up_dealt_with() or self._give_up_oldest("the disk is full")

    def _give_up_dealt_with(self) -> int:
        """Delete even the segment that grows if all in it is dealt with: a new one needs hardly any room."""
        current = self._shelf.last
        if self._checkpoint[:2] != self._end[:2] or self._end == current.start:
            return 0
        self._file.truncate(0)  # the reader may have it open, and deleting alone would free nothing
        self._file.close()
        current.path.unlink(missing_ok=True)
        return self._end.offset

    def _give_up_oldest(self, why: str) -> int:
        """Remove one segment: one kept for replay, else, if told to, the oldest unprocessed; bytes freed."""
        behind = self._shelf.behind(self._checkpoint)
        if behind:
            _log.warning("journal: %s: gave up %s, kept for replay", why, behind[0].path.name)
            return self._shelf.remove(behind[0])
        pair = self._shelf.oldest_two() if self._drops else None
        return self._drop(*pair, why) if pair else 0

    def _drop(self, oldest: Segment, following: Segment, why: str) -> int:
        place = max(self._checkpoint, oldest.start)
        from_ms = first_received_ms(oldest, place, self._shelf.size(oldest) or 0)
        to_ms = first_received_ms(following, following.start, self._shelf.size(following) or 0)
        lost = following.first - self._advance(following.start).number
        if lost > 0:
            self._dropped += lost
            self._dropped_from_ms = min(self._dropped_from_ms or from_ms, from_ms)
            self._dropped_to_ms = max(self._dropped_to_ms, to_ms)
            _log.error(
                "journal: %s: dropped the oldest %d unprocessed records, received from %s until %s",
                *(why, lost, utc(from_ms), utc(to_ms)),
            )
        return self._shelf.remove(oldest)

    def _advance(self, position: Position) -> Position:
        """Move the checkpoint forward, if it is forward; where it was. Raises OSError."""
        with self._checkpointing:
            was = self._checkpoint
            if position[:2] > was[:2]:
                self._checkpoints.store(position)
                self._checkpoint = position
            return was

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            self._undo()
            raise
        try:
            self._sync(self._file.fileno())
        except OSError:
            # After a failed fsync the kernel may call the pages clean: never trust this file's tail again.
            self._undo()
            self._file.close()
            raise

    def _undo(self) -> None:
        try:
            self._file.truncate(self._end.offset)
        except OSError:
            _log.exception("journal: could not take back an unfinished batch, going on in a new segment")
            self._file.close()

    def _stretches(self, position: Position) -> list[tuple[Segment, Position, int]]:
        """Segments from `position` on, each with where to begin and the offset where it ends for now."""
        end = self._end
        stretches = []
        for segment in self._shelf.all:
            if position.segment <= segment.id <= end.segment:
                start = position if segment.id == position.segment else segment.start
                stop = end.offset if segment.id == end.segment else self._shelf.size(segment) or 0
                if start.offset < stop:
                    stretches.append((segment, start, stop))
        return stretches

    def _believable(self, saved: Position | None) -> Position:
        start = self._shelf.all[0].start
        if saved is None or saved.segment < start.segment:
            return start
        if saved[:2] > self._end[:2]:
            _log.error("journal: the checkpoint lies beyond the end; the disk lost acknowledged data")
            return self._end
        return saved
