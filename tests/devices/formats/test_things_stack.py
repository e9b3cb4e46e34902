"""The Things Stack's messages: what each becomes, and how bad ones are refused."""

import pytest

from devices.uplinks import GatewayRx, RejectReason, Uplink, UplinkKind
from tests.devices.formats.opening import one_reason, one_uplink
from tests.devices.messages import (
    DEV_EUI,
    EM310_PAYLOAD,
    MEASURED_MS,
    TTS_JOIN,
    TTS_UP,
    as_bytes,
    tts_up,
)


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
        gateway_ms=MEASURED_MS,
        application="bat-trang@ttn",
        spreading_factor=9,
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


def test_a_things_stack_frame_that_was_not_lora_has_no_spreading_factor() -> None:
    rate = {"data_rate": {"fsk": {"bit_rate": 50000}}, "frequency": "921400000"}
    assert one_uplink(TTS_UP, tts_up({"settings": rate})).spreading_factor is None


@pytest.mark.parametrize(
    "lora", [{"spreading_factor": 12, "coding_rate": "4/5"}, {"spreading_factor": 12, "bandwidth": 125000}]
)
def test_the_coding_rate_may_stand_where_old_or_new_versions_put_it(lora: object) -> None:
    settings = {"data_rate": {"lora": lora}, "coding_rate": "4/5", "frequency": "921400000"}
    assert one_uplink(TTS_UP, tts_up({"settings": settings})).spreading_factor == 12


def test_what_the_codec_of_the_things_stack_found_odd_is_kept() -> None:
    said = ["battery low", 7, "x" * 1000]
    uplink = one_uplink(TTS_UP, tts_up({"decoded_payload_warnings": said}))
    assert uplink.warnings == ("battery low", "x" * 300)


def test_a_decoded_payload_of_the_things_stack_is_no_substitute_for_the_bytes() -> None:
    assert one_uplink(TTS_UP, tts_up({"frm_payload": None})).measured == ()


@pytest.mark.parametrize("end", ["location/solved", "service/data"])
def test_other_messages_of_the_things_stack_carry_no_measurements(end: str) -> None:
    uplink = one_uplink(TTS_UP.replace("/up", f"/{end}"), tts_up(uplink_message=None))
    assert (uplink.kind, uplink.device_id, uplink.payload) == (UplinkKind.OTHER, DEV_EUI, None)
