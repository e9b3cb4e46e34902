"""The journal: what it promises about crashes, damage, full disks and its own size."""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import JournalError, JournalFull, JournalInUse
from ingest.journal import Journal
from ingest.records import Raw
from ingest.segments import Position, read_folder


def raw(number: int, size: int = 20) -> Raw:
    return Raw(1000 + number, f"kenh/v1/d{number}/up", bytes([number % 256]) * size)


def read_all(journal: Journal, start: Position | None = None) -> list[Raw]:
    position = journal.oldest if start is None else start
    found: list[Raw] = []
    while batch := journal.read(position, 7):
        found += [one for _, one in batch]
        position = batch[-1][0]
    return found


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path, segment_bytes=400, keep_bytes=1000)
    yield opened
    opened.close()


def segment_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.journal"))


def test_what_was_appended_is_read_in_order_across_segments(journal: Journal, tmp_path: Path) -> None:
    for number in range(30):
        journal.append([raw(number), raw(number + 100)])
    assert read_all(journal) == [raw(n + extra) for n in range(30) for extra in (0, 100)]
    assert len(segment_files(tmp_path)) > 3


def test_reading_resumes_after_any_position(journal: Journal) -> None:
    for number in range(20):
        journal.append([raw(number)])
    places = []
    position = journal.oldest
    while batch := journal.read(position, 1):
        position = batch[0][0]
        places.append(position)
    for count, place in enumerate(places, 1):
        assert read_all(journal, place) == [raw(number) for number in range(count, 20)]
        assert place.number == count


def test_an_empty_journal_has_nothing_to_read(journal: Journal) -> None:
    assert journal.read(journal.checkpoint(), 10) == []
    assert journal.append([]) == journal.end == journal.checkpoint()


def test_checkpoint_and_records_survive_a_restart(tmp_path: Path) -> None:
    first = Journal(tmp_path, segment_bytes=300)
    first.append([raw(number) for number in range(10)])
    first.append([raw(number) for number in range(10, 20)])
    place = first.read(first.checkpoint(), 4)[-1][0]
    first.save_checkpoint(place)
    first.close()
    second = Journal(tmp_path, segment_bytes=300)
    assert second.checkpoint() == place
    assert second.lag_records == 16
    assert read_all(second, second.checkpoint()) == [raw(number) for number in range(4, 20)]
    second.append([raw(20)])
    assert second.end.number == 21
    second.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(1, 600))
