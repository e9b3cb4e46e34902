"""What was heard: rejects, unknown devices, and when devices and gateways last spoke."""

import pytest

from devices.uplinks import RejectReason
from storage.state import QuarantineRow, RejectRow, State
from storage.state.quarantine import QuarantineRepository
from storage.state.rejects import RejectRepository


def reject(detail: str, reason: str = RejectReason.NOT_JSON) -> RejectRow:
    return RejectRow(1000, "kenh/v1/x/up", "x", reason, detail, b"\x00\xff{")


def test_rejects_come_back_newest_first_and_page_by_page(state: State) -> None:
    with state.transaction() as tx:
        for number in range(5):
            tx.rejects.add(reject(str(number)))
        first, after = tx.rejects.page(2)
        second, after = tx.rejects.page(2, after)
        third, end = tx.rejects.page(2, after)
    assert [row.detail for row in first + second + third] == ["4", "3", "2", "1", "0"]
    assert end is None
    assert (first[0].payload, first[0].reason, first[0].id) == (b"\x00\xff{", "not_json", 5)


def test_a_cursor_of_rejects_that_is_none_is_a_value_error(state: State) -> None:
    with state.snapshot() as tx, pytest.raises(ValueError, match="cursor"):
        tx.rejects.page(2, "x")


def test_only_the_newest_rejects_are_kept(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    assert RejectRepository.CAP == 10_000
    monkeypatch.setattr(RejectRepository, "CAP", 3)
    with state.transaction() as tx:
        for number in range(8):
            tx.rejects.add(reject(str(number)))
        assert [row.detail for row in tx.rejects.page()[0]] == ["7", "6", "5"]


def test_rejects_are_counted_by_reason(state: State) -> None:
    with state.transaction() as tx:
        assert tx.rejects.count_by_reason() == {}
        for reason in (RejectReason.CLOCK, RejectReason.NOT_JSON, RejectReason.CLOCK):
            tx.rejects.add(reject("", reason))
        assert tx.rejects.count_by_reason() == {"clock": 2, "not_json": 1}


def test_an_unknown_device_is_remembered_with_what_it_said_last(state: State) -> None:
    with state.transaction() as tx:
        tx.quarantine.saw("d1", 1000, "t", b"1")
        tx.quarantine.saw("d1", 3000, "t2", b"2", "Ga 7", "milesight/em310-udl")
        tx.quarantine.saw("d2", 2000, "t", b"3")
        expected = QuarantineRow("d1", 1000, 3000, 2, "t2", b"2", "Ga 7", "milesight/em310-udl")
        assert tx.quarantine.all() == [expected, QuarantineRow("d2", 2000, 2000, 1, "t", b"3")]
        assert tx.quarantine.get("d1") == expected
        assert tx.quarantine.get("d3") is None


def test_an_adopted_device_leaves_the_quarantine(state: State) -> None:
    with state.transaction() as tx:
        tx.quarantine.saw("d1", 1000, "t", b"")
        tx.quarantine.remove("d1")
        tx.quarantine.remove("d1")
        assert tx.quarantine.all() == []


def test_a_full_quarantine_lets_go_of_whoever_was_silent_longest(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert QuarantineRepository.CAP == 1_000
    monkeypatch.setattr(QuarantineRepository, "CAP", 3)
    with state.transaction() as tx:
        for at_ms, device in enumerate(["a", "b", "c", "a", "d", "e"]):
            tx.quarantine.saw(device, at_ms, "t", b"")
        assert {row.device_id for row in tx.quarantine.all()} == {"a", "d", "e"}
        # A newcomer whose clock or journal is behind is still shown.
        tx.quarantine.saw("late", -5, "t", b"")
        assert tx.quarantine.get("late") is not None


def test_the_last_hearing_only_moves_forward(state: State) -> None:
    with state.transaction() as tx:
        tx.devices_seen.touch([("d1", 2000, "gw-1"), ("d1", 3000, "gw-2"), ("d2", 500, None)])
        tx.devices_seen.touch([("d1", 1000, "gw-1"), ("d2", 700, None)])
        tx.devices_seen.touch([])
        assert tx.devices_seen.all() == {"d1": 3000, "d2": 700}
        assert tx.devices_seen.gateways() == {"gw-1": 2000, "gw-2": 3000}


def test_it_is_known_which_gateways_hear_a_device(state: State) -> None:
    with state.transaction() as tx:
        tx.devices_seen.touch([("d1", 3000, "gw-2"), ("d1", 2000, "gw-1"), ("d2", 500, None)])
        assert tx.devices_seen.links() == {"d1": ("gw-1", "gw-2")}
        assert tx.devices_seen.links(since_ms=2500) == {"d1": ("gw-2",)}
