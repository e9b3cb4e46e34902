"""The installer's view: what one uplink is enough to tell."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import pytest

from devices.models import MODELS
from devices.readings import Qc, SeriesKey
from devices.sense import interval_of, main_quantity, sense
from devices.sense_place import Position, neighbours_of, place_sign
from devices.signs import Sign, SignState
from devices.sites import Device, Geometry, Mounting, Registry, Site, SiteKind

NOW = 1_795_421_702_000
MINUTE = 60_000
DRAIN = Site("G07", SiteKind.DRAIN, invert_m=7.4, ground_m=8.92)
BIN = Site("D15", SiteKind.WASTE_POINT)
DDS75 = MODELS["dragino/dds75-lb"]
EM310 = MODELS["milesight/em310-udl"]
DEVICE = Device("a84041aa00000001", "dragino/dds75-lb", expected_interval_s=600)


class Newest(NamedTuple):
    """As the readings store gives it."""

    key: SeriesKey
    time_ms: int
    value: float
    qc: int = Qc.GOOD
    received_ms: int = NOW


def mounted(site: Site, mount_mm: float | None = 1500.0, full_mm: float | None = None) -> Mounting:
    return Mounting(DEVICE.id, site.id, from_ms=NOW - 10 * MINUTE, geometry=Geometry(mount_mm, full_mm))


def newest(site: Site, quantity: str, value: float, qc: int = Qc.GOOD, ago_ms: int = MINUTE) -> Newest:
    return Newest(SeriesKey(site.id, "1", quantity), NOW - ago_ms, value, qc)


def signs_of(
    latest: Sequence[Newest],
    *,
    site: Site = DRAIN,
    mounting: Mounting | None = None,
    seen_ms: int | None = NOW - MINUTE,
    spreading_factor: int | None = None,
) -> dict[str, Sign]:
    model = DDS75 if site is DRAIN else EM310
    mounting = mounting or mounted(site)
    found = sense(DEVICE, mounting, site, model, latest, seen_ms, NOW, spreading_factor=spreading_factor)
    return {sign.name: sign for sign in found}


def test_one_uplink_is_enough_to_climb_down_the_ladder() -> None:
    latest = [
        newest(DRAIN, "water_level_m", 0.42),
        newest(DRAIN, "rssi_dbm", -97.0),
        newest(DRAIN, "snr_db", 4.0),
        newest(DRAIN, "battery_v", 3.6),
    ]
    signs = signs_of(latest, spreading_factor=9)
    assert {sign.state for sign in signs.values()} == {SignState.OK}
    assert signs["water_level_m"].text_vi == "mực nước 0,42 m, dưới mặt đường 1,1 m: hợp lý"
    assert signs["water_level_m"].text_en == "water level 0.42 m, 1.1 m below the street: makes sense"
    assert signs["signal"].text_vi == "sóng -97 dBm, dư 16 dB (SF9): tốt"
    assert signs["reporting"].text_vi == "bản tin cuối 1 phút trước, mỗi 10 phút một bản tin: đều"


@pytest.mark.parametrize(
    ("value", "qc", "state", "said"),
    [
        (-0.3, Qc.GOOD, SignState.BAD, "thấp hơn đáy 0,30 m: chiều cao lắp nhập sai"),
        (-0.05, Qc.GOOD, SignState.WARN, "thấp hơn đáy 0,05 m"),
        (-0.02, Qc.GOOD, SignState.OK, "hợp lý"),
        (1.7, Qc.GOOD, SignState.WARN, "cao hơn mặt đường 0,18 m"),
        (0.0, Qc.FAIL, SignState.BAD, "không có tiếng vọng"),
        (1.22, Qc.SUSPECT, SignState.WARN, "vùng mù (280 mm)"),
        (0.42, Qc.SUSPECT, SignState.WARN, "đáng ngờ"),
        (0.42, Qc.FAIL, SignState.BAD, "cảm biến báo lỗi"),
        (-0.9, Qc.FAIL, SignState.BAD, "thấp hơn đáy 0,90 m"),
        (41.0, Qc.FAIL, SignState.BAD, "ngoài khoảng có thể"),
    ],
)
def test_water_is_judged_by_where_it_can_be(value: float, qc: int, state: SignState, said: str) -> None:
    sign = signs_of([newest(DRAIN, "water_level_m", value, qc)])["water_level_m"]
    assert sign.state is state
    assert said in sign.text_vi


@pytest.mark.parametrize(
    ("value", "qc", "state", "said"),
    [
        (62.0, Qc.GOOD, SignState.OK, "mức đầy 62 %: hợp lý"),
        (118.0, Qc.SUSPECT, SignState.BAD, "vạch đầy nhập sai"),
        (-9.0, Qc.SUSPECT, SignState.BAD, "chiều cao lắp nhập sai"),
        (0.0, Qc.FAIL, SignState.BAD, "không có tiếng vọng"),
    ],
)
def test_a_container_is_judged_by_its_rim_and_floor(
    value: float, qc: int, state: SignState, said: str
) -> None:
    mounting = mounted(BIN, 1500.0, 300.0)
    sign = signs_of([newest(BIN, "fill_pct", value, qc)], site=BIN, mounting=mounting)["fill_pct"]
    assert sign.state is state
    assert said in sign.text_vi


def test_a_tilted_device_is_told_to_stand_upright() -> None:
    assert signs_of([newest(BIN, "tilt", 1.0)], site=BIN)["tilt"].state is SignState.BAD
    assert signs_of([newest(BIN, "tilt", 0.0)], site=BIN)["tilt"].state is SignState.OK


def test_without_a_mounting_height_that_is_what_is_missing() -> None:
    sign = signs_of([newest(DRAIN, "battery_v", 3.6)], mounting=mounted(DRAIN, None))["geometry"]
    assert sign.state is SignState.BAD
    assert "chiều cao lắp" in sign.text_vi


def test_heard_without_a_level_points_at_the_rejects() -> None:
    assert "bị từ chối" in signs_of([])["geometry"].text_vi
    assert "geometry" not in signs_of([], seen_ms=None)


@pytest.mark.parametrize(
    ("ago_min", "state"),
    [(5, SignState.OK), (25, SignState.OK), (30, SignState.WARN), (61, SignState.BAD)],
)
def test_reporting_is_judged_by_the_devices_own_interval(ago_min: int, state: SignState) -> None:
    assert signs_of([], seen_ms=NOW - ago_min * MINUTE)["reporting"].state is state


def test_a_device_never_heard_is_unknown_at_first_and_bad_when_it_should_have_spoken() -> None:
    assert signs_of([], seen_ms=None)["reporting"].state is SignState.UNKNOWN
    long_there = Mounting(DEVICE.id, "G07", from_ms=NOW - 60 * MINUTE)
    assert signs_of([], seen_ms=None, mounting=long_there)["reporting"].state is SignState.BAD


def test_an_old_value_is_told_and_called_unknown() -> None:
    mounting = Mounting(DEVICE.id, "G07", from_ms=0, geometry=Geometry(1500.0))
    old = newest(DRAIN, "water_level_m", 0.42, ago_ms=3 * 60 * MINUTE)
    sign = signs_of([old], mounting=mounting)["water_level_m"]
    assert sign.state is SignState.UNKNOWN
    assert sign.text_vi == "mực nước 0,42 m, 3 giờ trước: nay chưa rõ"


def test_what_was_measured_before_this_mounting_or_on_another_channel_is_left_aside() -> None:
    before = newest(DRAIN, "water_level_m", 0.42, ago_ms=30 * MINUTE)
    elsewhere = Newest(SeriesKey("G07", "2", "water_level_m"), NOW, 0.42)
    assert "water_level_m" not in signs_of([before, elsewhere])


@pytest.mark.parametrize(
    ("rssi", "snr", "spreading_factor", "state"),
    [
        (-97.0, 4.0, 9, SignState.OK),
        (-112.0, -7.0, 9, SignState.WARN),
        (-118.0, -11.0, 9, SignState.BAD),
        (-118.0, -11.0, 12, SignState.WARN),
        (-97.0, None, None, SignState.OK),
        (-115.0, None, None, SignState.WARN),
        (-125.0, None, None, SignState.BAD),
    ],
)
def test_signal_is_judged_by_what_is_left_to_lose(
    rssi: float, snr: float | None, spreading_factor: int | None, state: SignState
) -> None:
    latest = [newest(DRAIN, "rssi_dbm", rssi)]
    if snr is not None:
        latest.append(newest(DRAIN, "snr_db", snr))
    assert signs_of(latest, spreading_factor=spreading_factor)["signal"].state is state


@pytest.mark.parametrize(
    ("quantity", "value", "state"),
    [
        ("battery_pct", 80.0, SignState.OK),
        ("battery_pct", 20.0, SignState.WARN),
        ("battery_pct", 9.0, SignState.BAD),
        ("battery_v", 3.6, SignState.OK),
        ("battery_v", 3.0, SignState.WARN),
        ("battery_v", 2.7, SignState.BAD),
    ],
)
def test_the_battery_is_judged_in_its_own_unit(quantity: str, value: float, state: SignState) -> None:
    assert signs_of([newest(DRAIN, quantity, value)])["battery"].state is state


def test_volts_of_an_unknown_battery_are_told_without_a_judgement() -> None:
    latest = [newest(DRAIN, "battery_v", 12.1)]
    signs = sense(DEVICE, mounted(DRAIN), DRAIN, None, latest, NOW, NOW)
    assert [sign.state for sign in signs if sign.name == "battery"] == [SignState.UNKNOWN]


def test_a_device_that_hangs_nowhere_has_only_its_reports_to_show() -> None:
    assert [sign.name for sign in sense(DEVICE, None, None, DDS75, [], NOW, NOW)] == ["reporting"]


def test_the_interval_agreed_for_a_device_comes_before_its_sites_and_its_models() -> None:
    site = Site("G07", SiteKind.DRAIN, report_interval_s=900)
    assert interval_of(DEVICE, site, DDS75) == 600
    assert interval_of(Device("x"), site, DDS75) == 900
    assert interval_of(Device("x"), None, DDS75) == 1200
    assert interval_of(Device("x"), None, None) is None


def test_times_are_judged_by_when_they_came() -> None:
    def said(*latest: Newest) -> SignState:
        return signs_of(list(latest))["clock"].state

    level = newest(DRAIN, "water_level_m", 0.42)
    assert said(level) is SignState.OK
    assert said(level._replace(received_ms=level.time_ms + 3 * 60 * MINUTE)) is SignState.WARN
    assert said(level, newest(DRAIN, "rssi_dbm", -97.0, Qc.SUSPECT)) is SignState.WARN
    assert "clock" not in signs_of([])


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ([0.42] * 24, SignState.WARN),
        ([0.4, *[0.42] * 24], SignState.WARN),
        ([0.42] * 23 + [0.43], SignState.OK),
        ([0.42] * 23, None),
        ([], None),
    ],
)
def test_a_day_of_the_same_value_is_doubted(values: list[float], state: SignState | None) -> None:
    found = sense(DEVICE, mounted(DRAIN), DRAIN, DDS75, [], NOW, NOW, recent=values)
    assert [sign.state for sign in found if sign.name == "moving"] == ([] if state is None else [state])


def test_what_should_move_is_the_level_before_the_weather() -> None:
    latest = [newest(DRAIN, "temperature_c", 30.0), newest(DRAIN, "water_level_m", 0.42)]
    assert main_quantity(latest) == "water_level_m"
    assert main_quantity(latest[:1]) == "temperature_c"
    assert main_quantity([]) is None


@pytest.mark.parametrize(
    ("lat", "lon", "state", "said"),
    [
        (20.981, 105.912, SignState.OK, "0,1 km"),
        (21.02, 105.912, SignState.WARN, "4,5 km"),
        (10.78, 106.70, SignState.BAD, "tọa độ sai"),
        (None, 105.912, SignState.WARN, "chưa có tọa độ"),
    ],
)
def test_a_site_lies_among_the_others(
    lat: float | None, lon: float | None, state: SignState, said: str
) -> None:
    sign = place_sign(replace(DRAIN, lat=lat, lon=lon), [Position(20.98, 105.912)])
    assert sign.state is state
    assert said in sign.text_vi


def test_latitude_and_longitude_the_wrong_way_round_are_named() -> None:
    swapped = place_sign(replace(DRAIN, lat=20.98, lon=45.912), [Position(45.912, 20.98)])
    assert swapped.state is SignState.BAD
    assert "wrong way round" in swapped.text_en


def test_without_another_site_nothing_is_said_of_the_place() -> None:
    assert place_sign(replace(DRAIN, lat=20.98, lon=105.9), []).state is SignState.UNKNOWN


def test_the_village_is_compared_with_before_the_commune() -> None:
    def site(site_id: str, village_id: str, lat: float) -> Site:
        return Site(site_id, SiteKind.DRAIN, village_id=village_id, lat=lat, lon=105.9)

    sites = {one.id: one for one in (site("a", "x", 20.1), site("b", "x", 20.2), site("c", "y", 20.3))}
    ground = Registry(sites=sites)
    assert neighbours_of(sites["a"], ground) == [Position(20.2, 105.9)]
    assert neighbours_of(sites["c"], ground) == [Position(20.1, 105.9), Position(20.2, 105.9)]
