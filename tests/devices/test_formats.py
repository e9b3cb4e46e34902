"""Envelopes: what each network server's message becomes, and how bad ones are refused."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices.formats import TOPIC_FILTERS, parse
from devices.formats.json_text import MAX_BYTES
from devices.uplinks import GatewayRx, Measured, Rejected, RejectReason, Uplink, UplinkKind
from tests.devices.messages import (
    CHIRPSTACK_STATUS,
    CHIRPSTACK_UP,
    DEV_EUI,
    EM310_PAYLOAD,
    MEASURED_MS,
    RECEIVED_MS,
    TTS_JOIN,
    TTS_UP,
    as_bytes,
    chirpstack_up,
    device_info,
    tts_up,
)

OWN = "kenh/v1/bin-07/up"


def one_uplink(topic: str, body: object) -> Uplink:
    """The only thing in a message, which must be an uplink."""
    (parsed,) = parse(topic, as_bytes(body), RECEIVED_MS)
    assert isinstance(parsed, Uplink), parsed
    return parsed


def one_reason(topic: str, payload: bytes) -> RejectReason:
    """Why a message is refused as a whole."""
    (parsed,) = parse(topic, payload, RECEIVED_MS)
    assert isinstance(parsed, Rejected), parsed
    assert parsed.detail
    return parsed.reason


# ChirpStack


def test_a_complete_chirpstack_uplink_is_opened() -> None:
    assert one_uplink(CHIRPSTACK_UP, chirpstack_up()) == Uplink(
        DEV_EUI,
        UplinkKind.DATA,
        MEASURED_MS,
        1834,
        85,
        EM310_PAYLOAD,
        gateways=(GatewayRx("0016c001f1500812", -101.0, 4.5),),
        dev_addr="00e5e007",
        name="kenh-da-ton-03",
        model_hint="EM310-UDL",
        attributes={"village": "da-ton", "kind": "drain"},
    )


def test_what_chirpstack_leaves_out_because_it_is_zero_is_zero() -> None:
    heard = [{"gatewayId": "0016C001F1500812", "rssi": -90}]
    uplink = one_uplink(CHIRPSTACK_UP, chirpstack_up(fCnt=None, rxInfo=heard))
    assert uplink.seq == 0
    assert uplink.gateways == (GatewayRx("0016c001f1500812", -90.0, 0.0),)


def test_a_chirpstack_frame_without_data_carries_no_measurements() -> None:
    uplink = one_uplink(CHIRPSTACK_UP, chirpstack_up(data=None, fPort=None))
    assert (uplink.kind, uplink.payload, uplink.seq) == (UplinkKind.OTHER, None, 1834)


def test_a_chirpstack_join_tells_the_new_address_and_nothing_else() -> None:
    body = {"time": "2026-11-23T08:15:02.744Z", "deviceInfo": device_info(), "devAddr": "00E5E008"}
    uplink = one_uplink(CHIRPSTACK_UP.replace("/up", "/join"), body)
    assert (uplink.kind, uplink.dev_addr, uplink.payload) == (UplinkKind.JOIN, "00e5e008", None)


def test_a_chirpstack_status_with_a_battery_level_is_a_measurement() -> None:
    body = {
        "time": "2026-11-23T08:15:02.744Z",
        "deviceInfo": device_info(),
        "margin": 7,
        "batteryLevel": 86.2,
    }
    uplink = one_uplink(CHIRPSTACK_STATUS, body)
    assert uplink.kind is UplinkKind.DATA
    assert uplink.measured == (Measured("battery_pct", 86.2, "%"),)


@pytest.mark.parametrize("flag", ["externalPowerSource", "batteryLevelUnavailable"])
def test_a_chirpstack_status_without_a_battery_measures_nothing(flag: str) -> None:
    body = {"deviceInfo": device_info(), "margin": 7, "batteryLevel": 0, flag: True}
    uplink = one_uplink(CHIRPSTACK_STATUS, body)
    assert (uplink.kind, uplink.measured) == (UplinkKind.STATUS, ())


def test_a_chirpstack_log_is_kept_as_a_warning() -> None:
    body = {
        "deviceInfo": device_info(),
        "level": "ERROR",
        "code": "UPLINK_CODEC",
        "description": "x is undefined",
    }
    uplink = one_uplink(CHIRPSTACK_UP.replace("/up", "/log"), body)
    assert (uplink.kind, uplink.warnings) == (UplinkKind.OTHER, ("UPLINK_CODEC: x is undefined",))


@pytest.mark.parametrize("event", ["ack", "txack", "location", "integration", "something-new"])
def test_other_chirpstack_events_pass_without_measurements(event: str) -> None:
    uplink = one_uplink(CHIRPSTACK_UP.replace("/up", f"/{event}"), {"deviceInfo": device_info()})
    assert (uplink.kind, uplink.measured, uplink.payload) == (UplinkKind.OTHER, (), None)


def test_a_deveui_is_kept_in_lower_case_and_taken_from_the_topic_where_the_body_has_none() -> None:
    topic = CHIRPSTACK_UP.replace(DEV_EUI, DEV_EUI.upper())
    assert one_uplink(topic, chirpstack_up(deviceInfo={})).device_id == DEV_EUI


@pytest.mark.parametrize(
    "change",
    [{"data": "not base64!"}, {"data": 17}, {"fCnt": "1834"}, {"fCnt": -1}, {"fPort": 300}, {"fCnt": True}],
)
def test_a_chirpstack_uplink_of_the_wrong_shape_is_refused(change: dict[str, object]) -> None:
    assert one_reason(CHIRPSTACK_UP, as_bytes(chirpstack_up(**change))) is RejectReason.BAD_SHAPE


def test_a_gateway_entry_of_the_wrong_shape_costs_only_itself() -> None:
    heard = [
        "nobody",
        {"gatewayId": 7, "rssi": -80},
        {"gatewayId": "bb", "rssi": "loud", "snr": None},
        {"gatewayId": "aa", "rssi": -70, "snr": 9},
    ]
    uplink = one_uplink(CHIRPSTACK_UP, chirpstack_up(rxInfo=heard))
    assert uplink.gateways == (GatewayRx("bb"), GatewayRx("aa", -70.0, 9.0))


# The Things Stack


def test_a_complete_things_stack_uplink_is_opened() -> None:
    assert one_uplink(TTS_UP, tts_up()) == Uplink(
        DEV_EUI,
        UplinkKind.DATA,
        MEASURED_MS,
        1834,
        85,
        EM310_PAYLOAD,
        gateways=(GatewayRx("9c5c8e00001a05c4", -101.0, 4.5),),
        dev_addr="260babcd",
        name="thung-rac-07",
        model_hint="milesight-iot/em310-udl",
    )


def test_what_the_things_stack_leaves_out_because_it_is_zero_is_zero() -> None:
    heard = [{"gateway_ids": {"gateway_id": "gw-bt-1"}, "rssi": -90}]
    uplink = one_uplink(TTS_UP, tts_up({"f_cnt": None, "rx_metadata": heard}))
    assert uplink.seq == 0
    assert uplink.gateways == (GatewayRx("gw-bt-1", -90.0, 0.0),)


def test_a_gateway_whose_clock_is_an_hour_off_is_not_believed() -> None:
    heard = [{"gateway_ids": {"gateway_id": "gw"}, "time": "2026-11-23T07:15:02Z", "rssi": -90}]
    assert one_uplink(TTS_UP, tts_up({"rx_metadata": heard})).time_ms == 1795421702789


def test_of_two_gateways_the_one_with_a_plausible_clock_is_believed() -> None:
    heard = [
        {"gateway_ids": {"gateway_id": "a"}, "time": "1970-01-01T00:00:00Z", "rssi": -80},
        {"gateway_ids": {"gateway_id": "b"}, "time": "2026-11-23T08:15:01.5Z", "rssi": -90},
    ]
    assert one_uplink(TTS_UP, tts_up({"rx_metadata": heard})).time_ms == 1795421701500


def test_without_any_gateway_time_the_network_servers_nanoseconds_are_cut_to_milliseconds() -> None:
    assert one_uplink(TTS_UP, tts_up({"rx_metadata": None})).time_ms == 1795421702789


def test_a_simulated_things_stack_uplink_says_so() -> None:
    assert one_uplink(TTS_UP, tts_up(simulated=True)).simulated


def test_a_things_stack_join_carries_no_measurements() -> None:
    body = {**tts_up(uplink_message=None), "join_accept": {"session_key_id": "AXA5"}}
    uplink = one_uplink(TTS_JOIN, body)
    assert (uplink.kind, uplink.device_id, uplink.dev_addr) == (UplinkKind.JOIN, DEV_EUI, "260babcd")


def test_a_things_stack_frame_without_payload_carries_no_measurements() -> None:
    assert one_uplink(TTS_UP, tts_up({"frm_payload": None, "f_port": None})).kind is UplinkKind.OTHER


def test_a_things_stack_device_without_a_deveui_is_known_by_its_own_id() -> None:
    ids = {"device_id": "thung-rac-07"}
    assert one_uplink(TTS_UP, tts_up(end_device_ids=ids)).device_id == "thung-rac-07"


def test_a_things_stack_message_without_its_uplink_is_refused() -> None:
    assert one_reason(TTS_UP, as_bytes(tts_up(uplink_message=None))) is RejectReason.BAD_SHAPE


# Own JSON


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


# Any topic, any bytes


@pytest.mark.parametrize(
    "topic", ["", "kenh/v1/x/status", "/kenh/v1/x/up", "v3/a/devices/d/down/sent", "tele/x/SENSOR"]
)
def test_a_topic_nobody_reads_is_refused(topic: str) -> None:
    assert one_reason(topic, b"{}") is RejectReason.UNKNOWN_TOPIC


def test_the_filters_cover_the_topics_that_are_read() -> None:
    assert TOPIC_FILTERS == (
        "kenh/v1/+/up",
        "application/+/device/+/event/+",
        "v3/+/devices/+/up",
        "v3/+/devices/+/join",
    )


@pytest.mark.parametrize("topic", [OWN, CHIRPSTACK_UP, TTS_UP, TTS_JOIN])
@pytest.mark.parametrize(
    ("payload", "reason"),
    [(b"\xff", RejectReason.NOT_UTF8), (b"{", RejectReason.NOT_JSON), (b"[1]", RejectReason.BAD_SHAPE)],
)
def test_every_format_refuses_bytes_that_are_no_message(
    topic: str, payload: bytes, reason: RejectReason
) -> None:
    assert one_reason(topic, payload) is reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TOPICS = st.sampled_from([OWN, CHIRPSTACK_UP, CHIRPSTACK_STATUS, TTS_UP, TTS_JOIN, "kenh/v1//up"]) | st.text(
    max_size=40
)


@given(topic=TOPICS, payload=st.binary(max_size=200))
@example(topic="application/a/device/\ud800/event/up", payload=b"{}")
def test_no_bytes_on_any_topic_raise(topic: str, payload: bytes) -> None:
    assert parse(topic, payload, RECEIVED_MS)


@given(topic=TOPICS, value=JSON)
def test_no_json_on_any_topic_raises(topic: str, value: object) -> None:
    assert parse(topic, json.dumps(value).encode(), RECEIVED_MS)


@given(key=st.sampled_from(sorted(chirpstack_up())), value=JSON)
def test_no_value_in_any_place_of_a_chirpstack_uplink_raises(key: str, value: object) -> None:
    assert parse(CHIRPSTACK_UP, json.dumps({**chirpstack_up(), key: value}).encode(), RECEIVED_MS)


@given(key=st.sampled_from(sorted(tts_up()["uplink_message"])), value=JSON)
def test_no_value_in_any_place_of_a_things_stack_uplink_raises(key: str, value: object) -> None:
    body = tts_up()
    body["uplink_message"][key] = value
    assert parse(TTS_UP, json.dumps(body).encode(), RECEIVED_MS)


@given(ts=JSON, seq=JSON, readings=st.dictionaries(st.sampled_from(["fill_pct", "tilt", "mood"]), JSON))
def test_every_value_an_own_uplink_carries_is_finite(ts: object, seq: object, readings: object) -> None:
    payload = json.dumps({"ts": ts, "seq": seq, "readings": readings}).encode()
    for entry in parse(OWN, payload, RECEIVED_MS):
        if isinstance(entry, Uplink):
            assert all(abs(one.value) < float("inf") for one in entry.measured)
