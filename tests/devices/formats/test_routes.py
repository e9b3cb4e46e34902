"""The setting that names topics: how it is read, and which topics it covers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.formats import TOPIC_FILTERS, Formats, Route, RouteFormat, read_routes
from devices.formats.topics import filter_problem, matches
from devices.uplinks import Rejected, RejectReason
from tests.devices.formats.opening import OWN, routed, routed_refusal, routed_uplink, values


def test_the_setting_is_a_list_with_commas_or_in_json() -> None:
    expected = (
        Route("tele/+/SENSOR", RouteFormat.TASMOTA, 1),
        Route("+/sensor/+/state", RouteFormat.AUTO, 0, 2),
    )
    assert read_routes(" tele/+/SENSOR=tasmota,\n +/sensor/+/state ,") == expected
    assert read_routes('["tele/+/SENSOR=tasmota", "+/sensor/+/state"]') == expected
    assert read_routes("") == read_routes("  ") == read_routes("[]") == ()


@pytest.mark.parametrize(
    ("entry", "topic_filter", "device", "field"),
    [
        ("a/{device}/b", "a/+/b", 1, None),
        ("{field}/{device}", "+/+", 1, 0),
        ("+/{device}/+", "+/+/+", 1, 2),
        ("+/x/{field}", "+/x/+", 0, 2),
        ("a/b", "a/b", None, None),
        ("a/#", "a/#", None, None),
        ("+/+/#", "+/+/#", 0, 1),
    ],
)
def test_levels_name_the_device_and_the_field(
    entry: str, topic_filter: str, device: int | None, field: int | None
) -> None:
    assert read_routes(entry) == (Route(topic_filter, RouteFormat.AUTO, device, field),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a/+b", "whole level"),
        ("a/#/b", "at the end"),
        ("a#", "whole level"),
        ("=plain", "empty"),
        ("a/+=xml", "no format"),
        ("a/+=", "no format"),
        ("a/x{device}", "braces"),
        ("a/{thing}", "braces"),
        ("{device}/{device}", "twice"),
        ("$share/g/a/+", "plain filter"),
        ("[1]", "no text"),
        ("[", "not JSON"),
        ("a\0b", "zero"),
        ("a" * 70000, "too long"),
    ],
)
def test_a_setting_of_no_use_is_refused_with_a_sentence(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_routes(text)


@pytest.mark.parametrize(
    ("topic_filter", "topic", "expected"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/b/c", False),
        ("a/+", "a/b", True),
        ("a/+", "a", False),
        ("a/+", "a/", True),
        ("+", "/a", False),
        ("/+", "/a", True),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("a/#", "ab", False),
        ("#", "a/b", True),
        ("#", "$SYS/broker", False),
        ("+/broker", "$SYS/broker", False),
        ("$SYS/#", "$SYS/broker", True),
        ("a/+/c/#", "a/b/c", True),
        ("a/+/c/#", "a/b", False),
    ],
)
def test_a_filter_covers_the_topics_mqtt_says_it_does(topic_filter: str, topic: str, expected: bool) -> None:
    assert matches(topic_filter.split("/"), topic.split("/")) is expected


@given(st.lists(st.sampled_from(["", "a", "b", "$x"]), min_size=1, max_size=5), st.data())
def test_a_topic_with_levels_made_wild_is_still_covered(levels: list[str], data: st.DataObject) -> None:
    wild = [
        "+" if not (place == 0 and level.startswith("$")) and data.draw(st.booleans()) else level
        for place, level in enumerate(levels)
    ]
    assert matches(wild, levels)
    assert matches([*wild, "#"], levels)
    assert "/".join(wild) == "" or filter_problem(wild) is None


def test_the_filters_are_those_built_in_and_those_of_the_routes_each_once() -> None:
    formats = Formats(read_routes("tele/+/SENSOR, kenh/v1/+/up, tele/+/SENSOR=tasmota"))
    assert formats.filters == (*TOPIC_FILTERS, "tele/+/SENSOR")
    assert Formats().filters == TOPIC_FILTERS


def test_what_is_built_in_goes_before_any_route() -> None:
    uplink = routed_uplink("#=plain", OWN, {"readings": {"fill_pct": 5}})
    assert uplink.device_id == "bin-07"


def test_the_first_route_that_covers_a_topic_counts() -> None:
    routes = "a/{device}/distance=value, a/+/{field}"
    assert "needs its name" in routed_refusal(routes, "a/p1/distance", b"5").detail
    assert values(routed_uplink(routes, "a/p1/rain", b"5")) == {"rain_mm": 5.0}


def test_a_topic_no_route_covers_is_refused() -> None:
    assert routed_refusal("tele/+/SENSOR", "tele/x/STATE", {}).reason is RejectReason.UNKNOWN_TOPIC


def test_text_beside_json_on_neighbouring_topics_breaks_neither() -> None:
    routes = "zigbee2mqtt/+, zigbee2mqtt/+/availability"
    status = routed_uplink(routes, "zigbee2mqtt/bin07/availability", b"online")
    assert status.attributes == {"availability": "online"}
    uplink = routed_uplink(
        routes, "zigbee2mqtt/bin07", {"battery": 92, "temperature": 27.4, "linkquality": 80}
    )
    assert values(uplink) == {"battery_pct": 92.0, "temperature_c": 27.4}


def test_own_json_is_known_on_any_route() -> None:
    body = [{"device_id": "a", "readings": {"fill_pct": 5}}, {"id": "b", "readings": {"fill_pct": 6}}]
    assert [entry.device_id for entry in routed("post", "post", body)] == ["a", "b"]
    assert [entry.device_id for entry in routed("post/+=own", "post/c", body)] == ["c", "c"]
    nobody = routed("post=own", "post", [{"readings": {"fill_pct": 5}}, 7, {"device_id": "a", "readings": 1}])
    assert [one.reason for one in nobody if isinstance(one, Rejected)] == [
        RejectReason.BAD_DEVICE_ID,
        RejectReason.BAD_DEVICE_ID,
        RejectReason.BAD_SHAPE,
    ]
    assert routed_refusal("post=own", "post", []).reason is RejectReason.BAD_SHAPE


@pytest.mark.parametrize("payload", [b"hello", b"{", b"\xff"])
def test_what_is_neither_a_number_nor_json_is_refused(payload: bytes) -> None:
    assert routed_refusal("post/+", "post/a", payload).reason in (
        RejectReason.NOT_JSON,
        RejectReason.NOT_UTF8,
    )


@pytest.mark.parametrize("zone", ["Asia/Hanoi City", "", "../etc", "/etc/localtime"])
def test_a_time_zone_that_is_none_is_said_so(zone: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        Formats(time_zone=zone)


def test_a_route_whose_filter_is_none_is_said_so() -> None:
    with pytest.raises(ValueError, match="at the end"):
        Formats((Route("a/#/b"),))
