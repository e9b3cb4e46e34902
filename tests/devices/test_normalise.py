"""From measurements to readings of a site: geometry, quality and the clock."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.models import MODELS
from devices.normalise import normalise
from devices.readings import Qc, Reading
from devices.sites import Geometry, Mounting, Site, SiteKind
from devices.uplinks import GatewayRx, Measured, Rejected, RejectReason, Uplink
from tests.devices.messages import MEASURED_MS, RECEIVED_MS

EM310 = MODELS["milesight/em310-udl"]
DDS75 = MODELS["dragino/dds75-lb"]
DRAIN = Site("g07", SiteKind.DRAIN)
BIN = Site("d15", SiteKind.WASTE_POINT)
MINUTE_MS = 60_000

IN_DRAIN = Mounting("dev", "g07", geometry=Geometry(mount_height_mm=2500))
IN_BIN = Mounting("dev", "d15", channel="2", geometry=Geometry(mount_height_mm=1200, full_distance_mm=300))


def uplink(*, time_ms: int | None = MEASURED_MS, gateways: tuple[GatewayRx, ...] = ()) -> Uplink:
    """An uplink whose payload is decoded already."""
    return Uplink("dev", time_ms=time_ms, seq=17, gateways=gateways)


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


def test_a_calibration_is_added_to_the_distance_and_not_to_the_raw_value() -> None:
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


def test_a_rain_counter_is_refused_until_counters_are_read() -> None:
    assert the_refusal(Measured("rain_total_mm", 12.2, "mm")) is RejectReason.UNKNOWN_QUANTITY


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
        (4_294_967_295_000, RECEIVED_MS, Qc.SUSPECT),
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


def test_the_gateway_that_heard_best_gives_signal_and_noise() -> None:
    heard = (GatewayRx("far", -118, -9), GatewayRx("near", -71, 9.5), GatewayRx("mute"))
    readings, _ = normalise(uplink(gateways=heard), [], IN_DRAIN, DRAIN, EM310, RECEIVED_MS)
    assert {one.quantity: one.value for one in readings} == {"rssi_dbm": -71, "snr_db": 9.5}


MEASURED = st.builds(
    Measured,
    st.sampled_from(["distance_mm", "depth_mm", "rain_total_mm", "tilt", "fill_pct", "battery_v", "mood"]),
    st.floats(),
    st.just("?"),
    st.sampled_from(Qc),
    st.none() | st.integers(-(2**40), 2**44),
)
GEOMETRY = st.builds(
    Geometry,
    *[st.none() | st.floats(0, 65000)] * 4,
    offset_mm=st.floats(-1000, 1000),
)


@given(
    measured=st.lists(MEASURED, max_size=5),
    geometry=GEOMETRY,
    kind=st.sampled_from(SiteKind),
    model=st.none() | st.sampled_from(list(MODELS.values())),
    stated_ms=st.none() | st.integers(-(2**40), 2**44),
)
def test_every_measurement_becomes_one_finite_reading_never_in_the_future_or_one_refusal(
    measured: list[Measured], geometry: Geometry, kind: SiteKind, model: None, stated_ms: int | None
) -> None:
    mounting = Mounting("dev", "s", geometry=geometry)
    readings, rejected = normalise(
        uplink(time_ms=stated_ms), measured, mounting, Site("s", kind), model, RECEIVED_MS
    )
    assert len(readings) + len(rejected) == len(measured)
    for reading in readings:
        assert math.isfinite(reading.value)
        assert reading.time_ms <= RECEIVED_MS + 5 * MINUTE_MS
