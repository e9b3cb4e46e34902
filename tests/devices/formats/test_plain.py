"""Plain JSON: names people choose, times of any size, and devices that say who they are."""

import pytest

from devices.uplinks import Rejected, RejectReason, Uplink, UplinkKind
from tests.devices.formats.opening import routed, routed_refusal, routed_uplink, values
from tests.devices.messages import MEASURED_MS

ROUTE = "post=plain"


def test_a_plain_message_is_opened() -> None:
    uplink = routed_uplink(
        ROUTE, "post", {"id": "bin07", "ts": 1795421702, "distance_mm": 843, "bat_v": 3.61}
    )
    assert (uplink.device_id, uplink.kind, uplink.time_ms) == ("bin07", UplinkKind.DATA, 1795421702000)
    assert values(uplink) == {"distance_mm": 843.0, "battery_v": 3.61}
    assert uplink.warnings == ()


@pytest.mark.parametrize(
    "ts",
    [
        1795421702.744,
        MEASURED_MS,
        MEASURED_MS * 1000 + 999,
        MEASURED_MS * 1_000_000 + 999_999,
        "2026-11-23T08:15:02.744Z",
        "2026-11-23T08:15:02.744999999Z",
        "2026-11-23T15:15:02.744",
        "2026-11-23 15:15:02.744",
    ],
)
def test_a_time_may_be_of_any_size_or_in_words(ts: object) -> None:
    assert routed_uplink(ROUTE, "post", {"id": "bin07", "ts": ts, "fill": 5}).time_ms == MEASURED_MS


@pytest.mark.parametrize("ts", [-1, 1e20, True, "soon", [], {"s": 1}])
def test_a_time_of_no_use_is_refused(ts: object) -> None:
    refusal = routed_refusal(ROUTE, "post", {"id": "bin07", "ts": ts, "fill": 5})
    assert (refusal.reason, refusal.device_id) == (RejectReason.BAD_TIME, "bin07")


@pytest.mark.parametrize("key", ["id", "device", "device_id", "deviceId", "devEui"])
def test_a_message_may_say_whose_it_is(key: str) -> None:
    assert routed_uplink(ROUTE, "post", {key: "24E124713B494221", "fill": 5}).device_id == "24e124713b494221"


def test_the_topics_word_for_the_device_goes_before_the_messages() -> None:
    assert routed_uplink("post/+", "post/bin08", {"id": "bin07", "fill": 5}).device_id == "bin08"


@pytest.mark.parametrize(
    "body", [{"fill": 5}, {"id": "", "fill": 5}, {"id": "thùng", "fill": 5}, {"id": [1]}]
)
def test_a_message_nobody_signed_is_refused(body: object) -> None:
    assert routed_refusal(ROUTE, "post", body).reason is RejectReason.BAD_DEVICE_ID


def test_a_device_level_that_is_no_id_is_refused() -> None:
    assert routed_refusal("post/+", "post/thùng 7", {"fill": 5}).reason is RejectReason.BAD_DEVICE_ID


def test_unknown_numbers_are_mentioned_and_texts_are_not() -> None:
    body = {"id": "bin07", "fill": 5, "mood": 3, "colour": "green", "ip": "10.0.0.7", "nested": {"a": 1}}
    uplink = routed_uplink(ROUTE, "post", body)
    assert uplink.warnings == ("not understood and left out: mood, nested",)


def test_a_message_of_which_nothing_is_understood_names_what_it_holds() -> None:
    refusal = routed_refusal(ROUTE, "post", {"id": "bin07", "mood": 3, "co2": 612})
    assert (refusal.reason, refusal.device_id) == (RejectReason.UNKNOWN_QUANTITY, "bin07")
    assert refusal.detail.endswith("found: mood, co2")


def test_null_is_nothing_measured_and_a_bad_value_costs_only_itself() -> None:
    payload = (
        b'{"id": "b", "seq": 9, "distance": null, "fill": NaN, "temp": "27.4", "hum": "wet", "bat": 3.6}'
    )
    uplink, *refused = routed(ROUTE, "post", payload)
    assert isinstance(uplink, Uplink)
    assert (uplink.seq, values(uplink)) == (9, {"temperature_c": 27.4, "battery_v": 3.6})
    assert [one.reason for one in refused if isinstance(one, Rejected)] == [
        RejectReason.NOT_FINITE,
        RejectReason.BAD_SHAPE,
    ]


def test_a_list_of_messages_is_a_backfill() -> None:
    body = [{"id": "bin07", "ts": 1795421000 + step, "fill": step} for step in range(3)]
    assert [entry.time_ms for entry in routed(ROUTE, "post", body) if isinstance(entry, Uplink)] == [
        1795421000000,
        1795421001000,
        1795421002000,
    ]


def test_a_value_in_an_object_is_named_by_its_topic() -> None:
    uplink = routed_uplink("post/+/+", "post/p1/distance", {"value": 84.3, "unit": "cm", "ts": 1795421702})
    assert (uplink.time_ms, values(uplink)) == (1795421702000, {"distance_mm": 843.0})


def test_a_key_that_stands_twice_is_refused_in_plain_json_too() -> None:
    assert (
        routed_refusal(ROUTE, "post", b'{"id": "a", "fill": 1, "fill": 2}').reason is RejectReason.BAD_SHAPE
    )
