"""Storm mode from rain in the store to messages in the outbox, over real readings and a real state."""

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from analytics.findings import Finding, FindingKind, Severity
from desk.storm import LOOK_EVERY_MS, StormWatch
from devices.readings import Reading
from devices.sites import Device, Mounting, Site, SiteKind
from dispatch.orders import Event
from dispatch.storm import MOST_TRIES, REPEAT_MS, StormRules
from storage.sqlite.readings import SqliteReadings
from storage.state import State, sqlite_url

NOW = 1_795_421_702_000
MINUTE = 60_000
DRAGINO, MILESIGHT, DECENTLAB = "a84041ffff000001", "24e124ffff000002", "70b3d5ffff000003"
BIN, ELSEWHERE, GAUGE = "a84041ffff000004", "a84041ffff000005", "gauge-1"
RULES = StormRules(enabled=True)


class Commune:
    """Three level sensors on water, one over a bin, one behind The Things Stack, and a rain gauge."""

    def __init__(self, folder: Path) -> None:
        self.state = State(sqlite_url(folder / "state.db"))
        self.state.migrate()
        self.readings = SqliteReadings(folder / "readings.db")
        self.rules = RULES
        self.now = NOW
        places = {
            "G1": (SiteKind.DRAIN, DRAGINO, "dragino/dds75-lb", "app-1"),
            "C2": (SiteKind.CANAL, MILESIGHT, "milesight/em500-udl", "app-1"),
            "G3": (SiteKind.DRAIN, DECENTLAB, "decentlab/dl-lid", "app-2"),
            "D4": (SiteKind.WASTE_POINT, BIN, "dragino/dds75-lb", "app-1"),
            "G5": (SiteKind.DRAIN, ELSEWHERE, "dragino/dds75-lb", "commune@tenant"),
            "M6": (SiteKind.RAIN_GAUGE, GAUGE, "", ""),
        }
        with self.state.transaction() as tx:
            sites = [Site(site_id, kind, f"Ga {site_id}") for site_id, (kind, *_) in places.items()]
            tx.registry.save_sites(sites, [], [])
            devices = [Device(device_id, model) for _, device_id, model, _ in places.values()]
            mountings = [
                Mounting(device_id, site_id, "1", 0) for site_id, (_, device_id, _, _) in places.items()
            ]
            tx.registry.save_devices(devices, mountings)
        self.apps = {device_id: app for _, device_id, _, app in places.values()}
        self.hear()
        self.restart()

    def restart(self) -> None:
        self.watch = StormWatch(self.state, self.readings, self.rules)

    def hear(self, spreading_factor: int | None = 9) -> None:
        with self.state.transaction() as tx:
            tx.radio.heard([(each, app, spreading_factor, self.now) for each, app in self.apps.items()])

    def measure(self, site_id: str, quantity: str, value: float, qc: int = 1) -> None:
        self.readings.write([Reading(site_id, "1", quantity, self.now, value, qc, received_ms=self.now)])

    def rain(self, minutes: int, mm_per_h: float) -> int:
        """Live through so many minutes, the gauge reporting every five; how many devices were asked."""
        asked = 0
        for _ in range(minutes // 5):
            self.now += 5 * MINUTE
            self.measure("M6", "rain_mm", mm_per_h / 12)
            asked += self.watch.tick(self.now)
        return asked

    def left(self) -> list[tuple[str, int, bytes]]:
        """Device, port and payload of what waits in the outbox, which is then sent."""
        with self.state.transaction() as tx:
            rows = tx.outbox.due(self.now, 100)
            for row in rows:
                tx.outbox.sent(row.id, self.now)
        messages = []
        for row in rows:
            body = json.loads(row.outgoing.body)
            device_id = row.outgoing.target.split("/")[3]
            assert row.outgoing.channel == "downlink"
            assert row.outgoing.target == (
                f"application/{self.apps[device_id]}/device/{device_id}/command/down"
            )
            assert (body["devEui"], body["confirmed"]) == (device_id, False)
            messages.append((device_id, body["fPort"], b64decode(body["data"])))
        return sorted(messages)

    def log(self) -> list[Event]:
        with self.state.snapshot() as tx:
            return [event for _, event in tx.events.after(0, 1000)]

    def reasons(self) -> dict[str, tuple[int | None, str]]:
        with self.state.snapshot() as tx:
            return {row.device_id: (row.wanted_interval_s, row.reason) for row in tx.radio.all()}


@pytest.fixture
def commune(tmp_path: Path) -> Iterator[Commune]:
    made = Commune(tmp_path)
    yield made
    made.state.close()
    made.readings.close()


FASTER = [
    (MILESIGHT, 85, b"\xff\x03\x2c\x01"),
    (DECENTLAB, 1, b"\x00\x01\x01\x2c\xa9\x51"),
    (DRAGINO, 2, b"\x01\x00\x01\x2c"),
]
AS_USUAL = [(MILESIGHT, 85, b"\xff\x03\x58\x02"), (DRAGINO, 2, b"\x01\x00\x04\xb0")]


def test_when_rain_starts_each_level_sensor_gets_one_message_with_its_makers_bytes(commune: Commune) -> None:
    assert commune.rain(60, 2.0) == 0
    assert commune.rain(30, 30.0) == 3
    assert sorted(commune.left()) == sorted(FASTER)
    events = [event for event in commune.log() if event.what == "interval_asked"]
    assert [event.site_id for event in events] == ["C2", "G3", "G1"]
    assert events[0].data["interval_s"] == 300
    assert str(events[0].data["reason_vi"]).startswith("Mưa 11 mm/giờ tại Ga M6")


def test_when_the_rain_is_over_for_an_hour_every_sensor_is_set_back(commune: Commune) -> None:
    commune.rain(30, 30.0)
    commune.left()
    assert commune.rain(65, 0.0) == 0
    assert commune.rain(30, 0.0) == 3
    assert [message for message in commune.left() if message[0] != DECENTLAB] == sorted(AS_USUAL)
    assert commune.reasons()[DRAGINO] == (1200, "calm")


def test_a_device_that_reports_as_usual_again_is_forgotten(commune: Commune) -> None:
    commune.rain(30, 30.0)
    commune.rain(95, 0.0)
    for _ in range(4):
        commune.now += 20 * MINUTE
        commune.measure("G1", "water_level_m", 0.4)
        commune.hear()
        commune.watch.tick(commune.now)
    assert commune.reasons()[DRAGINO] == (None, "")
    assert commune.reasons()[MILESIGHT] != (None, "")


def test_a_request_that_is_never_heard_is_made_a_few_times_and_no_more(commune: Commune) -> None:
    for _ in range(6 * 5):
        commune.measure("G1", "water_level_m", 0.4)
        commune.hear()
        commune.rain(10, 30.0)
    asked = [event for event in commune.log() if event.data.get("device_id") == DRAGINO]
    assert [event.data["attempt"] for event in asked] == list(range(1, MOST_TRIES + 1))
    pauses = [later.at_ms - sooner.at_ms for sooner, later in pairwise(asked)]
    assert min(pauses) >= REPEAT_MS


def test_a_request_that_is_heard_is_made_once(commune: Commune) -> None:
    for _ in range(12 * 3):
        commune.measure("G1", "water_level_m", 0.4)
        commune.hear()
        commune.rain(5, 30.0)
    assert sum(event.data.get("device_id") == DRAGINO for event in commune.log()) == 1


def test_a_restart_in_between_repeats_nothing(commune: Commune) -> None:
    commune.rain(30, 30.0)
    commune.left()
    commune.restart()
    assert commune.watch.tick(commune.now) == 0
    assert commune.rain(10, 30.0) == 0
    commune.rain(60, 0.0)
    commune.restart()
    assert commune.rain(60, 0.0) == 3
    commune.restart()
    assert commune.rain(10, 0.0) == 0


def test_switched_off_nothing_is_sent_whatever_the_weather(commune: Commune) -> None:
    commune.rules = StormRules()
    commune.restart()
    assert commune.rain(120, 60.0) == 0
    assert commune.left() == []
    assert commune.log() == []


def test_switching_it_off_in_the_middle_of_a_storm_sets_the_devices_back(commune: Commune) -> None:
    commune.rain(30, 30.0)
    commune.left()
    commune.rules = StormRules(enabled=False)
    commune.restart()
    assert commune.rain(15, 30.0) == 3
    assert (DRAGINO, 2, b"\x01\x00\x04\xb0") in commune.left()
    assert commune.rain(15, 30.0) == 0


def test_a_request_that_has_not_left_yet_is_replaced_by_the_next_one(commune: Commune) -> None:
    commune.rain(30, 30.0)
    commune.rain(95, 0.0)
    assert [message for message in commune.left() if message[0] != DECENTLAB] == sorted(AS_USUAL)
    assert commune.left() == []


@pytest.mark.parametrize(("battery_pct", "qc", "asked"), [(15.0, 1, 2), (40.0, 1, 3), (15.0, 4, 3)])
def test_a_low_battery_is_left_alone(commune: Commune, battery_pct: float, qc: int, asked: int) -> None:
    commune.measure("C2", "battery_pct", battery_pct, qc)
    assert commune.rain(30, 30.0) == asked


def test_a_sensor_whose_battery_was_found_low_is_left_alone(commune: Commune) -> None:
    with commune.state.transaction() as tx:
        tx.findings.save(a_finding(FindingKind.BATTERY_LOW, "G1"))
    assert commune.rain(30, 30.0) == 2


def test_far_devices_are_asked_for_no_more_than_their_share_of_the_air(commune: Commune) -> None:
    commune.rules = replace(RULES, interval_s=60)
    commune.restart()
    commune.hear(spreading_factor=12)
    commune.rain(30, 30.0)
    assert (DRAGINO, 2, b"\x01\x00\x00\xf0") in commune.left()


def test_a_flooded_street_is_enough_where_no_gauge_speaks(commune: Commune) -> None:
    with commune.state.transaction() as tx:
        tx.findings.save(a_finding(FindingKind.FLOODING, "G1"))
    assert commune.watch.tick(commune.now) == 3


def test_a_sensor_with_its_own_interval_gets_that_one_back(commune: Commune) -> None:
    with commune.state.transaction() as tx:
        tx.registry.save_devices([Device(DRAGINO, "dragino/dds75-lb", expected_interval_s=900)], [])
    commune.rain(30, 30.0)
    commune.rain(95, 0.0)
    assert (DRAGINO, 2, b"\x01\x00\x03\x84") in commune.left()


def test_a_sensor_moved_to_a_bin_in_a_storm_is_still_set_back(commune: Commune) -> None:
    commune.rain(30, 30.0)
    commune.left()
    with commune.state.transaction() as tx:
        tx.registry.remount(Mounting(DRAGINO, "D4", "2", commune.now))
    assert commune.rain(10, 30.0) == 1
    assert commune.left() == [(DRAGINO, 2, b"\x01\x00\x04\xb0")]


def test_a_usual_interval_that_cannot_be_sent_back_is_never_shortened(commune: Commune) -> None:
    with commune.state.transaction() as tx:
        tx.registry.save_devices([Device(DECENTLAB, "decentlab/dl-lid", expected_interval_s=86_400)], [])
    assert commune.rain(30, 30.0) == 2


def test_rain_that_is_not_trusted_begins_no_storm(commune: Commune) -> None:
    for _ in range(6):
        commune.now += 5 * MINUTE
        commune.measure("M6", "rain_mm", 9.0, qc=3)
        assert commune.watch.tick(commune.now) == 0


def test_what_another_version_remembered_is_taken_for_a_calm_day(commune: Commune) -> None:
    with commune.state.transaction() as tx:
        tx.meta.set("storm", '{"colour": "grey"}')
    assert commune.rain(30, 30.0) == 3


def test_the_weather_is_looked_at_now_and_then_only(commune: Commune) -> None:
    commune.measure("M6", "rain_mm", 0.0)
    commune.watch.tick(commune.now)
    commune.measure("M6", "rain_mm", 9.0)
    commune.now += LOOK_EVERY_MS - 1
    assert commune.watch.tick(commune.now) == 0
    assert commune.watch.tick(commune.now + 1) == 3


def a_finding(kind: FindingKind, site_id: str, **changes: Any) -> Finding:
    return replace(Finding(site_id, kind, Severity.MAJOR, NOW, NOW, 0.9), **changes)
