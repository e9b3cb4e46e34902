"""SenML packs (RFC 8428): names, bases, times, units, and what is refused."""

import pytest

from devices.uplinks import Measured, Rejected, RejectReason, Uplink, UplinkKind
from tests.devices.formats.opening import routed, routed_refusal, routed_uplink, values
from tests.devices.messages import RECEIVED_MS

ROUTE = "gauges/senml=senml"
TOPIC = "gauges/senml"
EUI = "24e124713b494221"


def uplinks(pack: object, received_ms: int = RECEIVED_MS) -> list[Uplink]:
    """The uplinks of a pack of which nothing is refused."""
    parsed = routed(ROUTE, TOPIC, pack, received_ms)
    assert all(isinstance(entry, Uplink) for entry in parsed), parsed
    return [entry for entry in parsed if isinstance(entry, Uplink)]


def test_a_pack_of_one_device_becomes_an_uplink_for_each_of_its_times() -> None:
    pack = [
        {"bn": f"urn:dev:mac:{EUI}:", "bt": 1795421702, "n": "level", "u": "m", "v": 1.234},
        {"n": "temp", "u": "Cel", "v": 27.4},
        {"n": "batt", "u": "%EL", "v": 92},
        {"n": "level", "u": "m", "v": 1.201, "t": -900},
        {"n": "tilt", "vb": False},
    ]
    now, before = uplinks(pack)
    assert (now.device_id, now.time_ms, now.kind) == (EUI, 1795421702000, UplinkKind.DATA)
    assert values(now) == {"water_level_m": 1.234, "temperature_c": 27.4, "battery_pct": 92.0, "tilt": 0.0}
    assert (before.device_id, before.time_ms) == (EUI, 1795420802000)
    assert values(before) == {"water_level_m": 1.201}


# The examples of RFC 8428, section 5.1


def test_rfc_example_a_single_value_is_known_by_its_unit() -> None:
    (uplink,) = uplinks([{"n": "urn:dev:ow:10e2073a01080063", "u": "Cel", "v": 23.1}])
    assert (uplink.device_id, uplink.time_ms) == ("10e2073a01080063", None)
    assert uplink.measured == (Measured("temperature_c", 23.1, "°C"),)


def test_rfc_example_what_is_not_ours_is_left_out_with_a_warning() -> None:
    pack = [
        {"bn": "urn:dev:ow:10e2073a01080063:", "n": "voltage", "u": "V", "v": 120.1},
        {"n": "current", "u": "A", "v": 1.2},
    ]
    (uplink,) = uplinks(pack)
    assert values(uplink) == {"battery_v": 120.1}  # 120 V is out of bounds, and is flagged by the normaliser
    assert uplink.warnings == ("not understood and left out: current in A",)


def test_rfc_example_bases_hold_for_the_records_that_follow() -> None:
    pack = [
        {"bn": "urn:dev:ow:10e2073a01080063", "bt": 1.320067464e09, "bu": "%RH", "v": 20.0},
        {"u": "lon", "v": 24.30621},
        {"u": "lat", "v": 60.07965},
        {"t": 60.0, "v": 20.3},
        {"u": "%EL", "t": 150.0, "v": 98},
        {"t": 180.0, "v": 20.7},
    ]
    parsed = uplinks(pack)
    assert [uplink.time_ms for uplink in parsed] == [
        1320067464000,
        1320067524000,
        1320067614000,
        1320067644000,
    ]
    assert [values(uplink) for uplink in parsed] == [
        {"humidity_pct": 20.0},
        {"humidity_pct": 20.3},
        {"battery_pct": 98.0},
        {"humidity_pct": 20.7},
    ]


def test_rfc_example_several_devices_in_one_pack_are_several_uplinks() -> None:
    pack = [
        {"bn": "2001:db8::2/", "bt": 1.320078429e09, "n": "temperature", "u": "Cel", "v": 25.2},
        {"n": "humidity", "u": "%RH", "v": 30},
        {"bn": "2001:db8::1/", "n": "temperature", "u": "Cel", "v": 12.3},
        {"n": "humidity", "u": "%RH", "v": 67},
    ]
    assert {uplink.device_id: values(uplink) for uplink in uplinks(pack)} == {
        "2001:db8::2": {"temperature_c": 25.2, "humidity_pct": 30.0},
        "2001:db8::1": {"temperature_c": 12.3, "humidity_pct": 67.0},
    }


def test_rfc_example_texts_and_bytes_cost_their_neighbours_nothing() -> None:
    pack = [
        {"bn": "urn:dev:ow:10e2073a01080063:", "n": "temp", "u": "Cel", "v": 23.1},
        {"n": "label", "vs": "Machine Room"},
        {"n": "open", "vb": False},
        {"n": "nfc-reader", "vd": "aGkgCg"},
    ]
    (uplink,) = uplinks(pack)
    assert values(uplink) == {"temperature_c": 23.1}


