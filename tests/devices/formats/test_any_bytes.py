"""Any topic, any bytes, any format: never an exception, and never a value that is not finite."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices.formats import TOPIC_FILTERS, Discovered, Formats, RouteFormat, parse, read_routes
from devices.uplinks import Rejected, RejectReason, Uplink
from tests.devices.formats.opening import OWN, one_reason
from tests.devices.messages import (
    CHIRPSTACK_STATUS,
    CHIRPSTACK_UP,
    RECEIVED_MS,
    TTS_JOIN,
    TTS_UP,
    chirpstack_up,
    tts_up,
)


@pytest.mark.parametrize(
    "topic",
    ["", "kenh/v1/x/status", "/kenh/v1/x/up", "v3/a/devices/d/down/sent", "v3/a/devices/d", "tele/x/SENSOR"],
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


SENSORS = (
    Discovered("homeassistant/sensor/a/config", "a", state_topic="s", quantity="fill_pct"),
    Discovered("homeassistant/sensor/b/config", "b", state_topic="s", quantity="tilt", value_path=("x", "y")),
)
EVERY = Formats(
    tuple(
        route
        for name in RouteFormat
        for route in read_routes(f"{name}/{{device}}/{{field}}={name}, {name}={name}, tele/+/{name}={name}")
    ),
    {"s": SENSORS},
    "homeassistant",
    "Europe/Berlin",
)
ROUTED_TOPICS = st.sampled_from(
    [f"{name}/d/{field}" for name in RouteFormat for field in ("distance", "SENSOR", "état", "")]
    + [*RouteFormat, "s", "homeassistant/sensor/x/config", "homeassistant/sensor/n/x/config"]
)
WORDS = st.sampled_from(
    [
        *("n", "u", "v", "vs", "vb", "t", "ut", "bn", "bt", "bu", "bv", "bs", "bver", "x_"),
        *("Time", "SR04", "Distance", "TempUnit", "StatusSNS", "Wifi", "Signal", "id", "ts", "distance_mm"),
        *(
            "state_topic",
            "stat_t",
            "~",
            "device",
            "ids",
            "device_class",
            "val_tpl",
            "value",
            "unit",
            "x",
            "y",
        ),
    ]
)
TOLD = st.sampled_from(
    [
        *("urn:dev:mac:24e124713b494221:", "m", "Cel", "distance", "a/b", "{{ value_json.a }}", "~/s", "nan"),
        *(
            "2026-11-23T15:15:02",
            "9999-12-31T23:59:59",
            "0001-01-01T00:00:00",
            "temperature",
            "online",
            "12 cm",
        ),
    ]
)
LIKELY = st.recursive(
    TOLD | st.none() | st.booleans() | st.integers() | st.floats() | st.just(1e308) | st.just(10**18),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=20,
)


@given(topic=ROUTED_TOPICS, payload=st.binary(max_size=100))
def test_no_bytes_on_any_route_raise(topic: str, payload: bytes) -> None:
    EVERY.parse(topic, payload, RECEIVED_MS)


@given(topic=ROUTED_TOPICS, value=LIKELY)
def test_no_json_on_any_route_raises_or_gives_a_value_that_is_not_finite(topic: str, value: object) -> None:
    for entry in EVERY.parse(topic, json.dumps(value).encode(), RECEIVED_MS):
        if isinstance(entry, Uplink):
            assert all(abs(one.value) < float("inf") for one in entry.measured)


@pytest.mark.parametrize("name", RouteFormat)
@pytest.mark.parametrize(
    "payload",
    [
        b"[" * 30000 + b"]" * 30000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"distance_mm": 1e999}',
        b'{"distance_mm": ' + b"9" * 5000 + b"}",
        b"9" * 5000,
        b"\xff\xfe",
        b"nan",
        b"\x00" * 70000,
    ],
)
def test_hostile_messages_measure_nothing_on_any_route(name: RouteFormat, payload: bytes) -> None:
    for entry in EVERY.parse(f"{name}/d/distance", payload, RECEIVED_MS):
        assert isinstance(entry, Rejected) or (isinstance(entry, Uplink) and not entry.measured)
