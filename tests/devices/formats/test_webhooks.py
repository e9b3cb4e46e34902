"""Uplinks by HTTP: whose they are, and the topic they would have had by MQTT."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.formats import http_uplinks, parse
from devices.uplinks import Rejected, RejectReason, Uplink
from tests.devices.messages import (
    CHIRPSTACK_STATUS,
    CHIRPSTACK_UP,
    RECEIVED_MS,
    TTS_JOIN,
    TTS_UP,
    as_bytes,
    chirpstack_up,
    device_info,
    tts_up,
)


def pairs(body: object, event: str | None = None) -> list[tuple[str, bytes]]:
    """What a body that is accepted comes to."""
    found = http_uplinks(as_bytes(body), event)
    assert not isinstance(found, Rejected), found
    return found


def refusal(body: object, event: str | None = None) -> Rejected:
    """Why a body is refused."""
    found = http_uplinks(body if isinstance(body, bytes) else as_bytes(body), event)
    assert isinstance(found, Rejected), found
    assert found.detail
    return found


def test_a_chirpstack_event_gets_the_topic_of_its_event() -> None:
    body = chirpstack_up()
    assert pairs(body, "up") == [(CHIRPSTACK_UP, as_bytes(body))]
    assert pairs(body) == [(CHIRPSTACK_UP, as_bytes(body))]
    status = {"deviceInfo": device_info(), "batteryLevel": 86.2}
    assert pairs(status, "status") == [(CHIRPSTACK_STATUS, as_bytes(status))]


@pytest.mark.parametrize("event", [None, "", "up/../x", "#", "UP", "u" * 17])
def test_a_chirpstack_event_has_to_be_named(event: str | None) -> None:
    assert refusal({"deviceInfo": device_info(), "margin": 7}, event).reason is RejectReason.BAD_SHAPE


@pytest.mark.parametrize(
    "change", [{"applicationId": "a/b"}, {"applicationId": ""}, {"devEui": "#"}, {"devEui": 7}]
)
def test_a_chirpstack_event_whose_ids_would_bend_the_topic_is_refused(change: dict[str, object]) -> None:
    body = chirpstack_up(deviceInfo={**device_info(), **change})
    assert refusal(body, "up").reason is RejectReason.BAD_DEVICE_ID


def test_a_things_stack_message_gets_the_topic_of_its_kind() -> None:
    body = tts_up()
    assert pairs(body) == [(TTS_UP, as_bytes(body))]
    join = {**tts_up(uplink_message=None), "join_accept": {"session_key_id": "AXA5"}}
    assert pairs(join) == [(TTS_JOIN.replace("@ttn", ""), as_bytes(join))]


def test_a_things_stack_message_of_another_kind_is_refused() -> None:
    assert refusal({**tts_up(uplink_message=None), "downlink_sent": {}}).reason is RejectReason.BAD_SHAPE
    body = tts_up(end_device_ids={"device_id": "a/b", "application_ids": {"application_id": "x"}})
    assert refusal(body).reason is RejectReason.BAD_DEVICE_ID


def test_an_own_message_names_its_device() -> None:
    ((topic, payload),) = pairs({"device_id": "bin-07", "ts": 1795421702, "readings": {"fill_pct": 5}})
    assert (topic, json.loads(payload)) == (
        "kenh/v1/bin-07/up",
        {"ts": 1795421702, "readings": {"fill_pct": 5}},
    )


def test_a_list_of_own_messages_is_one_message_for_each_device() -> None:
    body = [{"device_id": name, "seq": seq, "readings": {"fill_pct": seq}} for seq, name in enumerate("aba")]
    found = [(topic, parse(topic, payload, RECEIVED_MS)) for topic, payload in pairs(body)]
    assert [(topic, [one.seq for one in parsed if isinstance(one, Uplink)]) for topic, parsed in found] == [
        ("kenh/v1/a/up", [0, 2]),
        ("kenh/v1/b/up", [1]),
    ]


def test_a_value_that_is_not_finite_is_still_refused_for_what_it_is() -> None:
    found = http_uplinks(b'[{"device_id": "a", "readings": {"fill_pct": NaN, "tilt": 1}}]', None)
    assert not isinstance(found, Rejected)
    uplink, bad = parse(*found[0], RECEIVED_MS)
    assert isinstance(uplink, Uplink)
    assert isinstance(bad, Rejected)
    assert bad.reason is RejectReason.NOT_FINITE


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", RejectReason.NOT_JSON),
        (b"\xff", RejectReason.NOT_UTF8),
        (b"[]", RejectReason.BAD_SHAPE),
        (b"7", RejectReason.BAD_SHAPE),
        (b"{}", RejectReason.BAD_SHAPE),
        (b'{"readings": {}}', RejectReason.BAD_DEVICE_ID),
        (b'{"device_id": "a/b", "readings": {}}', RejectReason.BAD_DEVICE_ID),
        (b'{"device_id": "a", "device_id": "b", "readings": {}}', RejectReason.BAD_SHAPE),
        (b" " * 70000, RejectReason.TOO_LARGE),
        (b"[" * 20 + b"]" * 20, RejectReason.TOO_DEEP),
    ],
)
def test_a_body_of_no_use_is_refused_with_its_reason(body: bytes, reason: RejectReason) -> None:
    assert refusal(body).reason is reason


@given(body=st.binary(max_size=80), event=st.none() | st.text(max_size=5))
def test_no_body_raises(body: bytes, event: str | None) -> None:
    http_uplinks(body, event)


@given(
    info=st.dictionaries(st.sampled_from(["applicationId", "devEui"]), st.text(max_size=4) | st.integers()),
    event=st.text(max_size=5),
)
def test_whatever_ids_are_sent_the_topic_keeps_its_shape(info: dict[str, object], event: str) -> None:
    found = http_uplinks(json.dumps({"deviceInfo": info}).encode(), event)
    if not isinstance(found, Rejected):
        assert all(topic.count("/") == 5 and "+" not in topic and "#" not in topic for topic, _ in found)
