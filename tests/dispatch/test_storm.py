"""Whom storm mode asks, for what, and how rarely."""

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.airtime import GATEWAY_SHARE, shortest_interval_s, time_on_air_ms
from devices.models import MODELS
from devices.sites import Registry
from dispatch.storm import (
    ASK_BYTES,
    LEVEL_PAYLOAD_BYTES,
    LOST_MS,
    MOST_TRIES,
    REPEAT_MS,
    Ask,
    Sensor,
    StormRules,
    Why,
    decide,
    settled,
    storm_interval_s,
)
from dispatch.weather import MINUTE_MS, Weather
from tests.dispatch.commune import NOW, commune

REGISTRY = commune()
RULES = StormRules(enabled=True)
STORM = Weather(True, NOW, NOW, "g07", 24.0)
CALM = Weather(False, NOW)


def a_sensor(number: int = 1, **changes: Any) -> Sensor:
    plain = Sensor(
        device_id=f"a81758fffe{number:06x}",
        application="app-1",
        site_id="g07",
        usual_s=1200,
        heard_ms=NOW,
        spreading_factor=9,
    )
    return replace(plain, **changes)


def asks(
    *sensors: Sensor,
    weather: Weather = STORM,
    rules: StormRules = RULES,
    now_ms: int = NOW,
    registry: Registry = REGISTRY,
) -> list[Ask]:
    return decide(now_ms, weather, sensors, rules, registry)


def after(sensor: Sensor, ask: Ask, now_ms: int) -> Sensor:
    """The sensor once the request is written down."""
    return replace(sensor, wanted_s=ask.interval_s, sent_ms=now_ms, why=str(ask.why))


ASKED = a_sensor(wanted_s=300, sent_ms=NOW, why="storm")
#: As long as it may take until the device's own uplinks show that it has heard.
PATIENCE_MS = (1200 + 3 * 300) * 1000


def test_a_storm_asks_every_level_sensor_once_and_says_why() -> None:
    (ask,) = asks(a_sensor())
    assert (ask.interval_s, ask.why, ask.attempt) == (300, Why.STORM, 1)
    assert ask.reason_vi == (
        "Mưa 24 mm/giờ tại Ga G07, ngõ 3 Giang Cao (17:20 ngày 14/8): báo 5 phút một lần."
    )
    assert ask.reason_en == (
        "Rain of 24 mm/h at Manhole G07, lane 3 Giang Cao (17:20 on 14 August): report every 5 min."
    )
    assert asks(after(a_sensor(), ask, NOW), now_ms=NOW + MINUTE_MS) == []


def test_a_flooded_street_is_named_where_no_gauge_began_the_storm() -> None:
    (ask,) = asks(a_sensor(), weather=replace(STORM, mm_per_h=None))
    assert ask.reason_vi.startswith("Úng ngập tại Ga G07")
    assert ask.reason_en.startswith("Street flooding at Manhole G07")


def test_calm_weather_asks_nobody_who_was_not_asked() -> None:
    assert asks(a_sensor(), weather=CALM) == []


def test_the_end_of_a_storm_sets_every_asked_device_back() -> None:
    (ask,) = asks(ASKED, weather=CALM, now_ms=NOW + REPEAT_MS)
    assert (ask.interval_s, ask.why, ask.attempt) == (1200, Why.CALM, 1)
    assert ask.reason_vi == "Trời đã tạnh: báo 20 phút một lần như thường."
    assert ask.reason_en == "The rain is over: report every 20 min as usual."


def test_switching_storm_mode_off_sets_devices_back_and_asks_nothing_else() -> None:
    off = StormRules(enabled=False)
    (ask,) = asks(ASKED, a_sensor(2), rules=off, now_ms=NOW + REPEAT_MS)
    assert (ask.device_id, ask.interval_s, ask.why) == (ASKED.device_id, 1200, Why.OFF)


def test_a_device_that_left_the_water_is_set_back_and_not_asked_again() -> None:
    moved = replace(ASKED, on_water=False)
    (ask,) = asks(moved, now_ms=NOW + REPEAT_MS)
    assert (ask.interval_s, ask.why) == (1200, Why.CALM)
    assert asks(a_sensor(on_water=False)) == []


@pytest.mark.parametrize("low", [{"battery_pct": 19.9}, {"battery_pct": 80.0, "battery_low": True}])
def test_a_low_battery_is_left_alone(low: dict[str, Any]) -> None:
    assert asks(a_sensor(**low)) == []
    assert len(asks(a_sensor(battery_pct=20.0))) == 1


