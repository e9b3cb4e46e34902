"""The small jobs around a journal's files: its checkpoint, its tail, and what a full disk looks like."""

import errno
import logging
import os
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from ingest.segments import HEAD_BYTES, Position, Segment, SegmentReader

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


def cut_tail(reader: SegmentReader, segment: Segment) -> tuple[Position, list[tuple[int, int]]]:
    """Cut what follows the last whole record.

    Returns the new end, and the damaged stretches before it. Raises OSError.
    """
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
    return Position(segment.id, end, count), [stretch for stretch in damaged if stretch[0] < end]
