"""Uplinks by HTTP are in the journal when they are taken, and can be looked at again."""

from pathlib import Path

import pytest

from ingest.journal import Journal
from kenh.inbox import Inbox

NOW = 1_795_421_702_000


def test_before_the_journal_is_open_nothing_is_taken(tmp_path: Path) -> None:
    inbox = Inbox(lambda: NOW)
    with pytest.raises(OSError, match="still starting"):
        inbox.take([("kenh/v1/d1/up", b"{}")])
    assert inbox.recent("d1", 5) == []


def test_what_is_taken_is_on_disk_and_the_newest_of_a_device_comes_first(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    inbox = Inbox(lambda: NOW)
    inbox.open(journal)
    inbox.take([(f"kenh/v1/d{n % 2}/up", b"%d" % n) for n in range(10)])
    inbox.take([("v3/a@t/devices/x/up", b'{"dev_eui": "24E124"}')])
    assert journal.lag_records == 11
    assert [payload for _, _, payload in inbox.recent("d1", 2)] == [b"9", b"7"]
    assert len(inbox.recent("24e124", 5)) == 1
    journal.close()