def test_a_battery_that_runs_low_in_the_storm_is_spared_until_its_end() -> None:
    now = NOW + REPEAT_MS
    (ask,) = asks(replace(ASKED, battery_pct=15.0), now_ms=now)
    assert (ask.interval_s, ask.why) == (1200, Why.BATTERY)
    spared = replace(
        after(ASKED, ask, now), battery_pct=25.0, observed_s=1200.0, heard_ms=now + 9 * REPEAT_MS
    )
    assert asks(spared, now_ms=now + 10 * REPEAT_MS) == []
    next_storm = replace(STORM, since_ms=now + 11 * REPEAT_MS)
    assert len(asks(spared, weather=next_storm, now_ms=now + 11 * REPEAT_MS)) == 1


def test_at_sf12_the_airtime_decides() -> None:
    eager = replace(RULES, interval_s=60)
    (ask,) = asks(a_sensor(spreading_factor=12), rules=eager)
    least = shortest_interval_s(12, LEVEL_PAYLOAD_BYTES, 0.01)
    assert 60 < least <= ask.interval_s < least + 60
    assert asks(a_sensor(spreading_factor=7), rules=eager)[0].interval_s == 60


@pytest.mark.parametrize("factor", [None, 5])
def test_a_spreading_factor_that_is_not_known_is_taken_for_10(factor: int | None) -> None:
    eager = replace(RULES, interval_s=60, airtime_share=0.002)
    assert storm_interval_s(a_sensor(spreading_factor=factor), eager) == storm_interval_s(
        a_sensor(spreading_factor=10), eager
    )


def test_a_device_that_goes_further_away_slows_down_and_one_that_comes_nearer_is_not_asked() -> None:
    eager, now = replace(RULES, interval_s=60), NOW + REPEAT_MS
    near = replace(ASKED, wanted_s=60, spreading_factor=7)
    assert asks(near, rules=eager, now_ms=now) == []
    (ask,) = asks(replace(near, spreading_factor=12), rules=eager, now_ms=now)
    assert ask.interval_s == 240
    slowed = replace(after(near, ask, now), observed_s=240.0)
    assert asks(slowed, rules=eager, now_ms=now + 9 * REPEAT_MS) == []


def test_where_dwell_time_is_limited_sf11_and_sf12_are_left_alone() -> None:
    limited = replace(RULES, dwell_time=True)
    assert [bool(asks(a_sensor(spreading_factor=factor), rules=limited)) for factor in (10, 11, 12)] == [
        True,
        False,
        False,
    ]
    (ask,) = asks(replace(ASKED, spreading_factor=12), rules=limited, now_ms=NOW + REPEAT_MS)
    assert (ask.interval_s, ask.why) == (1200, Why.RADIO)


def test_an_interval_that_is_hardly_shorter_is_not_worth_a_message() -> None:
    assert asks(a_sensor(usual_s=390)) == []
    assert asks(a_sensor(usual_s=300)) == []
    assert len(asks(a_sensor(usual_s=400))) == 1


def test_a_lost_request_is_repeated_patiently_and_a_few_times_only() -> None:
    sensor, now, weather, sent = ASKED, NOW, replace(STORM, tries={ASKED.device_id: 1}), []
    for _ in range(20):
        assert asks(replace(sensor, heard_ms=now + 1), weather=weather, now_ms=now + PATIENCE_MS - 1) == []
        now += PATIENCE_MS
        for ask in asks(replace(sensor, heard_ms=now - 1), weather=weather, now_ms=now):
            sensor = after(sensor, ask, now)
            weather = replace(weather, tries={ask.device_id: ask.attempt})
            sent.append(ask.attempt)
    assert sent == list(range(2, MOST_TRIES + 1))


def test_a_request_that_shows_in_the_uplinks_is_not_repeated() -> None:
    late = NOW + PATIENCE_MS
    assert asks(replace(ASKED, heard_ms=late, observed_s=302.0), now_ms=late) == []
    assert len(asks(replace(ASKED, heard_ms=late, observed_s=1200.0), now_ms=late)) == 1


def test_a_device_not_heard_since_the_request_is_not_asked_again_for_it_waits_at_the_server() -> None:
    assert asks(replace(ASKED, heard_ms=NOW), now_ms=NOW + 2 * PATIENCE_MS) == []


