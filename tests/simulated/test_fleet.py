"""The simulated fleet: its history and its live uplinks are one world, and its messages are real ones."""

import json
from collections import Counter

import numpy as np
import pytest

from devices.formats import parse
from devices.quantities import QUANTITIES
from devices.readings import Reading
from devices.simulated.fleet import Fleet, SimulatedUplink
from devices.simulated.rain import Storm
from devices.simulated.story import Outage, Story
from devices.uplinks import Uplink
from kenh.demo.commune import commune
from kenh.demo.story import HISTORY_MS, demo_fleet
from tests.demo.watched import readings_of
from tests.simulated.small import DAY_MS, HOUR_MS, START_MS, flat, fleet

DEMO = demo_fleet(commune(), START_MS)
#: One step of what each quantity is measured in, and what encoding may add to it.
GRAIN = {
    "water_level_m": 0.001,
    "heap_m": 0.001,
    "fill_pct": 0.126,
    "humidity_pct": 0.012,
    "pressure_hpa": 0.021,
}


def live(simulated: Fleet, from_ms: int, to_ms: int) -> list[Reading]:
    return [
        reading
        for sent in simulated.uplinks(from_ms, to_ms)
        for reading in readings_of(simulated, sent, sent.at_ms)
    ]


def test_a_message_says_what_the_world_is_within_the_grain_of_its_sensor() -> None:
    noise = {"water_level_m": 0.010, "heap_m": 0.030, "fill_pct": 2.5}
    checked = Counter[str]()
    for reading in live(DEMO, START_MS, START_MS + HOUR_MS):
        if reading.quantity not in (*noise, "pm2_5_ug_m3", "temperature_c", "humidity_pct", "pressure_hpa"):
            continue
        true = DEMO.world.value(
            reading.site_id, reading.channel, reading.quantity, np.array([reading.time_ms])
        )[0]
        if reading.quantity == "pm2_5_ug_m3":
            assert reading.value == pytest.approx(true, rel=0.15, abs=0.1)
        else:
            assert reading.value == pytest.approx(true, abs=noise.get(reading.quantity, 0.0) + 0.02)
        checked[reading.quantity] += 1
    assert min(checked[name] for name in ("water_level_m", "fill_pct", "heap_m", "pm2_5_ug_m3")) >= 15


def test_the_import_and_a_message_of_the_same_moment_agree_to_the_grain() -> None:
    simulated = fleet()
    past = {reading.key: reading for reading in flat(simulated.history(START_MS - HOUR_MS, START_MS))}
    for probe in simulated.probes:
        latest = [one for key, one in past.items() if key.site_id == probe.site.id]
        story = Story(START_MS, phase_ms={probe.device.id: latest[0].time_ms - START_MS})
        said = live(fleet(story), START_MS - HOUR_MS, START_MS)
        same = {
            one.key: one for one in said if one.site_id == probe.site.id and one.time_ms == latest[0].time_ms
        }
        for one in latest:
            if one.key in same:
                assert same[one.key].value == pytest.approx(one.value, abs=GRAIN.get(one.quantity, 0.005))
        assert set(same) >= {one.key for one in latest if not one.quantity.startswith("battery")}


def test_the_curve_goes_on_where_the_import_ends() -> None:
    past: dict[tuple[str, str], Reading] = {}
    for reading in flat(DEMO.history(START_MS - HOUR_MS, START_MS)):
        if reading.quantity in ("water_level_m", "heap_m"):
            past[reading.site_id, reading.channel] = reading
    seen = set()
    for reading in live(DEMO, START_MS, START_MS + 10 * 60_000):
        key = (reading.site_id, reading.channel)
        if (
            reading.quantity in ("water_level_m", "heap_m")
            and key not in seen
            and reading.time_ms < START_MS + 70_000
        ):
            assert reading.value == pytest.approx(past[key].value, abs=0.06)
            seen.add(key)
    assert len(seen) > 8


def test_no_moment_of_a_message_lies_after_it_was_sent() -> None:
    for sent in DEMO.uplinks(START_MS, START_MS + 600_000):
        for uplink in parse(sent.topic, sent.payload, sent.at_ms):
            assert isinstance(uplink, Uplink)
            assert uplink.time_ms is not None
            assert uplink.time_ms <= sent.at_ms
        assert START_MS < sent.at_ms <= START_MS + 600_000
        assert latest_stamp(sent) <= sent.at_ms


def latest_stamp(sent: SimulatedUplink) -> int:
    """The latest of all times that stand anywhere in a message, epoch ms."""
    found: list[int] = []

    def look(value: object) -> None:
        if isinstance(value, dict):
            for part in value.values():
                look(part)
        elif isinstance(value, list):
            for part in value:
                look(part)
        elif isinstance(value, str) and len(value) > 20 and value[10:11] == "T" and value.endswith("Z"):
            found.append(int(np.datetime64(value[:-1], "ms").astype(np.int64)))

    look(json.loads(sent.payload))
    return max(found)


