"""Kênh's own format: what a message becomes, and how bad ones are refused."""

import json

import pytest

from devices.formats import parse
from devices.formats.json_text import MAX_BYTES
from devices.uplinks import Measured, Rejected, RejectReason, Uplink, UplinkKind
from tests.devices.formats.opening import OWN, one_reason, one_uplink
from tests.devices.messages import MEASURED_MS, RECEIVED_MS, as_bytes


@pytest.mark.parametrize(
    "ts", ["2026-11-23T08:15:02.744Z", "2026-11-23T15:15:02.744+07:00", 1795421702.744, 1795421702744]
)
def test_an_own_message_takes_its_time_in_any_of_three_forms(ts: object) -> None:
    body = {"ts": ts, "seq": 17, "readings": {"distance_mm": 843, "battery_pct": 92}}
    assert one_uplink(OWN, body) == Uplink(
        "bin-07",
        UplinkKind.DATA,
        MEASURED_MS,
        17,
        measured=(Measured("distance_mm", 843.0, "mm"), Measured("battery_pct", 92.0, "%")),
    )


@pytest.mark.parametrize("body", [{"readings": {"fill_pct": 3}}, {"ts": None, "readings": {"fill_pct": 3}}])
def test_an_own_message_without_a_time_has_none(body: object) -> None:
    assert one_uplink(OWN, body).time_ms is None


def test_a_backfill_gives_one_uplink_an_entry_in_order() -> None:
    body = [{"ts": 1795421000 + step, "seq": step, "readings": {"fill_pct": step}} for step in range(300)]
    parsed = parse(OWN, as_bytes(body), RECEIVED_MS)
    assert [entry.seq for entry in parsed if isinstance(entry, Uplink)] == list(range(300))


def test_what_cannot_be_used_in_an_own_message_is_refused_alone() -> None:
    payload = (
        b'{"readings": {"distance_mm": NaN, "battery_pct": 92, "mood": 1, "fill_pct": "3", "tilt": true}}'
    )
    uplink, *refused = parse(OWN, payload, RECEIVED_MS)
    assert isinstance(uplink, Uplink)
    assert [(one.quantity, one.value) for one in uplink.measured] == [("battery_pct", 92.0), ("tilt", 1.0)]
    assert [entry.reason for entry in refused if isinstance(entry, Rejected)] == [
        RejectReason.NOT_FINITE,
        RejectReason.UNKNOWN_QUANTITY,
        RejectReason.BAD_SHAPE,
    ]


def test_an_own_message_without_one_usable_value_is_no_uplink() -> None:
    assert one_reason(OWN, b'{"readings": {"mood": 1}}') is RejectReason.UNKNOWN_QUANTITY


def test_an_own_message_with_empty_readings_is_a_heartbeat() -> None:
    assert one_uplink(OWN, {"readings": {}}).kind is UplinkKind.STATUS