# Times


def test_a_relative_time_is_counted_from_receipt_and_the_past_is_negative() -> None:
    pack = [
        {"bn": "urn:dev:mac:24e124713b494221:", "n": "rain", "u": "mm", "v": 1, "t": -600},
        {"n": "rain", "u": "mm", "v": 2, "t": -300.5},
        {"n": "rain", "u": "mm", "v": 3},
    ]
    times = [uplink.time_ms for uplink in uplinks(pack)]
    assert times == [RECEIVED_MS - 600_000, RECEIVED_MS - 300_500, None]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(2**28, 2**28 * 1000), (2**28 - 1, RECEIVED_MS + (2**28 - 1) * 1000), (1795421702.744, 1795421702744)],
)
def test_a_time_is_relative_below_two_to_the_28th(seconds: float, expected: int) -> None:
    (uplink,) = uplinks([{"n": "d1:rain", "u": "mm", "v": 1, "t": seconds}])
    assert uplink.time_ms == expected


def test_base_time_and_time_are_added_before_they_are_judged() -> None:
    (uplink,) = uplinks([{"bn": "d1:", "bt": -60, "n": "rain", "u": "mm", "v": 1, "t": -30}])
    assert uplink.time_ms == RECEIVED_MS - 90_000


def test_an_impossible_time_is_refused_alone() -> None:
    good, bad = routed(
        ROUTE, TOPIC, [{"bn": "d1:", "n": "rain", "u": "mm", "v": 1, "t": 1e300}, {"n": "rain", "v": 2}]
    )
    assert isinstance(good, Uplink)
    assert isinstance(bad, Rejected)
    assert bad.reason is RejectReason.BAD_TIME


# Values


def test_base_value_and_value_are_added_and_either_may_be_missing() -> None:
    pack = [
        {"bn": "d1:", "bv": 20, "bu": "Cel", "n": "temp", "v": 3.5, "t": -1},
        {"n": "temp", "t": -2},
        {"n": "temp", "v": -1, "t": -3},
    ]
    assert [values(uplink)["temperature_c"] for uplink in uplinks(pack)] == [23.5, 20.0, 19.0]


@pytest.mark.parametrize("record", [{"s": 12.5}, {"bs": 3}, {"bs": 3, "s": 1}, {"s": 0.5, "v": 4}])
def test_a_record_may_carry_a_sum_instead_of_a_value(record: dict[str, float]) -> None:
    (uplink,) = uplinks(
        [{"n": "d1:rain", "u": "mm", "v": 4}, {"n": "d1:rain", "u": "mm", "ut": 60, **record}]
    )
    assert values(uplink) == {"rain_mm": 4.0}


@pytest.mark.parametrize(
    "record", [{"v": 1, "vs": "x"}, {"v": 1, "vb": True}, {"vb": True, "vd": "aGk"}, {"ut": 60}, {}]
)
def test_a_record_has_exactly_one_value(record: dict[str, object]) -> None:
    good, bad = routed(ROUTE, TOPIC, [{"bn": "d1:", "n": "rain", "u": "mm", "v": 1}, {"n": "rain", **record}])
    assert isinstance(good, Uplink)
    assert isinstance(bad, Rejected)
    assert (bad.reason, bad.device_id) == (RejectReason.BAD_SHAPE, "d1")


def test_a_record_of_base_fields_alone_says_nothing() -> None:
    (uplink,) = uplinks([{"bn": "d1:", "bt": 1795421702, "bu": "mm"}, {"n": "rain", "v": 1}])
    assert (uplink.time_ms, values(uplink)) == (1795421702000, {"rain_mm": 1.0})


@pytest.mark.parametrize(
    ("unit", "name", "value", "expected"),
    [
        ("m", "distance", 0.843, {"distance_mm": 843.0}),
        ("cm", "distance", 84.3, {"distance_mm": 843.0}),
        ("mm", "level", 1234, {"water_level_m": 1.234}),
        ("m", "depth", 0.5, {"depth_mm": 500.0}),
        ("/", "fill", 0.75, {"fill_pct": 75.0}),
        ("/100", "fill", 75, {"fill_pct": 75.0}),
        ("%", "level", 75, {"fill_pct": 75.0}),
        ("K", "temp", 300.15, {"temperature_c": 27.0}),
        ("Pa", "pressure", 100800, {"pressure_hpa": 1008.0}),
        ("hPa", "pressure", 1008, {"pressure_hpa": 1008.0}),
        ("mV", "bat", 3612, {"battery_v": 3.612}),
        ("ug/m3", "pm2.5", 35, {"pm2_5_ug_m3": 35.0}),
        ("dBm", "rssi", -101, {"rssi_dbm": -101.0}),
    ],
)
def test_units_of_the_registry_become_ours(
    unit: str, name: str, value: float, expected: dict[str, float]
) -> None:
    (uplink,) = uplinks([{"bn": "d1:", "n": name, "u": unit, "v": value}])
    assert values(uplink) == pytest.approx(expected)


