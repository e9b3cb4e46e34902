"""The journal's files: numbered segments in one folder, each a short head and then records.

The head is `magic (4) | seed of the checksums (u32) | number of the first record (u64) | crc32 of it (u32)`.
"""

import os
import secrets
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ingest.records import MAX_RECORD, Raw, Scan, scan

_MAGIC = b"KJL1"
_HEAD = struct.Struct("<4sIQI")
HEAD_BYTES = _HEAD.size
#: What is read at once, as the records turn out to be: longer than any record, so that there is progress.
_SMALLEST, _LARGEST = MAX_RECORD + 1, max(1 << 20, 2 * MAX_RECORD)
_SUFFIX = ".journal"


class Position(NamedTuple):
    """A place between two records: segment, byte offset in it, and how many records came before it."""

    segment: int
    offset: int
    number: int = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of the journal; `first` is the number of its first record."""

    id: int
    path: Path
    seed: int
    first: int

    @property
    def start(self) -> Position:
        """The place before its first record."""
        return Position(self.id, HEAD_BYTES, self.first)


def segment_path(folder: Path, number: int) -> Path:
    """Where segment `number` lives."""
    return folder / f"{number:012d}{_SUFFIX}"


def list_ids(folder: Path) -> list[int]:
    """The ids of all segment files, oldest first; other files are none of our business."""
    stems = (path.name.removesuffix(_SUFFIX) for path in folder.glob(f"*{_SUFFIX}"))
    return sorted(int(stem) for stem in stems if stem.isascii() and stem.isdigit())


def create(folder: Path, number: int, first: int) -> Segment:
    """A new, empty segment whose name and head are on disk when this returns. Raises OSError."""
    path = segment_path(folder, number)
    seed = secrets.randbits(32)
    plain = _HEAD.pack(_MAGIC, seed, first, 0)[:-4]
    try:
        with path.open("xb") as file:
            file.write(plain + struct.pack("<I", zlib.crc32(plain)))
            file.flush()
            os.fsync(file.fileno())
        sync_folder(folder)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return Segment(number, path, seed, first)


def load(folder: Path, number: int) -> Segment | None:
    """The segment with that id, or None if its head cannot be believed (or it is not there)."""
    path = segment_path(folder, number)
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except FileNotFoundError:
        return None
    if len(head) < HEAD_BYTES:
        return None
    magic, seed, first, crc = _HEAD.unpack(head)
    if magic != _MAGIC or zlib.crc32(head[:-4]) != crc:
        return None
    return Segment(number, path, seed, first)


def sync_folder(folder: Path) -> None:
    """Make names created in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


#: `Position` from its fields, as `records` makes its `Raw`.
_position: Callable[[tuple[int, int, int]], Position] = partial(tuple.__new__, Position)


class SegmentReader:
    """Reads records in order; keeps the file it read last open."""

    def __init__(self) -> None:
        self._open: tuple[Path, BinaryIO] | None = None
        self._chunk = _SMALLEST

    def read(self, segment: Segment, offset: int, end: int, limit: int) -> Scan:
        """Up to `limit` records between two offsets; offsets in the result are those of the file.

        `end` is where the segment ends for now: what does not end there is damage.
        """
        file = self._file(segment.path)
        while True:
            data = os.pread(file.fileno(), min(self._chunk, end - offset), offset)
            final = offset + len(data) >= end or len(data) < min(self._chunk, end - offset)
            result = scan(data, segment.seed, final=final, limit=limit, base=offset)
            if final or len(result.records) >= limit or self._chunk >= _LARGEST:
                break
            self._chunk = min(_LARGEST, 2 * self._chunk)
        if result.stopped - offset < self._chunk // 4 and not final:
            self._chunk = max(_SMALLEST, self._chunk // 2)
        return result

    def places(
        self, segment: Segment, start: Position, stop: int, limit: int, report: Callable[[int, int], None]
    ) -> list[tuple[Position, Raw]]:
        """Up to `limit` records after `start`, each with the place after it; `report` hears of damage.

        Raises OSError.
        """
        offset = start.offset
        while offset < stop:
            scanned = self.read(segment, offset, stop, limit)
            for begin, end in scanned.damaged:
                report(begin, end)
            if scanned.records:
                number, count = segment.id, start.number
                return [
                    (_position((number, after, count := count + 1)), raw) for after, raw in scanned.records
                ]
            offset = scanned.stopped
        return []

    def close(self) -> None:
        """Let go of the file."""
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def _file(self, path: Path) -> BinaryIO:
        if self._open is None or self._open[0] != path:
            self.close()
            self._open = path, path.open("rb", buffering=0)
        return self._open[1]


def read_folder(folder: Path, *, since_ms: int = 0) -> Iterator[tuple[Position, Raw]]:
    """Every readable record received at or after `since_ms`, oldest first, without the journal's lock.

    For replaying, while the service runs or after it has ended. Damage and a torn tail are stepped over.
    """
    reader = SegmentReader()
    try:
        for number in list_ids(folder):
            segment = load(folder, number)
            if segment is not None:
                yield from _read_segment(reader, segment, since_ms)
    finally:
        reader.close()


def _read_segment(reader: SegmentReader, segment: Segment, since_ms: int) -> Iterator[tuple[Position, Raw]]:
    try:
        end = segment.path.stat().st_size
        offset, count = HEAD_BYTES, segment.first
        while offset < end:
            found = reader.read(segment, offset, end, 1000)
            for after, raw in found.records:
                count += 1
                if raw.received_ms >= since_ms:
                    yield Position(segment.id, after, count), raw
            offset = found.stopped
    except FileNotFoundError:
        return  # retired while we were on our way to it