def test_a_device_silent_for_a_day_is_asked_nothing_until_it_is_heard() -> None:
    now = NOW + LOST_MS + 1
    assert asks(a_sensor(), now_ms=now) == []
    assert asks(ASKED, weather=CALM, now_ms=now) == []
    assert len(asks(replace(ASKED, heard_ms=now), weather=CALM, now_ms=now)) == 1


def test_a_device_is_settled_once_it_reports_as_usual_again() -> None:
    back = replace(ASKED, wanted_s=1200, why="calm")
    assert settled([back, replace(back, observed_s=300.0)]) == []
    assert settled([replace(back, observed_s=1195.0), replace(ASKED, observed_s=300.0)]) == [back.device_id]


def test_messages_leave_a_few_a_minute_the_first_requests_first() -> None:
    fleet = [a_sensor(number) for number in range(1, 30)]
    few = replace(RULES, downlinks_per_min=4)
    first = asks(*fleet, rules=few)
    assert [ask.device_id for ask in first] == [sensor.device_id for sensor in fleet[:4]]
    told = [after(sensor, ask, NOW) for sensor, ask in zip(fleet, first, strict=False)]
    assert asks(*told, *fleet[4:], rules=few, now_ms=NOW + MINUTE_MS - 1) == []
    second = asks(*told, *fleet[4:], rules=few, now_ms=NOW + MINUTE_MS)
    assert [ask.device_id for ask in second] == [sensor.device_id for sensor in fleet[4:8]]


def test_a_minute_of_messages_to_far_devices_stays_within_a_gateways_share() -> None:
    fleet = [a_sensor(number, spreading_factor=12) for number in range(1, 30)]
    sent = asks(*fleet, rules=replace(RULES, downlinks_per_min=60))
    on_air_ms = len(sent) * time_on_air_ms(12, ASK_BYTES)
    assert 0 < on_air_ms <= GATEWAY_SHARE * MINUTE_MS < on_air_ms + time_on_air_ms(12, ASK_BYTES)


steps = st.tuples(
    st.integers(1, 40),  # minutes
    st.booleans(),  # storm
    st.booleans(),  # enabled
    st.one_of(st.none(), st.integers(7, 12)),
    st.one_of(st.none(), st.floats(0, 100)),
    st.one_of(st.none(), st.floats(60, 3000)),
    st.booleans(),  # heard
)


@settings(max_examples=150)
@given(st.lists(steps, max_size=40), st.integers(60, 900))
def test_no_device_is_asked_twice_within_the_pause_nor_beyond_its_airtime(
    story: list[tuple[int, bool, bool, int | None, float | None, float | None, bool]], interval_s: int
) -> None:
    sensor, now, weather, sent = a_sensor(), NOW, CALM, -REPEAT_MS
    for minutes, storm, enabled, factor, battery, observed, heard in story:
        now += minutes * MINUTE_MS
        if weather.storm != storm:
            weather = replace(weather, storm=storm, since_ms=now)
        sensor = replace(sensor, spreading_factor=factor, battery_pct=battery, observed_s=observed)
        sensor = replace(sensor, heard_ms=now if heard else sensor.heard_ms)
        rules = replace(RULES, enabled=enabled, interval_s=interval_s)
        for ask in asks(sensor, weather=weather, rules=rules, now_ms=now):
            assert now - sent >= REPEAT_MS
            assert 1 <= ask.attempt <= MOST_TRIES
            assert ask.interval_s >= shortest_interval_s(factor or 10, LEVEL_PAYLOAD_BYTES, 0.01)
            assert ask.reason_vi.endswith(".")
            assert ask.reason_en.endswith(".")
            sent, sensor = now, after(sensor, ask, now)
            weather = replace(weather, tries={ask.device_id: ask.attempt})


def test_no_level_sensor_known_here_reports_more_bytes_than_is_reckoned_with() -> None:
    levels = [
        model
        for model in MODELS.values()
        if model.encode_interval and {"distance_mm", "depth_mm"} & set(model.quantities)
    ]
    assert len(levels) >= 5
    for model in levels:
        folder = "devices." + model.name.replace("/", ".").replace("-", "_")
        vectors = json.loads(files(folder).joinpath("vectors.json").read_text("utf-8"))
        # Port 3 is Dragino's stored values, sent on request only.
        live = [vector for vector in vectors if "error" not in vector and vector["f_port"] != 3]
        assert max(len(vector["hex"]) // 2 for vector in live) <= LEVEL_PAYLOAD_BYTES, model.name
        assert len(model.encode_interval(300)[1]) <= ASK_BYTES, model.name  # type: ignore[misc]  # chosen above
