"""The journal: what the broker is told we have. On disk first, acknowledged and understood afterwards.

One thread appends, one thread reads and saves checkpoints; they may be two. The folder holds the segments,
the checkpoint and a lock, so that a second writer is refused instead of tearing the first one's tail.
"""

import contextlib
import fcntl
import logging
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from ingest import segments
from ingest.errors import JournalError, JournalFull, JournalInUse
from ingest.journal_files import CheckpointFile, cut_tail, full
from ingest.records import Raw, encode
from ingest.segments import HEAD_BYTES, Position, Segment, SegmentReader

_log = logging.getLogger(__name__)


class Journal:
    """Append-only, segmented, checksummed.

    Segments wholly before the checkpoint stay for replay up to `keep_bytes` together; they go first when the
    disk is full. `sync` is what makes bytes durable (a parameter so that tests can make it fail).
    """

    def __init__(
        self,
        folder: Path,
        *,
        segment_bytes: int = 16 << 20,
        keep_bytes: int = 256 << 20,
        sync: Callable[[int], None] = os.fsync,
    ) -> None:
        """Open or create the journal in `folder`; an unfinished tail is cut.

        Raises:
            JournalInUse: another process writes here.
            JournalError: the folder or its files cannot be used.
        """
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._keep_bytes = keep_bytes
        self._sync = sync
        self._reader = SegmentReader()
        self._mutex = threading.Lock()
        self._damage: dict[tuple[int, int], int] = {}
        self._lock = _lock(folder)
        try:
            with contextlib.ExitStack() as undo:
                undo.enter_context(self._lock)
                self._checkpoints = CheckpointFile(folder)
                undo.callback(self._checkpoints.close)
                saved = self._checkpoints.load()
                self._segments = self._load_segments()
                self._end, self._file = self._open_end(saved)
                self._checkpoint = self._believable(saved)
                undo.pop_all()
        except OSError as error:
            raise _translated(error) from error

    def append(self, batch: Sequence[Raw]) -> Position:
        """Keep a batch, all or nothing: on disk when this returns the place after it.

        Raises:
            JournalFull: no room, even after giving up what was kept for replay.
            JournalError: the disk refused in another way.
        """
        try:
            return self._append(batch)
        except JournalFull:
            if not self._give_up_kept():
                raise
            return self._append(batch)

    def read(self, position: Position, limit: int) -> list[tuple[Position, Raw]]:
        """Some records after `position`, at most `limit`, each with the place after it; none at the end.

        About a mebibyte at most is read at once. Damaged stretches are stepped over, counted in
        `damaged_bytes` and logged. Raises JournalError.
        """
        try:
            for segment, start, end in self._stretches(position):
                found = self._read_stretch(segment, start, end, limit)
                if found:
                    return found
        except OSError as error:
            raise _translated(error) from error
        return []

    def checkpoint(self) -> Position:
        """The place up to which everything has been dealt with."""
        return self._checkpoint

    def save_checkpoint(self, position: Position) -> None:
        """Remember `position` across restarts, and let go of old segments. Raises JournalError."""
        try:
            self._checkpoints.store(position)
        except OSError as error:
            raise _translated(error) from error
        self._checkpoint = position
        self._retire(self._keep_bytes)

    @property
    def end(self) -> Position:
        """The place after the last durable record."""
        return self._end

    @property
    def oldest(self) -> Position:
        """The place before the oldest record still kept."""
        with self._mutex:
            return self._segments[0].start

    @property
    def lag_records(self) -> int:
        """How many records wait to be dealt with (to within those lost to damage)."""
        return max(0, self._end.number - self._checkpoint.number)

    @property
    def damaged_bytes(self) -> int:
        """Bytes found unreadable since the journal was opened."""
        return sum(list(self._damage.values()))

    def before(self, position: Position) -> Position:
        """The start of the segment before the one `position` is in, as far as there is one."""
        with self._mutex:
            earlier = [segment for segment in self._segments if segment.id <= position.segment]
            return (earlier[-2:] or self._segments)[0].start

    def close(self) -> None:
        """Close all files and give the lock back. Everything appended is on disk already."""
        self._reader.close()
        self._file.close()
        self._checkpoints.close()
        self._lock.close()

    def _append(self, batch: Sequence[Raw]) -> Position:
        if not batch:
            return self._end
        try:
            segment = self._roomy_segment()
            data = b"".join([encode(raw, segment.seed) for raw in batch])
            self._write(data)
        except OSError as error:
            raise _translated(error) from error
        end = Position(segment.id, self._end.offset + len(data), self._end.number + len(batch))
        self._end = end
        return end

    def _roomy_segment(self) -> Segment:
        current = self._segments[-1]
        if self._file.closed or self._end.offset >= self._segment_bytes:
            current = segments.create(self._folder, current.id + 1, self._end.number)
            self._file.close()
            self._file = current.path.open("ab", buffering=0)
            with self._mutex:
                self._segments.append(current)
            self._end = current.start
        return current

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
        with self._mutex:
            waiting = [segment for segment in self._segments if position.segment <= segment.id <= end.segment]
        stretches = []
        for segment in waiting:
            start = position if segment.id == position.segment else segment.start
            stop = end.offset if segment.id == end.segment else segment.path.stat().st_size
            if start.offset < stop:
                stretches.append((segment, start, stop))
        return stretches

    def _read_stretch(
        self, segment: Segment, start: Position, stop: int, limit: int
    ) -> list[tuple[Position, Raw]]:
        offset = start.offset
        while offset < stop:
            scanned = self._reader.read(segment, offset, stop, limit)
            for begin, end in scanned.damaged:
                self._report_damage(segment.path, segment.id, begin, end)
            if scanned.records:
                return [
                    (Position(segment.id, after, start.number + count), raw)
                    for count, (after, raw) in enumerate(scanned.records, 1)
                ]
            offset = scanned.stopped
        return []

    def _report_damage(self, path: Path, segment_id: int, begin: int, end: int) -> None:
        if self._damage.setdefault((segment_id, begin), 0) < end - begin:
            self._damage[segment_id, begin] = end - begin
            _log.error("journal: %s is damaged from byte %d to %d, stepping over it", path.name, begin, end)

    def _load_segments(self) -> list[Segment]:
        loaded = []
        for number in segments.list_ids(self._folder):
            segment = segments.load(self._folder, number)
            path = segments.segment_path(self._folder, number)
            if segment is not None:
                loaded.append(segment)
            elif path.stat().st_size <= HEAD_BYTES:
                path.unlink()  # the power went while it was being created: nothing was ever in it
            else:
                self._report_damage(path, number, 0, path.stat().st_size)
        return loaded

    def _open_end(self, saved: Position | None) -> tuple[Position, BinaryIO]:
        ids = segments.list_ids(self._folder)
        if not self._segments or self._segments[-1].id != ids[-1]:
            # Empty, or the newest file cannot be read: go on in a fresh one, numbered above all that was.
            number = max([saved.segment if saved else 0, *ids]) + 1
            first = max(saved.number if saved else 0, self._segments[-1].first if self._segments else 0)
            self._segments.append(segments.create(self._folder, number, first))
        last = self._segments[-1]
        end, damaged = cut_tail(self._reader, last)
        for begin, stop in damaged:
            self._report_damage(last.path, last.id, begin, stop)
        return end, last.path.open("ab", buffering=0)

    def _believable(self, saved: Position | None) -> Position:
        start = self._segments[0].start
        if saved is None or saved.segment < start.segment:
            return start
        if saved[:2] > self._end[:2]:
            _log.error("journal: the checkpoint lies beyond the end; the disk lost acknowledged data")
            return self._end
        return saved

    def _retire(self, keep_bytes: int) -> int:
        """Remove the oldest segments behind the checkpoint beyond `keep_bytes`; how many."""
        with self._mutex:
            behind = [segment for segment in self._segments[:-1] if segment.id < self._checkpoint.segment]
            sizes = {segment.id: segment.path.stat().st_size for segment in behind}
            surplus = sum(sizes.values()) - keep_bytes
            gone = []
            for segment in behind:
                if surplus <= 0:
                    break
                surplus -= sizes[segment.id]
                gone.append(segment)
            self._segments = [segment for segment in self._segments if segment not in gone]
        for segment in gone:
            segment.path.unlink(missing_ok=True)
        return len(gone)

    def _give_up_kept(self) -> bool:
        """Make room at the cost of replay: new messages come before old ones already stored."""
        removed = self._retire(0)
        if removed:
            _log.warning("journal: disk full, gave up %d segments kept for replay", removed)
        return removed > 0


def _lock(folder: Path) -> BinaryIO:
    with contextlib.ExitStack() as undo:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = undo.enter_context((folder / "lock").open("ab"))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"another process writes the journal in {folder}"
            raise JournalInUse(message) from error
        except OSError as error:
            raise _translated(error) from error
        undo.pop_all()
        return lock


def _translated(error: OSError) -> JournalError:
    return (JournalFull if full(error) else JournalError)(str(error))