def test_a_torn_tail_at_any_byte_keeps_every_whole_record(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal = Journal(folder)
    ends = [journal.append([raw(number, size=number)]).offset for number in range(10)]
    journal.close()
    file = segment_files(folder)[0]
    length = max(0, file.stat().st_size - cut)
    os.truncate(file, length)
    again = Journal(folder)
    whole = sum(end <= length for end in ends)
    assert read_all(again) == [raw(number, size=number) for number in range(whole)]
    again.append([raw(99)])
    assert read_all(again)[-1] == raw(99)
    assert again.end.number == whole + 1
    again.close()


@settings(max_examples=40, deadline=None)
@given(place=st.integers(20, 400), bit=st.integers(0, 7))
def test_a_flipped_bit_costs_one_record_and_is_reported(
    place: int, bit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal = Journal(folder)
    journal.append([raw(number) for number in range(10)])
    journal.close()
    file = segment_files(folder)[0]
    data = bytearray(file.read_bytes())
    data[place] ^= 1 << bit
    file.write_bytes(data)
    again = Journal(folder)
    kept = read_all(again)
    assert len(kept) == 9
    assert set(kept) < {raw(number) for number in range(10)}
    assert again.damaged_bytes > 0
    again.close()


def test_damage_while_running_is_stepped_over_and_reported_once(journal: Journal, tmp_path: Path) -> None:
    journal.append([raw(number) for number in range(10)])
    journal.append([raw(10)])
    file = segment_files(tmp_path)[0]
    data = bytearray(file.read_bytes())
    data[100:110] = bytes(10)
    file.write_bytes(data)
    assert len(read_all(journal)) == 10
    reported = journal.damaged_bytes
    assert len(read_all(journal)) == 10
    assert journal.damaged_bytes == reported > 0


def test_a_segment_with_an_unreadable_head_is_skipped_and_new_records_go_elsewhere(tmp_path: Path) -> None:
    journal = Journal(tmp_path, segment_bytes=200)
    for number in range(12):
        journal.append([raw(number)])
    journal.close()
    files = segment_files(tmp_path)
    for file in (files[1], files[-1]):
        with file.open("r+b") as damaged:
            damaged.write(b"XXXX")
    again = Journal(tmp_path, segment_bytes=200)
    again.append([raw(50)])
    kept = read_all(again)
    assert kept[0] == raw(0)
    assert kept[-1] == raw(50)
    assert len(kept) < 13
    assert again.damaged_bytes > 0
    again.close()


def test_power_lost_while_a_segment_was_created_leaves_no_trace(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([raw(1)])
    journal.close()
    (tmp_path / "000000000002.journal").write_bytes(b"KJL")
    again = Journal(tmp_path)
    assert read_all(again) == [raw(1)]
    again.append([raw(2)])
    assert read_all(again) == [raw(1), raw(2)]
    again.close()


def test_a_damaged_checkpoint_reads_everything_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([raw(1), raw(2)])
    journal.save_checkpoint(journal.end)
    journal.close()
    (tmp_path / "checkpoint").write_bytes(b"\xff" * 1024)
    again = Journal(tmp_path)
    assert read_all(again, again.checkpoint()) == [raw(1), raw(2)]
    again.close()


def test_a_checkpoint_torn_while_written_leaves_the_one_before(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([raw(number) for number in range(3)])
    places = [place for place, _ in journal.read(journal.checkpoint(), 10)]
    for place in places:
        journal.save_checkpoint(place)
    journal.close()
    data = (tmp_path / "checkpoint").read_bytes()
    newest = max((0, 512), key=lambda start: data[start : start + 8])
    (tmp_path / "checkpoint").write_bytes(data[:newest] + b"torn" + data[newest + 4 :])
    again = Journal(tmp_path)
    assert again.checkpoint() == places[1]
    again.save_checkpoint(places[2])
    assert again.checkpoint() == places[2]
    again.close()


def test_a_checkpoint_beyond_the_end_does_not_hide_what_comes_next(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([raw(1), raw(2)])
    journal.save_checkpoint(journal.end)
    journal.close()
    os.truncate(segment_files(tmp_path)[0], 60)
    again = Journal(tmp_path)
    again.append([raw(3)])
    assert read_all(again, again.checkpoint()) == [raw(3)]
    again.close()


def test_segments_behind_the_checkpoint_stay_for_replay_up_to_their_limit(
    journal: Journal, tmp_path: Path
) -> None:
    for number in range(60):
        journal.append([raw(number)])
    before = len(segment_files(tmp_path))
    journal.save_checkpoint(journal.read(journal.checkpoint(), 1)[-1][0])
    assert len(segment_files(tmp_path)) == before
    journal.save_checkpoint(journal.end)
    kept = sum(file.stat().st_size for file in segment_files(tmp_path)[:-1])
    assert 500 < kept <= 1000
    assert read_all(journal)[-1] == raw(59)


def test_what_is_not_dealt_with_is_never_removed(tmp_path: Path) -> None:
    journal = Journal(tmp_path, segment_bytes=200, keep_bytes=0)
    for number in range(40):
        journal.append([raw(number)])
    place = journal.read(journal.checkpoint(), 3)[-1][0]
    journal.save_checkpoint(place)
    assert read_all(journal, place) == [raw(number) for number in range(3, 40)]
    journal.close()


def test_a_second_writer_is_refused(journal: Journal, tmp_path: Path) -> None:
    with pytest.raises(JournalInUse):
        Journal(tmp_path)


def test_a_running_journal_can_be_read_for_replay(journal: Journal, tmp_path: Path) -> None:
    for number in range(20):
        journal.append([raw(number)])
    assert [one for _, one in read_folder(tmp_path)] == [raw(number) for number in range(20)]
    assert [one for _, one in read_folder(tmp_path, since_ms=1015)] == [raw(n) for n in range(15, 20)]


class FailingSync:
    """`os.fsync` that fails when told to."""

    def __init__(self) -> None:
        self.error: OSError | None = None
        self.calls = 0

    def __call__(self, descriptor: int) -> None:
        self.calls += 1
        if self.error is not None:
            raise self.error
        os.fsync(descriptor)


def test_a_batch_costs_one_fsync(tmp_path: Path) -> None:
    sync = FailingSync()
    journal = Journal(tmp_path, sync=sync)
    journal.append([raw(number) for number in range(500)])
    assert sync.calls == 1
    journal.close()


def test_after_a_failed_fsync_nothing_is_kept_and_the_file_is_not_trusted_again(tmp_path: Path) -> None:
    sync = FailingSync()
    journal = Journal(tmp_path, sync=sync)
    journal.append([raw(1)])
    sync.error = OSError(errno.EIO, "the disk says no")
    with pytest.raises(JournalError, match="the disk says no") as caught:
        journal.append([raw(2)])
    assert caught.value.retryable
    assert read_all(journal) == [raw(1)]
    sync.error = None
    journal.append([raw(2)])
    assert read_all(journal) == [raw(1), raw(2)]
    assert len(segment_files(tmp_path)) == 2
    journal.close()
    again = Journal(tmp_path)
    assert read_all(again) == [raw(1), raw(2)]
    again.close()


def test_a_full_disk_gives_up_replay_before_it_refuses_new_messages(tmp_path: Path) -> None:
    sync = FailingSync()
    journal = Journal(tmp_path, segment_bytes=200, sync=sync)
    for number in range(20):
        journal.append([raw(number)])
    journal.save_checkpoint(journal.end)
    kept = len(segment_files(tmp_path))

    def full_while_many_files(descriptor: int) -> None:
        if len(segment_files(tmp_path)) >= kept:
            raise OSError(errno.ENOSPC, "no room")
        os.fsync(descriptor)

    journal._sync = full_while_many_files
    journal.append([raw(20)])
    assert read_all(journal, journal.checkpoint()) == [raw(20)]
    journal.close()


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB, where we may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("did without a tiny disk: mounting a tmpfs needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_really_full_disk_is_said_and_nothing_acknowledged_is_lost(tiny_disk: Path) -> None:
    journal = Journal(tiny_disk / "journal", segment_bytes=32_000)
    kept = 0
    with suppress(JournalFull):
        while kept < 1000:
            journal.append([raw(kept + extra, size=2000) for extra in range(3)])
            kept += 3
    assert 60 < kept < 130
    with pytest.raises(JournalFull):
        journal.append([raw(kept, size=9000)])
    expected = [raw(number, size=2000) for number in range(kept)]
    assert read_all(journal) == expected
    journal.close()
    again = Journal(tiny_disk / "journal", segment_bytes=32_000)
    assert read_all(again) == expected
    # Once everything is stored elsewhere, old segments make room for new messages.
    again.save_checkpoint(again.end)
    again.append([raw(kept, size=9000)])
    assert read_all(again, again.checkpoint()) == [raw(kept, size=9000)]
    again.close()
