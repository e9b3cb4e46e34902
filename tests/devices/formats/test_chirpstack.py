"""ChirpStack's events: what each becomes, and how bad ones are refused."""

import pytest

from devices.uplinks import GatewayRx, Measured, RejectReason, Uplink, UplinkKind
from tests.devices.formats.opening import one_reason, one_uplink
from tests.devices.messages import (
    CHIRPSTACK_STATUS,
    CHIRPSTACK_UP,
    DEV_EUI,
    EM310_PAYLOAD,
    MEASURED_MS,
    as_bytes,
    chirpstack_up,
    device_info,
)

APPLICATION = "17c82e96-be03-4f38-aef3-f83d48582d97"


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
        gateway_ms=MEASURED_MS,
        application=APPLICATION,
        spreading_factor=9,
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


def test_without_a_time_of_the_network_server_a_gateways_own_stands_in() -> None:
    heard = chirpstack_up()["rxInfo"]
    uplink = one_uplink(CHIRPSTACK_UP, chirpstack_up(time=None, rxInfo=heard))
    assert (uplink.time_ms, uplink.gateway_ms) == (MEASURED_MS, MEASURED_MS)


def test_older_releases_call_the_gateways_time_just_time() -> None:
    heard = [{"gatewayId": "aa", "time": "2026-11-23T08:15:02.5Z", "rssi": -90}]
    assert one_uplink(CHIRPSTACK_UP, chirpstack_up(time=None, rxInfo=heard)).time_ms == 1795421702500


def test_a_gateway_whose_clock_is_unset_does_not_stand_in() -> None:
    heard = [
        {"gatewayId": "aa", "gwTime": "1970-01-01T00:00:09Z"},
        {"gatewayId": "bb", "nsTime": "2026-11-23T08:15:02.9Z"},
    ]
    assert one_uplink(CHIRPSTACK_UP, chirpstack_up(time=None, rxInfo=heard)).time_ms == 1795421702900


def test_nine_decimals_of_a_second_are_cut_to_milliseconds() -> None:
    body = chirpstack_up(time="2026-11-23T08:15:02.744999999Z")
    assert one_uplink(CHIRPSTACK_UP, body).time_ms == MEASURED_MS


def test_the_application_comes_from_the_topic_or_else_from_the_message() -> None:
    other = CHIRPSTACK_UP.replace(APPLICATION, "app-2")
    assert one_uplink(other, chirpstack_up()).application == "app-2"
    nameless = CHIRPSTACK_UP.replace(APPLICATION, "an application")
    assert one_uplink(nameless, chirpstack_up()).application == APPLICATION


def test_an_application_that_would_be_a_wildcard_is_not_kept() -> None:
    topic = CHIRPSTACK_UP.replace(APPLICATION, "#")
    assert one_uplink(topic, chirpstack_up(deviceInfo={"applicationId": "a/+"})).application == ""


@pytest.mark.parametrize("modulation", [{}, {"fsk": {"datarate": 50000}}, {"lora": {"spreadingFactor": "9"}}])
def test_a_frame_that_was_not_lora_has_no_spreading_factor(modulation: object) -> None:
    body = chirpstack_up(txInfo={"frequency": 921400000, "modulation": modulation})
    assert one_uplink(CHIRPSTACK_UP, body).spreading_factor is None


def test_what_the_network_servers_codec_made_of_it_is_no_substitute_for_the_bytes() -> None:
    uplink = one_uplink(CHIRPSTACK_UP, chirpstack_up(data=None))
    assert (uplink.kind, uplink.measured) == (UplinkKind.OTHER, ())


def test_an_uplink_whose_codec_output_is_huge_or_deep_is_not_lost() -> None:
    deep: object = 1
    for _ in range(40):
        deep = [deep]
    wide = {f"field{number}": number for number in range(400)}
    uplink = one_uplink(CHIRPSTACK_UP, chirpstack_up(object={"deep": deep, "wide": wide}))
    assert uplink.payload == EM310_PAYLOAD


def test_a_frame_counter_that_began_again_can_be_seen_in_the_log_event() -> None:
    body = {
        "time": "2026-11-23T08:15:02.744Z",
        "deviceInfo": device_info(),
        "level": "WARNING",
        "code": "UPLINK_F_CNT_RESET",
        "description": "Frame-counter reset or rollover detected",
    }
    uplink = one_uplink(CHIRPSTACK_UP.replace("/up", "/log"), body)
    assert uplink.attributes["code"] == "UPLINK_F_CNT_RESET"
    assert uplink.attributes["level"] == "WARNING"
    assert uplink.warnings == ("UPLINK_F_CNT_RESET: Frame-counter reset or rollover detected",)
