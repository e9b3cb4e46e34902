"""What makers' codecs give, in every shape it comes in, as readings in our quantities."""

import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.generic_fields import GENERIC_FIELDS
from devices.readings import Qc
from devices.uplinks import Measured
from devices.vendor_fields import VendorField
from devices.vendor_reading import read_output

DISTANCE = VendorField("distance", "distance_mm")
TILT = VendorField("position", "tilt", words={"normal": 0.0, "Tilt": 1.0})


def one(output: object, field: VendorField) -> Measured:
    decoded = read_output(output, [field])
    assert decoded.errors == ()
    assert decoded.warnings == ()
    (reading,) = decoded.readings
    return reading


def warned(output: object, field: VendorField) -> str:
    decoded = read_output(output, [field])
    assert decoded.readings == ()
    assert decoded.errors == ()
    return " ".join(decoded.warnings)


@pytest.mark.parametrize(
    ("value", "field", "expected"),
    [
        (2116, DISTANCE, 2116.0),
        ("2821 mm", DISTANCE, 2821.0),
        (" 2821mm ", DISTANCE, 2821.0),
        ("1.25 m", DISTANCE, 1250.0),
        ({"value": 84.5, "unit": "cm", "displayName": "distance"}, DISTANCE, 845.0),
        ({"value": "843"}, DISTANCE, 843.0),
        ("28,1", VendorField("distance", "temperature_c"), 28.1),
        ("-3.5e1", VendorField("distance", "temperature_c"), -35.0),
        ("68 °F", VendorField("distance", "temperature_c"), 20.0),
        (101_325, VendorField("distance", "pressure_hpa", 0.01), 1013.25),
        ({"value": 101.325, "unit": "kPa"}, VendorField("distance", "pressure_hpa"), 1013.25),
        ("3612 mV", VendorField("distance", "battery_v"), 3.612),
        ("12 μg/m³", VendorField("distance", "pm2_5_ug_m3"), 12.0),
        ("50 ppb", VendorField("distance", "o3_ug_m3"), 98.16),
        (12.3, VendorField("distance", "depth_mm", 10.0), 123.0),
        ("12.3 cm", VendorField("distance", "depth_mm", 10.0), 123.0),
        ("12.0 mA", VendorField("distance", "depth_mm", 312.5, -1250.0), 2500.0),
    ],
)
def test_numbers_come_in_every_dress(value: object, field: VendorField, expected: float) -> None:
    reading = one({"distance": value}, field)
    assert reading.value == pytest.approx(expected, rel=1e-4)
    assert reading.quantity == field.quantity
    assert reading.qc == Qc.GOOD


@pytest.mark.parametrize(
    ("value", "expected"),
    [("normal", 0.0), ("TILT", 1.0), ("tilt ", 1.0), (True, 1.0), ("False", 0.0), (1, 1.0)],
)
def test_words_stand_for_numbers_in_any_case(value: object, expected: float) -> None:
    assert one({"position": value}, TILT).value == expected


@pytest.mark.parametrize("value", [None, "", "null", "NaN", "n/a", "-", {"value": None, "unit": "mm"}])
def test_nothing_is_no_reading_and_no_warning_of_its_own(value: object) -> None:
    decoded = read_output(
        {"distance": value, "battery": 92}, [DISTANCE, VendorField("battery", "battery_pct")]
    )
    assert [reading.quantity for reading in decoded.readings] == ["battery_pct"]
    assert decoded.warnings == ()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("No sensor", "'No sensor' is no number"),
        (float("nan"), "no finite number"),
        (float("inf"), "no finite number"),
        (1e305, "no finite number"),
        (True, "'True' is no number"),
        ("1,234", "'1,234' is no number"),
        ("12 V", "is no unit of distance_mm"),
        ([1, 2], "'[1, 2]' is no number"),
        ({"unit": "mm", "value": {"value": 1}}, "is no number"),
    ],
)
def test_what_cannot_be_read_is_a_warning_and_never_a_guess(value: object, why: str) -> None:
    assert why in warned({"distance": value}, DISTANCE)


def test_sentinels_say_nothing_measured_failed_or_as_near_as_can_be() -> None:
    field = VendorField(
        "distance",
        "distance_mm",
        absent=(0,),
        faulty=(0x3FFF, "Invalid Reading"),
        clipped=(20, "blind alarm"),
    )
    assert read_output({"distance": 0}, [field]).readings == ()
    assert read_output({"distance": "0 mm"}, [field]).readings == ()
    assert one({"distance": 0x3FFF}, field).qc == Qc.FAIL
    assert one({"distance": "invalid reading"}, field)[1::2] == (0.0, Qc.FAIL)
    assert one({"distance": 20}, field)[1::2] == (20.0, Qc.SUSPECT)
    assert one({"distance": "Blind Alarm"}, field)[1::2] == (0.0, Qc.SUSPECT)


def test_bounds_are_in_the_makers_unit_and_hold_for_converted_texts_too() -> None:
    field = VendorField("depth", "depth_mm", scale=10.0, minimum=0.0, maximum=500.0)
    assert one({"depth": 500}, field).qc == Qc.GOOD
    assert one({"depth": 501}, field).qc == Qc.FAIL
    assert one({"depth": "5.01 m"}, field).qc == Qc.FAIL


def test_a_depth_is_not_believed_when_the_current_beside_it_is_that_of_a_cut_cable() -> None:
    field = VendorField("deep", "depth_mm", witness="mA", believed=(3.6, 21.0))
    assert one({"deep": 0, "mA": 3.2}, field).qc == Qc.FAIL
    assert one({"deep": 0, "mA": "4.0"}, field).qc == Qc.GOOD
    assert one({"deep": 0}, field).qc == Qc.GOOD