def test_an_intensity_is_no_amount_of_rain() -> None:
    refusal = routed_refusal(ROUTE, TOPIC, [{"bn": "d1:", "n": "rain", "u": "mm/h", "v": 12}])
    assert refusal.reason is RejectReason.UNKNOWN_QUANTITY
    assert "rain in mm/h" in refusal.detail


# What is refused as a whole


@pytest.mark.parametrize(
    "change",
    [
        {"calibrated_": True},
        {"bver": 11},
        {"bver": "10"},
        {"bver": 999},
        {"v": "1.2"},
        {"v": True},
        {"t": None},
        {"bt": "now"},
        {"n": 7},
        {"bu": []},
    ],
)
def test_a_pack_that_may_not_be_relied_on_is_refused_as_a_whole(change: dict[str, object]) -> None:
    good = {"bn": "d1:", "n": "rain", "u": "mm", "v": 1}
    assert routed_refusal(ROUTE, TOPIC, [good, {**good, **change}]).reason is RejectReason.BAD_SHAPE


@pytest.mark.parametrize("version", [10, 26, 5])
def test_versions_that_are_understood_are_read(version: int) -> None:
    assert uplinks([{"bn": "d1:", "bver": version, "n": "rain", "u": "mm", "v": 1}])


def test_a_version_is_the_same_all_through() -> None:
    pack = [{"bn": "d1:", "bver": 10, "n": "rain", "v": 1}, {"bver": 26, "n": "rain", "v": 1}]
    assert routed_refusal(ROUTE, TOPIC, pack).reason is RejectReason.BAD_SHAPE


def test_an_unknown_field_that_need_not_be_understood_is_passed_over() -> None:
    assert uplinks([{"bn": "d1:", "n": "rain", "u": "mm", "v": 1, "note": "x", "_odd": 1}])


@pytest.mark.parametrize("body", [[], {}, 5, "x", [1], [[]], b"[{", b"nan"])
def test_what_is_no_pack_is_refused(body: object) -> None:
    assert routed_refusal(ROUTE, TOPIC, body).reason in (RejectReason.BAD_SHAPE, RejectReason.NOT_JSON)


# Names


@pytest.mark.parametrize("name", ["", "-d1:rain", "d1 rain", "thùng:rain", "d1:rain?", ":rain"])
def test_a_name_keeps_to_the_signs_the_standard_allows(name: str) -> None:
    assert routed_refusal(ROUTE, TOPIC, [{"n": name, "u": "mm", "v": 1}]).reason is RejectReason.BAD_SHAPE


@pytest.mark.parametrize(
    ("record", "device_id"),
    [
        ({"bn": "urn:dev:mac:24E124713B494221:", "n": "rain"}, EUI),
        ({"n": "urn:dev:mac:24e124713b494221:rain"}, EUI),
        ({"bn": "urn:dev:mac:", "n": "24e124713b494221:rain"}, EUI),
        ({"bn": "urn:dev:mac:24e124713b494221", "n": "_rain"}, EUI),
        ({"bn": "bat-trang/bin07/", "n": "rain"}, "bat-trang.bin07"),
        ({"bn": "urn:dev:org:32473-bin07:", "n": "rain"}, "32473-bin07"),
    ],
)
def test_a_name_tells_the_device_and_the_field(record: dict[str, str], device_id: str) -> None:
    (uplink,) = uplinks([{**record, "u": "mm", "v": 1}])
    assert (uplink.device_id, values(uplink)) == (device_id, {"rain_mm": 1.0})


def test_a_name_that_makes_no_id_is_refused() -> None:
    pack = [{"bn": "x" * 65 + ":", "n": "rain", "u": "mm", "v": 1}]
    assert routed_refusal(ROUTE, TOPIC, pack).reason is RejectReason.BAD_DEVICE_ID


def test_a_field_without_a_device_is_the_topics() -> None:
    pack = [{"n": "rain", "u": "mm", "v": 1}]
    assert routed_uplink("gauges/+/senml=senml", "gauges/g7/senml", pack).device_id == "g7"
    assert routed_refusal(ROUTE, TOPIC, pack).reason is RejectReason.BAD_DEVICE_ID


def test_a_pack_is_known_without_being_told() -> None:
    uplink = routed_uplink("any/#", "any/thing", [{"bn": "d1:", "n": "rain", "u": "mm", "v": 1, "extra": 1}])
    assert uplink.device_id == "d1"
