"""The small jobs around a journal's files: checkpoint, tail, damage, and what a full disk looks like."""

import contextlib
import errno
import fcntl
import logging
import os
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from ingest import segments
from ingest.errors import JournalError, JournalFull, JournalInUse
from ingest.segments import HEAD_BYTES, Position, Segment, SegmentReader
from ingest.shelf import Shelf

_log = logging.getLogger(__name__)
_SECTOR = 512
_SLOT = struct.Struct("<QQQQ")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def full(error: OSError) -> bool:
    """Does this error mean that there is no room?"""
    return error.errno in _FULL


class CheckpointFile:
    """Where everything up to a position is known to be dealt with, kept across crashes.

    Two slots of one disk sector each are written in turn, so a torn write leaves the other. It is written in
    place, because a full disk must not keep us from saying what may be removed.
    """

    def __init__(self, folder: Path) -> None:
        """Open or create the file. Raises OSError."""
        self._path = folder / "checkpoint"
        self._turn = 0
        self._file = self._open()

    def store(self, position: Position) -> None:
        """Remember `position`; on disk when this returns. Raises OSError."""
        self._turn += 1
        os.pwrite(self._file.fileno(), _slot(self._turn, position), self._turn % 2 * _SECTOR)
        os.fsync(self._file.fileno())

    def load(self) -> Position | None:
        """The newest position that can be believed; None if there is none (then all is read again)."""
        data = os.pread(self._file.fileno(), 2 * _SECTOR, 0)
        found = [slot for start in (0, _SECTOR) if (slot := _read_slot(data[start : start + _SECTOR]))]
        if not found:
            if data.strip(b"\0"):
                _log.error("journal: the checkpoint is damaged; reading everything kept again")
            return None
        self._turn, position = max(found)
        return position

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _open(self) -> BinaryIO:
        if not self._path.exists():
            with self._path.open("xb") as fresh:
                fresh.write(bytes(2 * _SECTOR))
                fresh.flush()
                os.fsync(fresh.fileno())
        return self._path.open("r+b", buffering=0)


def _slot(turn: int, position: Position) -> bytes:
    content = _SLOT.pack(turn, *position)
    return (content + zlib.crc32(content).to_bytes(4, "little")).ljust(_SECTOR, b"\0")


def _read_slot(data: bytes) -> tuple[int, Position] | None:
    content, crc = data[: _SLOT.size], data[_SLOT.size : _SLOT.size + 4]
    if len(crc) < 4 or zlib.crc32(content) != int.from_bytes(crc, "little"):
        return None
    turn, segment, offset, number = _SLOT.unpack(content)
    return turn, Position(segment, offset, number)


class Damage:
    """Unreadable stretches found so far, each reported once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int], int] = {}

    @property
    def bytes(self) -> int:
        """How many bytes that are."""
        return sum(list(self._found.values()))

    def report(self, path: Path, begin: int, end: int) -> None:
        """Count it and say it, unless it is known."""
        if self._found.setdefault((path.name, begin), 0) < end - begin:
            self._found[path.name, begin] = end - begin
            _log.error("journal: %s is damaged from byte %d to %d, stepping over it", path.name, begin, end)


def open_shelf(folder: Path, saved: Position | None, damage: Damage) -> Shelf:
    """The segments in `folder`, at least one; `saved` is the checkpoint. Raises OSError."""
    shelf = Shelf()
    ids = segments.list_ids(folder)
    for number in ids:
        segment = segments.load(folder, number)
        path = segments.segment_path(folder, number)
        size = path.stat().st_size
        if segment is not None:
            shelf.add(segment, size)
        elif size <= HEAD_BYTES:
            path.unlink()  # the power went while it was being created: nothing was ever in it
        else:
            damage.report(path, 0, size)
    known = shelf.all
    left = segments.list_ids(folder)
    if not known or known[-1].id != left[-1]:
        # Empty, or the newest file cannot be read: go on in a fresh one, numbered above all that was.
        number = max([saved.segment if saved else 0, *left]) + 1
        first = max(saved.number if saved else 0, known[-1].first if known else 0)
        shelf.add(segments.create(folder, number, first), HEAD_BYTES)
    return shelf


def first_received_ms(segment: Segment, start: Position, stop: int) -> int:
    """When the first record after `start` was received; 0 if there is none to read."""
    reader = SegmentReader()
    try:
        found = reader.read(segment, start.offset, stop, 1).records if start.offset < stop else []
    except OSError:
        return 0
    finally:
        reader.close()
    return found[0][1].received_ms if found else 0


def utc(time_ms: int) -> str:
    """A time for people who read logs."""
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="seconds")


def cut_tail(reader: SegmentReader, segment: Segment, damage: Damage) -> Position:
    """Cut what follows the last whole record, and report damage before it; the new end. Raises OSError."""
    size = segment.path.stat().st_size
    offset = end = HEAD_BYTES
    count = segment.first
    damaged: list[tuple[int, int]] = []
    while offset < size:
        found = reader.read(segment, offset, size, 1000)
        if found.records:
            end = found.records[-1][0]
            count += len(found.records)
        damaged += found.damaged
        offset = found.stopped
    reader.close()
    if end < size:
        _log.warning("journal: cut an unfinished tail of %d bytes from %s", size - end, segment.path.name)
        with segment.path.open("r+b") as file:
            file.truncate(end)
            os.fsync(file.fileno())
    for begin, stop in damaged:
        if begin < end:
            damage.report(segment.path, begin, stop)
    return Position(segment.id, end, count)


def lock(folder: Path) -> BinaryIO:
    """Hold the folder against other writers until the file is closed. Raises JournalError."""
    with contextlib.ExitStack() as undo:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            held = undo.enter_context((folder / "lock").open("ab"))
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"another process writes the journal in {folder}"
            raise JournalInUse(message) from error
        except OSError as error:
            raise translated(error) from error
        undo.pop_all()
        return held


def translated(error: OSError) -> JournalError:
    """The operating system's error as one of ours."""
    return (JournalFull if full(error) else JournalError)(str(error))