@pytest.mark.parametrize(
    "stated",
    [1_795_421_702, "1795421702", 1_795_421_702_000, "2026-11-23T08:15:02Z", "2026-11-23 08:15:02"],
)
def test_values_of_a_list_carry_their_own_time(stated: object) -> None:
    field = VendorField("history[].distance", "distance_mm", time="timestamp")
    assert one({"history": [{"timestamp": stated, "distance": 900}]}, field).time_ms == 1_795_421_702_000


@pytest.mark.parametrize("stated", [None, "yesterday", 0, -5, True, [1], 1e18])
def test_a_stored_value_without_a_time_is_left_out(stated: object) -> None:
    field = VendorField("history[].distance", "distance_mm", time="timestamp")
    assert "without a time" in warned({"history": [{"timestamp": stated, "distance": 900}]}, field)


def test_paths_reach_into_objects_and_pick_from_lists() -> None:
    output = {
        "messages": [[{"measurementId": 4097, "value": 21.5}, {"measurementId": "4098", "value": 60}]],
        "sensor": {"PM2.5": 12},
        "samples": [7, 8],
        "PM10": 3,
    }
    fields = [
        VendorField("messages[][measurementId=4097].value", "temperature_c"),
        VendorField("messages[][measurementId=4098].value", "humidity_pct"),
        VendorField("sensor.PM2.5", "pm2_5_ug_m3"),
        VendorField("samples[1]", "depth_mm"),
        VendorField("samples[9]", "distance_mm"),
        VendorField("PM10.value", "pm10_ug_m3"),
    ]
    assert {reading.quantity: reading.value for reading in read_output(output, fields).readings} == {
        "temperature_c": 21.5,
        "humidity_pct": 60.0,
        "pm2_5_ug_m3": 12.0,
        "depth_mm": 8.0,
    }


def test_of_two_names_for_one_quantity_the_first_of_the_table_counts() -> None:
    fields = [VendorField("depth", "depth_mm", 10.0), VendorField("level", "depth_mm", 10.0)]
    assert [reading.value for reading in read_output({"level": 7}, fields).readings] == [70.0]
    assert [reading.value for reading in read_output({"level": 7, "depth": 5}, fields).readings] == [50.0]


def test_names_are_found_in_other_case_unless_exactness_is_asked_for() -> None:
    field = VendorField("bat_v", "battery_v")
    assert one({"BatV": 3.6}, field).value == 3.6
    assert read_output({"BatV": 3.6}, [field], lenient=False).readings == ()


def test_volts_under_the_name_of_a_percentage_are_volts() -> None:
    assert one({"battery": "3.612 V"}, VendorField("battery", "battery_pct"))[:3] == ("battery_v", 3.612, "V")


def test_an_output_that_says_nothing_we_know_names_what_it_says() -> None:
    assert "firmware, hardware" in warned({"firmware": "1.2", "hardware": "2.0"}, DISTANCE)
    assert read_output({}, [DISTANCE]).warnings == ()


@pytest.mark.parametrize("output", [None, 5, "text", True])
def test_an_output_that_is_no_object_is_an_error(output: object) -> None:
    assert read_output(output, [DISTANCE]).errors


@pytest.mark.parametrize(
    "field",
    [
        VendorField("a[x]", "fill_pct"),
        VendorField("a..b", "fill_pct"),
        VendorField("a", "fill_pct", scale=0.0, absent=(9,)),
        VendorField("a", "no_such_quantity"),
    ],
)
def test_an_entry_that_makes_no_sense_does_not_cost_the_other_values(field: VendorField) -> None:
    decoded = read_output({"a": 5, "distance": 900}, [field, DISTANCE])
    assert decoded.errors == ()
    assert ("distance_mm", 900.0) in [reading[:2] for reading in decoded.readings]


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ({"battery": 92, "distance": 2116, "position": "tilt"},
         {"battery_pct": 92, "distance_mm": 2116, "tilt": 1}),
        ({"Bat": "3.612 V", "Distance": "2821 mm"}, {"battery_v": 3.612, "distance_mm": 2821}),
        ({"BatV": 3.1, "TempC_SHT": "28.10", "Hum_SHT": "81.5"},
         {"battery_v": 3.1, "temperature_c": 28.1, "humidity_pct": 81.5}),
        ({"distance": {"value": 1.2, "unit": "m"}, "battery_voltage": {"value": 3.0, "unit": "V"}},
         {"distance_mm": 1200, "battery_v": 3}),
        ({"PM2.5": 12, "PM10": 25, "o3": 40}, {"pm2_5_ug_m3": 12, "pm10_ug_m3": 25}),
        ({"water_level_cm": 31, "battery_mv": 3600}, {"depth_mm": 310, "battery_v": 3.6}),
        ({"rainfall_total": 12.5, "temperature_f": 212.0}, {"rain_total_mm": 12.5, "temperature_c": 100}),
    ],
)  # fmt: skip
def test_a_model_nobody_knows_is_read_by_common_names(
    output: Mapping[str, object], expected: Mapping[str, float]
) -> None:
    read = read_output(output, GENERIC_FIELDS)
    assert {reading.quantity: pytest.approx(reading.value) for reading in read.readings} == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(
            st.sampled_from(["distance", "value", "unit", "timestamp", "history", "battery"]),
            inside,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(output=JSON)
def test_no_output_makes_it_raise_or_gives_a_number_that_is_none(output: object) -> None:
    fields = (*GENERIC_FIELDS, VendorField("history[].distance", "distance_mm", time="timestamp"))
    for reading in read_output(output, fields).readings:
        assert math.isfinite(reading.value)