def test_nothing_of_the_import_lies_after_the_start() -> None:
    assert all(
        reading.time_ms < reading.received_ms <= START_MS
        for reading in flat(DEMO.history(START_MS - HOUR_MS, START_MS))
    )


def test_uplinks_are_the_same_however_the_time_is_cut() -> None:
    whole = DEMO.uplinks(START_MS, START_MS + 120_000)
    cut = [sent for t in range(0, 120_000, 500) for sent in DEMO.uplinks(START_MS + t, START_MS + t + 500)]
    assert sorted(cut) == sorted(whole)
    assert len(whole) > 20


def test_frame_counters_grow_by_one_with_every_report() -> None:
    counts = [
        uplink.seq
        for sent in DEMO.uplinks(START_MS, START_MS + 600_000)
        for uplink in parse(sent.topic, sent.payload, sent.at_ms)
        if isinstance(uplink, Uplink) and uplink.name == "kenh-g07"
    ]
    assert len(counts) == 10
    assert counts == list(range(counts[0] or 0, (counts[0] or 0) + 10))


def test_three_ways_of_speaking_are_in_use_and_all_are_understood() -> None:
    sent = DEMO.uplinks(START_MS, START_MS + 900_000)
    ways = Counter(one.topic.split("/")[0] for one in sent)
    assert set(ways) == {"application", "v3", "kenh"}
    assert min(ways.values()) >= 10
    own = {one.topic.split("/")[2] for one in sent if one.topic.startswith("kenh/")}
    assert {"kenh-w01", "kenh-w02", "kenh-d09-1"} <= own
    named = {device_id for device_id in own if not DEMO.registry.devices[device_id].model}
    assert named == own


def test_a_quarter_of_the_radio_devices_is_heard_by_one_gateway_only() -> None:
    heard = [len(DEMO.heard_by(probe.device.id)) for probe in DEMO.probes if probe.device.model]
    assert 0.15 < heard.count(1) / len(heard) < 0.35
    assert set(heard) == {1, 2}


def test_a_device_never_loses_two_reports_in_a_row_by_chance() -> None:
    times: dict[tuple[str, str], list[int]] = {}
    for reading in flat(DEMO.history(START_MS - 10 * DAY_MS, START_MS - 2 * DAY_MS)):
        if reading.quantity == "water_level_m":
            times.setdefault((reading.site_id, reading.channel), []).append(reading.time_ms)
    gaps = np.concatenate([np.diff(np.array(each)) for each in times.values()])
    assert gaps.max() <= 1_200_000
    assert 0.01 < (gaps > 600_000).mean() < 0.15


def test_a_silent_device_and_a_dark_gateway_send_nothing() -> None:
    device_id = "a840410000000001"
    dark = tuple(Outage(f"gw{n}", START_MS, START_MS + HOUR_MS) for n in (1, 2, 3))
    quiet = fleet(Story(START_MS, outages=(Outage(device_id, START_MS, START_MS + HOUR_MS),)))
    assert not [one for one in quiet.uplinks(START_MS, START_MS + HOUR_MS) if device_id in one.topic]
    deaf = fleet(Story(START_MS, outages=dark))
    own = {one.topic for one in deaf.uplinks(START_MS + 1000, START_MS + HOUR_MS)}
    assert own == {"kenh/v1/kenh-w1/up", "kenh/v1/kenh-p1/up"}


def test_a_gauge_counts_all_the_rain_in_explicit_intervals() -> None:
    storm = Storm(START_MS - 6 * HOUR_MS, 50.0, 720_000)
    wet = fleet(Story(START_MS, storms=(storm,)))
    rain = [one for one in flat(wet.history(START_MS - DAY_MS, START_MS)) if one.quantity == "rain_mm"]
    assert sum(one.value for one in rain) == pytest.approx(50.0 * 0.2 * np.e, abs=0.3)
    assert sum(one.value == 0.0 for one in rain) > 100
    assert len(rain) == 144


def test_every_imported_value_is_possible() -> None:
    for reading in flat(DEMO.history(START_MS - 8 * DAY_MS, START_MS - 6 * DAY_MS)):
        quantity = QUANTITIES[reading.quantity]
        assert quantity.minimum <= reading.value <= quantity.maximum


def test_fourteen_days_are_some_hundred_thousand_readings() -> None:
    count = sum(len(batch) for batch in DEMO.history(START_MS - HISTORY_MS, START_MS))
    assert 300_000 < count < 450_000