def test_a_sequence_number_that_is_none_costs_only_itself() -> None:
    uplink = one_uplink(OWN, {"seq": "x", "readings": {"fill_pct": 3}})
    assert uplink.seq is None
    assert uplink.warnings


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", RejectReason.NOT_JSON),
        (b"843", RejectReason.BAD_SHAPE),
        (b"[]", RejectReason.BAD_SHAPE),
        (b"nan", RejectReason.NOT_JSON),
        (b'{"readings": [1]}', RejectReason.BAD_SHAPE),
        (b'{"distance_mm": 843}', RejectReason.BAD_SHAPE),
        (b'{"readings": {"fill_pct": 1}', RejectReason.NOT_JSON),
        (b'\xff{"readings": {}}', RejectReason.NOT_UTF8),
        (b'{"readings": {"fill_pct": 1, "fill_pct": 2}}', RejectReason.BAD_SHAPE),
        (b'{"readings": {"fill_pct": 1}, "note": "\\ud800"}', RejectReason.NOT_JSON),
        (b'{"readings": {"fill_pct": 1e999}}', RejectReason.NOT_FINITE),
        (b'{"readings": {"fill_pct": ' + b"9" * 5000 + b"}}", RejectReason.NOT_JSON),
        (b'{"ts": "yesterday", "readings": {"fill_pct": 1}}', RejectReason.BAD_TIME),
        (b'{"ts": "2026-11-23T08:15:02", "readings": {"fill_pct": 1}}', RejectReason.BAD_TIME),
        (b'{"ts": -1, "readings": {"fill_pct": 1}}', RejectReason.BAD_TIME),
        (b'{"ts": true, "readings": {"fill_pct": 1}}', RejectReason.BAD_TIME),
        (b'{"ts": 1e15, "readings": {"fill_pct": 1}}', RejectReason.BAD_TIME),
        (b'{"ts": NaN, "readings": {"fill_pct": 1}}', RejectReason.BAD_TIME),
        (b'{"readings": {"fill_pct": true}}', RejectReason.BAD_SHAPE),
        (b'{"readings": {"fill_pct": null}}', RejectReason.BAD_SHAPE),
        (b'{"readings": ' + b"[" * 8 + b"]" * 8 + b"}", RejectReason.TOO_DEEP),
        (b"[" * 30000 + b"]" * 30000, RejectReason.TOO_DEEP),
        (b"[" * 30000 + b"NaN" + b"]" * 30000, RejectReason.TOO_DEEP),
        (json.dumps({f"field{n}": n for n in range(257)}).encode(), RejectReason.BAD_SHAPE),
        (b" " * (MAX_BYTES + 1), RejectReason.TOO_LARGE),
    ],
)
def test_a_bad_own_message_is_refused_with_its_reason(payload: bytes, reason: RejectReason) -> None:
    assert one_reason(OWN, payload) is reason


@pytest.mark.parametrize("device_id", ["", "bin 7", "thùng-07", "x" * 65])
def test_an_own_device_needs_a_proper_id(device_id: str) -> None:
    assert one_reason(f"kenh/v1/{device_id}/up", b'{"readings": {}}') is RejectReason.BAD_DEVICE_ID


@pytest.mark.parametrize(
    "payload",
    [
        b'{"readings": {"fill_pct": 1, "fill_pct" : 2}}',
        b'{"readings": {"fill_pct": 1, "fill_pct"\n\t : 2}, "note": "at 08:15"}',
        b'{"seq": 1, "readings": {"fill_pct": 1}, "seq": 2, "ts": "2026-11-23T08:15:02Z"}',
        b'{"readings": {"fill_pct": 1, "fill\\u005fpct": 2}}',
        b'[{"readings": {"fill_pct": 1}}, {"readings": {"fill_pct": 1, "fill_pct": 1}}]',
        b'{"readings": {"fill_pct": NaN, "fill_pct": 1}}',
    ],
)
def test_a_key_that_stands_twice_is_found_however_it_is_written(payload: bytes) -> None:
    assert one_reason(OWN, payload) is RejectReason.BAD_SHAPE


@pytest.mark.parametrize(
    "note", ["08:15", '":', ':"', '\\":', "{[:]}", '{"fill_pct": 2, "fill_pct": 3}', " :", "\t:"]
)
def test_colons_in_texts_are_no_keys(note: str) -> None:
    payload = json.dumps({"note": note, note: 1, "readings": {"fill_pct": 5}}).encode()
    (uplink,) = parse(OWN, payload, RECEIVED_MS)
    assert isinstance(uplink, Uplink)


def test_the_time_of_an_own_message_is_the_devices_and_no_gateways() -> None:
    uplink = one_uplink(OWN, {"ts": MEASURED_MS, "readings": {"fill_pct": 5}})
    assert (uplink.time_ms, uplink.gateway_ms) == (MEASURED_MS, None)


def test_a_fraction_of_a_second_is_rounded_not_cut() -> None:
    assert one_uplink(OWN, {"ts": 1795421702.001, "readings": {}}).time_ms == 1795421702001
