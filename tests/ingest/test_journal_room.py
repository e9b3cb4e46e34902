"""A journal that is bounded: what goes when it is full, and what is said before."""

import logging
import threading
from pathlib import Path

import pytest

from ingest.errors import JournalFull
from ingest.journal import Journal
from ingest.journal_room import Room
from ingest.records import Raw

LIMIT = 40_000
MB = 1 << 20


def batch(first: int, count: int = 20) -> list[Raw]:
    return [Raw(1_795_421_702_000 + n, f"kenh/v1/d{n}/up", b"x" * 80) for n in range(first, first + count)]


def fill(journal: Journal, batches: int) -> int:
    """How many records it took before it refused."""
    taken = 0
    for number in range(batches):
        try:
            journal.append(batch(number * 20))
        except JournalFull:
            break
        taken += 20
    return taken


def test_by_default_a_full_journal_refuses_and_keeps_everything_it_has(tmp_path: Path) -> None:
    journal = Journal(tmp_path, limit_bytes=LIMIT)
    taken = fill(journal, 100)
    assert 200 < taken < 2000
    with pytest.raises(JournalFull, match="limit"):
        journal.append(batch(0))
    assert journal.lag_records == taken
    journal.close()
    total = sum(path.stat().st_size for path in tmp_path.glob("*.journal"))
    assert total <= LIMIT


def test_what_was_refused_is_taken_as_soon_as_the_rest_is_dealt_with(tmp_path: Path) -> None:
    journal = Journal(tmp_path, limit_bytes=LIMIT)
    fill(journal, 100)
    journal.save_checkpoint(journal.end)
    journal.append(batch(0))
    assert journal.lag_records == 20
    journal.close()


def test_told_to_it_drops_the_oldest_counts_them_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal = Journal(tmp_path, limit_bytes=LIMIT, when_full="drop_oldest")
    with caplog.at_level(logging.ERROR):
        assert fill(journal, 100) == 2000
    room = journal.room()
    assert room.dropped_records + journal.lag_records == 2000
    assert room.dropped_from_ms == 1_795_421_702_000
    assert "dropped the oldest" in caplog.text
    (first, _), *_ = [(raw, place) for place, raw in journal.read(journal.checkpoint(), 1)]
    assert first.topic == f"kenh/v1/d{room.dropped_records}/up"
    journal.close()


def test_what_is_kept_for_replay_goes_before_anything_is_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path, limit_bytes=LIMIT)
    for number in range(100):
        journal.append(batch(number * 20))
        journal.save_checkpoint(journal.end)
    assert journal.room().dropped_records == 0
    journal.close()


def test_several_threads_append_and_every_record_is_there_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path, segment_bytes=5_000)
    threads = [
        threading.Thread(
            target=lambda start=start: [journal.append(batch(start + n * 20)) for n in range(10)]
        )
        for start in range(0, 2000, 200)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    topics: list[str] = []
    position = journal.oldest
    while found := journal.read(position, 100):
        topics += [raw.topic for _, raw in found]
        position = found[-1][0]
    assert sorted(topics) == sorted(f"kenh/v1/d{n}/up" for n in range(2000))
    journal.close()


def room(waiting: int, *, limit: int | None = 100 * MB, free: int = 500 * MB, rate: float = 0.0) -> Room:
    return Room(waiting, waiting, limit, free, rate)


def test_the_room_left_is_said_before_it_runs_out() -> None:
    assert room(10 * MB).warning() is None
    told = room(75 * MB, rate=MB / 3600).warning()
    assert told is not None
    assert "75%" in told
    assert "25 MB left" in told
    assert "25.0 h" in told
    assert "the broker's queue has to hold it" in told
    assert not room(75 * MB).urgent
    assert room(95 * MB).urgent


def test_a_disk_that_others_fill_is_said_too() -> None:
    told = room(10 * MB, free=5 * MB).warning()
    assert told is not None
    assert "the disk is the limit" in told
    assert room(10 * MB, limit=None, free=1 * MB).urgent
