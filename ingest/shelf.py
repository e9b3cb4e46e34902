"""The segments of a journal that are there just now, with their sizes; any thread may ask."""

import threading

from ingest.segments import Position, Segment


class Shelf:
    """Segments in order, the last one growing. It holds the bookkeeping, and removes files."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._segments: list[Segment] = []
        self._sizes: dict[int, int] = {}

    def add(self, segment: Segment, size: int) -> None:
        """One more at the end."""
        with self._mutex:
            self._segments.append(segment)
            self._sizes[segment.id] = size

    def grown(self, segment_id: int, size: int) -> None:
        """The last one has so many bytes now."""
        self._sizes[segment_id] = size

    @property
    def all(self) -> list[Segment]:
        """Every segment, oldest first."""
        with self._mutex:
            return list(self._segments)

    @property
    def last(self) -> Segment:
        """The one that grows."""
        return self._segments[-1]

    def size(self, segment: Segment) -> int | None:
        """Its length in bytes; None if it has been removed."""
        return self._sizes.get(segment.id)

    def used(self) -> int:
        """Bytes of all together."""
        with self._mutex:
            return sum(self._sizes.values())

    def waiting(self, checkpoint: Position) -> int:
        """Bytes after the checkpoint."""
        with self._mutex:
            later = sum(size for number, size in self._sizes.items() if number > checkpoint.segment)
            return later + max(0, self._sizes.get(checkpoint.segment, 0) - checkpoint.offset)

    def behind(self, checkpoint: Position) -> list[Segment]:
        """Those wholly before the checkpoint, oldest first; never the one that grows."""
        with self._mutex:
            return [segment for segment in self._segments[:-1] if segment.id < checkpoint.segment]

    def oldest_two(self) -> tuple[Segment, Segment] | None:
        """The oldest and the one after it; None if there is only the one that grows."""
        with self._mutex:
            return (self._segments[0], self._segments[1]) if len(self._segments) > 1 else None

    def remove(self, segment: Segment) -> int:
        """Delete it; its size (0 if somebody else was faster). Raises OSError."""
        with self._mutex:
            if segment.id not in self._sizes:
                return 0
            self._segments.remove(segment)
            size = self._sizes.pop(segment.id)
        segment.path.unlink(missing_ok=True)
        return size

    def remove_missing(self) -> None:
        """Forget segments whose files are gone."""
        for segment in self.all:
            if not segment.path.exists():
                self.remove(segment)
