"""Crews' answers as they come over MQTT."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.answers import parse
from devices.uplinks import Rejected, RejectReason
from dispatch.orders import LastAnswer

TOPIC = "kenh/v1/crews/thoat-nuoc-1/work-orders/WO-261123-K7Q2MX/status"


def test_an_answer_is_read_with_who_and_which_order() -> None:
    said = parse(TOPIC, '{"status":"accepted","by":"Tổ trưởng","note":"đi ngay"}'.encode())
    assert said == (
        "thoat-nuoc-1",
        "WO-261123-K7Q2MX",
        LastAnswer("accepted", by="Tổ trưởng", note="đi ngay"),
    )


@pytest.mark.parametrize(
    ("topic", "body", "reason"),
    [
        ("kenh/v1/crews/a b/work-orders/WO-1/status", b'{"status":"done"}', RejectReason.UNKNOWN_TOPIC),
        (TOPIC, b"done", RejectReason.NOT_JSON),
        (TOPIC, b"[]", RejectReason.BAD_SHAPE),
        (TOPIC, b'{"status":4}', RejectReason.BAD_SHAPE),
        (TOPIC, b" " * 5000, RejectReason.TOO_LARGE),
    ],
)
def test_what_is_no_answer_is_refused_with_a_reason(topic: str, body: bytes, reason: RejectReason) -> None:
    said = parse(topic, body)
    assert isinstance(said, Rejected)
    assert said.reason is reason


@given(st.text(), st.binary(max_size=300))
def test_nothing_a_broker_delivers_raises(topic: str, body: bytes) -> None:
    parse(topic, body)
    parse(TOPIC, body)
