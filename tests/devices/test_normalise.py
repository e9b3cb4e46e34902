"""From measurements to readings of a site: geometry, quality and the clock."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.model import Model
from devices.models import MODELS
from devices.normalise import normalise
from devices.readings import Qc, Reading
from devices.sites import (
    Calibration,
    Clock,
    Device,
    Geometry,
    Mounting,
    Site,
    SiteKind,
    calibration_at,
    with_calibration,
)
from devices.uplinks import GatewayRx, Measured, Rejected, RejectReason, Uplink
from tests.devices.messages import MEASURED_MS, RECEIVED_MS

EM310 = MODELS["milesight/em310-udl"]
DDS75 = MODELS["dragino/dds75-lb"]
DRAIN = Site("g07", SiteKind.DRAIN)
BIN = Site("d15", SiteKind.WASTE_POINT)
MINUTE_MS = 60_000

IN_DRAIN = Mounting("dev", "g07", geometry=Geometry(mount_height_mm=2500))
IN_BIN = Mounting("dev", "d15", channel="2", geometry=Geometry(mount_height_mm=1200, full_distance_mm=300))


def uplink(
    *,
    time_ms: int | None = MEASURED_MS,
    gateways: tuple[GatewayRx, ...] = (),
    gateway_ms: int | None = None,
) -> Uplink:
    """An uplink whose payload is decoded already."""
    return Uplink("dev", time_ms=time_ms, seq=17, gateways=gateways, gateway_ms=gateway_ms)


def distance(mm: float, qc: int = Qc.GOOD, time_ms: int | None = None) -> Measured:
    """What a distance sensor says."""
    return Measured("distance_mm", mm, "mm", qc, time_ms)


def the_reading(measured: Measured, mounting: Mounting = IN_DRAIN, site: Site = DRAIN) -> Reading:
    """The only reading of one measurement by an EM310-UDL."""
    readings, rejected = normalise(uplink(), [measured], mounting, site, EM310, RECEIVED_MS)
    assert rejected == []
    (reading,) = readings
    return reading


def the_refusal(
    measured: Measured, mounting: Mounting = IN_DRAIN, site: Site = DRAIN, time_ms: int | None = MEASURED_MS
) -> RejectReason:
    """Why one measurement becomes no reading."""
    readings, rejected = normalise(uplink(time_ms=time_ms), [measured], mounting, site, EM310, RECEIVED_MS)
    assert readings == []
    (refusal,) = rejected
    assert isinstance(refusal, Rejected)
    assert refusal.device_id == "dev"
    return refusal.reason


def test_a_distance_over_water_is_a_depth_and_keeps_what_the_device_said() -> None:
    assert the_reading(distance(2116)) == Reading(
        "g07", "1", "water_level_m", MEASURED_MS, 0.384, Qc.GOOD, 2116.0, 17, RECEIVED_MS
    )


def test_a_distance_in_a_container_is_a_fill() -> None:
    reading = the_reading(distance(750), IN_BIN, BIN)
    assert (reading.quantity, reading.channel, reading.value, reading.qc) == ("fill_pct", "2", 50.0, Qc.GOOD)


def test_a_distance_over_a_watch_spot_is_a_heap() -> None:
    reading = the_reading(distance(1900), replace(IN_DRAIN, site_id="b04"), Site("b04", SiteKind.WATCH_SPOT))
    assert (reading.quantity, reading.value) == ("heap_m", 0.6)


def test_an_offset_is_added_to_the_distance_and_not_to_the_raw_value() -> None:
    mounting = replace(IN_DRAIN, geometry=Geometry(mount_height_mm=2500, offset_mm=-16))
    reading = the_reading(distance(2116), mounting)
    assert (reading.value, reading.raw) == (0.4, 2116.0)


def test_a_full_container_inside_the_dead_zone_stays_full_and_suspect() -> None:
    mounting = replace(IN_BIN, geometry=Geometry(mount_height_mm=1200, full_distance_mm=30))
    reading = the_reading(distance(12), mounting, BIN)
    assert (reading.value, reading.qc, reading.raw) == (100.0, Qc.SUSPECT, 12.0)


def test_waste_above_the_rim_is_never_an_invalid_reading() -> None:
    mounting = replace(IN_BIN, geometry=Geometry(mount_height_mm=1000, full_distance_mm=500))
    for mm in (0, 20, 200, 400, 460):
        reading = the_reading(distance(mm), mounting, BIN)
        assert 100 < reading.value <= 120
        assert reading.qc <= Qc.SUSPECT


def test_water_inside_the_dead_zone_stands_at_the_highest_level_the_probe_can_tell() -> None:
    readings, _ = normalise(uplink(), [distance(20, Qc.SUSPECT)], IN_DRAIN, DRAIN, DDS75, RECEIVED_MS)
    assert [(one.value, one.qc, one.raw) for one in readings] == [(2.22, Qc.SUSPECT, 20.0)]


def test_a_full_line_inside_the_dead_zone_is_moved_to_where_the_probe_can_see() -> None:
    mounting = replace(IN_BIN, geometry=Geometry(mount_height_mm=1280, full_distance_mm=100))
    readings, _ = normalise(uplink(), [distance(280)], mounting, BIN, DDS75, RECEIVED_MS)
    assert [one.value for one in readings] == [100.0]


def test_no_echo_is_a_failed_reading_and_no_level() -> None:
    reading = the_reading(distance(4501))
    assert (reading.value, reading.qc, reading.raw) == (0.0, Qc.FAIL, 4501.0)


def test_a_missing_sensor_does_not_read_as_a_flood() -> None:
    readings, _ = normalise(uplink(), [distance(0, Qc.FAIL)], IN_DRAIN, DRAIN, DDS75, RECEIVED_MS)
    assert [(one.value, one.qc, one.raw) for one in readings] == [(0.0, Qc.FAIL, 0.0)]


def test_a_mountings_own_limits_go_before_the_models() -> None:
    mounting = replace(IN_DRAIN, geometry=Geometry(mount_height_mm=2500, dead_zone_mm=500, max_range_mm=2000))
    assert the_reading(distance(400), mounting).qc == Qc.SUSPECT
    assert the_reading(distance(2100), mounting).qc == Qc.FAIL


def test_a_level_far_below_the_bed_is_flagged_and_kept() -> None:
    reading = the_reading(distance(3200))
    assert (reading.value, reading.qc) == (-0.7, Qc.FAIL)


def test_an_emptier_than_empty_container_is_suspect() -> None:
    reading = the_reading(distance(1290), IN_BIN, BIN)
    assert (reading.value, reading.qc) == (-10.0, Qc.FAIL)
    assert the_reading(distance(1240), IN_BIN, BIN).qc == Qc.GOOD


def test_a_tilted_device_makes_its_own_distance_suspect_but_not_its_battery() -> None:
    measured = [Measured("battery_pct", 92, "%"), distance(750), Measured("tilt", 1, "1")]
    readings, _ = normalise(uplink(), measured, IN_BIN, BIN, EM310, RECEIVED_MS)
    assert {one.quantity: one.qc for one in readings} == {
        "battery_pct": Qc.GOOD,
        "fill_pct": Qc.SUSPECT,
        "tilt": Qc.GOOD,
    }


def test_a_distance_without_geometry_is_refused_while_the_battery_passes() -> None:
    measured = [Measured("battery_pct", 92, "%"), distance(750)]
    readings, rejected = normalise(uplink(), measured, Mounting("dev", "g07"), DRAIN, EM310, RECEIVED_MS)
    assert [one.quantity for one in readings] == ["battery_pct"]
    assert [one.reason for one in rejected] == [RejectReason.NO_GEOMETRY]
    assert "mount_height_mm" in rejected[0].detail


@pytest.mark.parametrize("kind", [SiteKind.AIR, SiteKind.RAIN_GAUGE])
def test_a_distance_where_none_belongs_is_refused(kind: SiteKind) -> None:
    assert the_refusal(distance(750), IN_DRAIN, Site("g07", kind)) is RejectReason.NO_GEOMETRY


def test_a_full_line_below_the_floor_is_refused() -> None:
    mounting = replace(IN_BIN, geometry=Geometry(mount_height_mm=300, full_distance_mm=300))
    assert the_refusal(distance(100), mounting, BIN) is RejectReason.NO_GEOMETRY


def test_the_depth_of_a_submerged_probe_is_a_level() -> None:
    mounting = Mounting("dev", "g07", geometry=Geometry(offset_mm=50))
    reading = the_reading(Measured("depth_mm", 820, "mm"), mounting)
    assert (reading.quantity, reading.value, reading.raw) == ("water_level_m", 0.87, 820.0)
    assert the_refusal(Measured("depth_mm", 820, "mm"), IN_BIN, BIN) is RejectReason.NO_GEOMETRY


@pytest.mark.parametrize(
    ("name", "value", "qc"),
    [
        ("water_level_m", 0.82, Qc.GOOD),
        ("fill_pct", 68.0, Qc.GOOD),
        ("rain_mm", 0.0, Qc.GOOD),
        ("rain_mm", 201.0, Qc.FAIL),
        ("battery_pct", 101.0, Qc.FAIL),
        ("pm2_5_ug_m3", -1.0, Qc.FAIL),
    ],
)
def test_a_quantity_of_a_site_passes_through_and_is_judged_by_its_bounds(
    name: str, value: float, qc: Qc
) -> None:
    reading = the_reading(Measured(name, value, "?"))
    assert (reading.quantity, reading.value, reading.qc, reading.raw) == (name, value, qc, None)


def test_the_total_of_a_rain_counter_is_stored_as_it_stands() -> None:
    reading = the_reading(Measured("rain_total_mm", 12.2, "mm"), site=Site("g07", SiteKind.RAIN_GAUGE))
    assert (reading.quantity, reading.value, reading.qc) == ("rain_total_mm", 12.2, Qc.GOOD)


def test_a_quantity_nobody_knows_is_refused_by_its_name() -> None:
    assert the_refusal(Measured("mood", 1, "1")) is RejectReason.UNKNOWN_QUANTITY


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_not_finite_is_refused(value: float) -> None:
    assert the_refusal(Measured("fill_pct", value, "%")) is RejectReason.NOT_FINITE


@pytest.mark.parametrize(
    ("stated_ms", "filed_ms", "qc"),
    [
        (MEASURED_MS, MEASURED_MS, Qc.GOOD),
        (None, RECEIVED_MS, Qc.GOOD),
        (0, RECEIVED_MS, Qc.GOOD),
        (946_684_800_000, RECEIVED_MS, Qc.GOOD),
        (RECEIVED_MS - 20 * 86_400_000, RECEIVED_MS - 20 * 86_400_000, Qc.GOOD),
        (RECEIVED_MS + 5 * MINUTE_MS, RECEIVED_MS + 5 * MINUTE_MS, Qc.GOOD),
        (RECEIVED_MS + 5 * MINUTE_MS + 1, RECEIVED_MS, Qc.SUSPECT),
        (4_294_967_295_000, RECEIVED_MS, Qc.GOOD),
    ],
)
def test_a_reading_is_filed_under_the_clock_that_can_be_believed(
    stated_ms: int | None, filed_ms: int, qc: Qc
) -> None:
    one = [Measured("fill_pct", 68, "%")]
    readings, _ = normalise(uplink(time_ms=stated_ms), one, IN_BIN, BIN, None, RECEIVED_MS)
    assert [(reading.time_ms, reading.qc) for reading in readings] == [(filed_ms, qc)]


def test_a_stored_measurement_keeps_its_own_time_even_if_the_uplinks_clock_is_wrong() -> None:
    stored_ms = RECEIVED_MS - 3_600_000
    ahead = uplink(time_ms=RECEIVED_MS + 3_600_000)
    readings, _ = normalise(ahead, [distance(2116, time_ms=stored_ms)], IN_DRAIN, DRAIN, EM310, RECEIVED_MS)
    assert [(reading.time_ms, reading.qc) for reading in readings] == [(stored_ms, Qc.GOOD)]


@pytest.mark.parametrize("stored_ms", [0, RECEIVED_MS + 3_600_000])
def test_a_stored_measurement_without_a_believable_time_is_refused(stored_ms: int) -> None:
    assert the_refusal(distance(2116, time_ms=stored_ms)) is RejectReason.CLOCK


def test_a_stored_measurement_from_before_the_device_came_here_is_refused() -> None:
    mounting = replace(IN_DRAIN, from_ms=RECEIVED_MS - MINUTE_MS)
    assert (
        the_refusal(distance(2116, time_ms=RECEIVED_MS - 2 * MINUTE_MS), mounting) is RejectReason.NOT_MOUNTED
    )


# Calibration by date


def test_of_several_corrections_the_latest_that_has_begun_counts_and_the_raw_value_stays() -> None:
    mounting = replace(
        IN_DRAIN,
        calibrations=(
            Calibration(MEASURED_MS - 100 * MINUTE_MS, "water_level_m", offset=0.5),
            Calibration(MEASURED_MS - 50 * MINUTE_MS, "water_level_m", offset=0.25, scale=2.0),
            Calibration(MEASURED_MS - 50 * MINUTE_MS, "battery_pct", offset=-2.0),
            Calibration(MEASURED_MS + MINUTE_MS, "water_level_m", offset=9.0),
        ),
    )
    ages = (None, MEASURED_MS - 70 * MINUTE_MS, MEASURED_MS - 150 * MINUTE_MS)
    readings, _ = normalise(
        uplink(), [distance(2000, time_ms=age) for age in ages], mounting, DRAIN, EM310, RECEIVED_MS
    )
    assert [(one.value, one.raw) for one in readings] == [(1.25, 2000.0), (1.0, 2000.0), (0.5, 2000.0)]


def test_a_value_corrected_without_geometry_keeps_what_the_device_said_as_raw() -> None:
    air = Site("g07", SiteKind.AIR)
    mounting = replace(IN_DRAIN, calibrations=(Calibration(0, "pm2_5_ug_m3", offset=-3.0, scale=0.5),))
    readings, _ = normalise(
        uplink(),
        [Measured("pm2_5_ug_m3", 40, ""), Measured("pm10_ug_m3", 60, "")],
        mounting,
        air,
        None,
        RECEIVED_MS,
    )
    assert [(one.value, one.raw) for one in readings] == [(17.0, 40.0), (60.0, None)]


def test_a_level_nobody_saw_is_not_corrected() -> None:
    mounting = replace(IN_DRAIN, calibrations=(Calibration(0, "water_level_m", offset=0.5),))
    reading = the_reading(distance(4501), mounting)
    assert (reading.value, reading.qc) == (0.0, Qc.FAIL)


def test_a_corrected_value_is_judged_by_the_bounds() -> None:
    mounting = replace(IN_DRAIN, calibrations=(Calibration(0, "water_level_m", offset=-2.0),))
    assert the_reading(distance(2116), mounting).qc is Qc.FAIL


def test_a_correction_does_not_make_a_heaped_container_impossible() -> None:
    geometry = Geometry(mount_height_mm=1000, full_distance_mm=500)
    mounting = replace(IN_BIN, geometry=geometry, calibrations=(Calibration(0, "fill_pct", scale=1.5),))
    reading = the_reading(distance(400), mounting, BIN)
    assert (reading.value, reading.qc) == (120.0, Qc.SUSPECT)


def test_corrections_stand_in_order_of_time_and_one_of_the_same_time_takes_the_others_place() -> None:
    first, second = Calibration(10, "water_level_m", 0.1), Calibration(20, "water_level_m", 0.2)
    mounting = with_calibration(with_calibration(IN_DRAIN, second), first)
    assert mounting.calibrations == (first, second)
    mended = replace(first, offset=0.3, note="measured again")
    assert with_calibration(mounting, mended).calibrations == (mended, second)
    assert calibration_at(mounting, "water_level_m", 9) is None
    assert calibration_at(mounting, "water_level_m", 19) == first


@pytest.mark.parametrize(
    "useless",
    [
        Calibration(0, "water_level_m", offset=math.nan),
        Calibration(0, "water_level_m", scale=0.0),
        Calibration(0, "rain_total_mm", scale=1.1),
    ],
)
def test_a_correction_that_would_spoil_readings_is_refused(useless: Calibration) -> None:
    with pytest.raises(ValueError, match="calibrat"):
        with_calibration(IN_DRAIN, useless)


# Temperature of the air


def _air(celsius: float, qc: int = Qc.GOOD, time_ms: int | None = None) -> Measured:
    return Measured("temperature_c", celsius, "°C", qc, time_ms)


def _level(measured: list[Measured], mounting: Mounting, model: Model | None = EM310) -> float:
    readings, _ = normalise(uplink(), measured, mounting, DRAIN, model, RECEIVED_MS)
    return next(one.value for one in readings if one.quantity == "water_level_m")


def test_a_distance_timed_by_sound_is_corrected_by_the_temperature_beside_it() -> None:
    mounting = replace(IN_DRAIN, geometry=Geometry(mount_height_mm=3000, assumed_c=20.0))
    level_m = _level([distance(2000), _air(35.0)], mounting)
    assert 3.0 - level_m == pytest.approx(2.0 * (331.3 * math.sqrt(1 + 35 / 273.15)) / 343.21, abs=1e-4)
    assert _level([distance(2000), _air(20.0)], mounting) == pytest.approx(1.0)


def test_a_model_that_leaves_the_temperature_to_us_is_taken_to_reckon_with_twenty_degrees() -> None:
    plain = replace(EM310, compensates=False)
    mounting = replace(IN_DRAIN, geometry=Geometry(mount_height_mm=3000))
    assert _level([distance(2000), _air(35.0)], mounting, plain) < 1.0 - 0.04
    assert _level([distance(2000), _air(35.0)], mounting, EM310) == 1.0


@pytest.mark.parametrize(
    "useless", [_air(35.0, Qc.SUSPECT), _air(-300.0), _air(math.nan), _air(35.0, time_ms=MEASURED_MS - 1)]
)
def test_a_temperature_that_says_nothing_of_that_moment_corrects_nothing(useless: Measured) -> None:
    mounting = replace(IN_DRAIN, geometry=Geometry(mount_height_mm=3000, assumed_c=20.0))
    assert _level([distance(2000), useless], mounting) == 1.0


def test_the_limits_of_sight_are_compared_with_what_the_sensor_said() -> None:
    mounting = replace(IN_DRAIN, geometry=Geometry(mount_height_mm=6000, assumed_c=20.0))
    readings, _ = normalise(uplink(), [distance(4480), _air(40.0)], mounting, DRAIN, EM310, RECEIVED_MS)
    assert readings[0].qc is Qc.GOOD


# Clocks and what was stored in the device


def test_what_a_device_stored_while_tilted_is_suspect_and_what_it_sees_now_is_not() -> None:
    then_ms = RECEIVED_MS - 60 * MINUTE_MS
    measured = [distance(2116), distance(2100, time_ms=then_ms), Measured("tilt", 1, "1", time_ms=then_ms)]
    readings, _ = normalise(uplink(), measured, IN_DRAIN, DRAIN, EM310, RECEIVED_MS)
    assert [one.qc for one in readings] == [Qc.GOOD, Qc.SUSPECT, Qc.GOOD]


def test_what_a_device_stored_is_suspect_where_its_clock_is_not_to_be_believed() -> None:
    device = Device("dev", clock=Clock.GATEWAY)
    measured = [distance(2116), distance(2100, time_ms=RECEIVED_MS - 60 * MINUTE_MS)]
    readings, _ = normalise(uplink(), measured, IN_DRAIN, DRAIN, EM310, RECEIVED_MS, device)
    assert [one.qc for one in readings] == [Qc.GOOD, Qc.SUSPECT]


def test_the_clock_of_the_device_decides_under_what_time_everything_of_an_uplink_is_filed() -> None:
    late = uplink(gateways=(GatewayRx("gw", -90, 4),), gateway_ms=MEASURED_MS - 9_000)
    device = Device("dev", clock=Clock.GATEWAY)
    readings, _ = normalise(late, [distance(2116)], IN_DRAIN, DRAIN, EM310, RECEIVED_MS, device)
    assert {one.time_ms for one in readings} == {MEASURED_MS - 9_000}
    assert len(readings) == 3


def test_a_signal_no_radio_can_have_is_failed() -> None:
    heard = (GatewayRx("odd", 12.0, 4.0),)
    readings, _ = normalise(uplink(gateways=heard), [], IN_DRAIN, DRAIN, EM310, RECEIVED_MS)
    assert {one.quantity: one.qc for one in readings} == {"rssi_dbm": Qc.FAIL, "snr_db": Qc.GOOD}


def test_the_gateway_that_heard_best_gives_signal_and_noise() -> None:
    heard = (GatewayRx("far", -118, -9), GatewayRx("near", -71, 9.5), GatewayRx("mute"))
    readings, _ = normalise(uplink(gateways=heard), [], IN_DRAIN, DRAIN, EM310, RECEIVED_MS)
    assert {one.quantity: one.value for one in readings} == {"rssi_dbm": -71, "snr_db": 9.5}


MEASURED = st.builds(
    Measured,
    st.sampled_from(
        ["distance_mm", "depth_mm", "rain_total_mm", "tilt", "fill_pct", "battery_v", "temperature_c", "mood"]
    ),
    st.floats(),
    st.just("?"),
    st.sampled_from(Qc),
    st.none() | st.integers(-(2**40), 2**44),
)
GEOMETRY = st.builds(
    Geometry,
    *[st.none() | st.floats(0, 65000)] * 4,
    offset_mm=st.floats(-1000, 1000),
    assumed_c=st.none() | st.floats(-40, 60),
)
CALIBRATIONS = st.lists(
    st.builds(
        Calibration,
        st.just(0),
        st.sampled_from(["water_level_m", "fill_pct", "tilt", "battery_v"]),
        st.floats(-1e300, 1e300),
        st.floats(-1e300, 1e300),
    ),
    max_size=2,
).map(tuple)


@given(
    measured=st.lists(MEASURED, max_size=5),
    geometry=GEOMETRY,
    calibrations=CALIBRATIONS,
    device=st.none()
    | st.builds(Device, st.just("dev"), clock=st.sampled_from(Clock), max_skew_s=st.integers(0, 86_400)),
    kind=st.sampled_from(SiteKind),
    model=st.none() | st.sampled_from(list(MODELS.values())),
    stated_ms=st.none() | st.integers(-(2**40), 2**44),
)
def test_every_measurement_becomes_one_finite_reading_never_in_the_future_or_one_refusal(
    measured: list[Measured],
    geometry: Geometry,
    calibrations: tuple[Calibration, ...],
    device: Device | None,
    kind: SiteKind,
    model: Model | None,
    stated_ms: int | None,
) -> None:
    mounting = Mounting("dev", "s", geometry=geometry, calibrations=calibrations)
    readings, rejected = normalise(
        uplink(time_ms=stated_ms), measured, mounting, Site("s", kind), model, RECEIVED_MS, device
    )
    assert len(readings) + len(rejected) == len(measured)
    for reading in readings:
        assert math.isfinite(reading.value)
        assert reading.time_ms <= RECEIVED_MS + 5 * MINUTE_MS
