"""Milesight, SenseCAP and Pepperl+Fuchs: decode against encode, their makers' codecs, and their downlinks."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.milesight import em400
from devices.milesight.am319_o3.decode import O3_UG_M3_A_PPM
from devices.milesight.am319_o3.encode import Air
from devices.milesight.am319_o3.encode import encode as encode_am319
from devices.milesight.em410_rdl.encode import encode as encode_em410
from devices.milesight.em500_swl.encode import encode as encode_swl
from devices.milesight.wts506.encode import Weather
from devices.milesight.wts506.encode import encode as encode_wts506
from devices.models import MODELS, Model, match
from devices.pepperl_fuchs.wilsen_sonic_level.encode import encode as encode_wilsen
from devices.readings import Qc
from devices.sensecap import records
from devices.sensecap.s2120.encode import encode as encode_s2120
from devices.uplinks import Measured
from devices.vendor_reading import read_output

OURS = {name: model for name, model in MODELS.items() if name.split("/")[0] not in ("dragino", "decentlab")}
MILESIGHT = {name: model for name, model in OURS.items() if model.maker == "Milesight"}

TIMES = st.integers(0, 2**32 - 1)
BATTERIES = st.integers(0, 100)
TENTHS = st.integers(-400, 850)


def _readings(model: str, sent: tuple[int, bytes]) -> tuple[Measured, ...]:
    f_port, payload = sent
    decoded = MODELS[model].decode(payload, f_port)
    assert decoded.errors == ()
    assert decoded.warnings == ()
    return decoded.readings


def _now(readings: tuple[Measured, ...]) -> dict[str, float]:
    return {one.quantity: one.value for one in readings if one.time_ms is None}


def _stored(readings: tuple[Measured, ...]) -> list[tuple[str, int, float]]:
    return [(one.quantity, one.time_ms // 1000, one.value) for one in readings if one.time_ms is not None]


@pytest.mark.parametrize("model", ["milesight/em400-mud", "milesight/em400-tld"])
@given(distance=st.integers(0, 65535), tenths=TENTHS, battery=BATTERIES, tilted=st.booleans())
def test_em400_decode_undoes_encode(
    model: str, distance: int, tenths: int, battery: int, tilted: bool
) -> None:
    sent = em400.encode(distance_mm=distance, temperature_c=tenths / 10, battery_pct=battery, tilted=tilted)
    assert _now(_readings(model, sent)) == {
        "distance_mm": distance,
        "temperature_c": tenths / 10,
        "tilt": tilted,
        "battery_pct": battery,
    }


@given(
    distance=st.integers(0, 32767),
    tenths=st.integers(0, 850),
    tilted=st.booleans(),
    history=st.lists(st.tuples(TIMES, st.integers(0, 32767), st.integers(0, 850)), max_size=4),
)
def test_em410_rdl_decode_undoes_encode_with_stored_values(
    distance: int, tenths: int, tilted: bool, history: list[tuple[int, int, int]]
) -> None:
    kept = [(time_s, mm, degrees / 10) for time_s, mm, degrees in history]
    readings = _readings(
        "milesight/em410-rdl",
        encode_em410(distance_mm=distance, temperature_c=tenths / 10, tilted=tilted, history=kept),
    )
    assert _now(readings) == {"distance_mm": distance, "temperature_c": tenths / 10, "tilt": tilted}
    assert _stored(readings) == [
        row
        for time_s, mm, degrees in kept
        for row in (("distance_mm", time_s, mm), ("temperature_c", time_s, degrees))
    ]


@pytest.mark.parametrize("sentinel", [-3, -1])
def test_a_radar_that_saw_nothing_is_never_taken_for_a_level(sentinel: int) -> None:
    _port, payload = encode_em410(distance_mm=sentinel, temperature_c=20.0)
    distances = [
        one for one in MODELS["milesight/em410-rdl"].decode(payload, 85).readings if one.unit == "mm"
    ]
    assert [one.qc for one in distances] == [Qc.FAIL]


@given(
    depth=st.integers(0, 65000),
    battery=st.none() | BATTERIES,
    history=st.lists(st.tuples(TIMES, st.integers(0, 65000)), max_size=4),
)
def test_em500_swl_decode_undoes_encode_with_stored_values(
    depth: int, battery: int | None, history: list[tuple[int, int]]
) -> None:
    readings = _readings(
        "milesight/em500-swl", encode_swl(depth_cm=depth, battery_pct=battery, history=history)
    )
    assert _now(readings)["depth_mm"] == 10 * depth
    assert _now(readings).get("battery_pct") == battery
    assert _stored(readings) == [("depth_mm", time_s, 10 * cm) for time_s, cm in history]


WEATHER = st.builds(
    Weather,
    rain_total_mm=st.integers(0, 2**32 - 1).map(lambda hundredths: hundredths / 100),
    temperature_c=TENTHS.map(lambda tenths: tenths / 10),
    humidity_pct=st.integers(0, 200).map(lambda halves: halves / 2),
    pressure_hpa=st.integers(3000, 11000).map(lambda tenths: tenths / 10),
)


@given(now=WEATHER, battery=BATTERIES, history=st.lists(st.tuples(TIMES, WEATHER), max_size=3))
def test_wts506_decode_undoes_encode_with_stored_values(
    now: Weather, battery: int, history: list[tuple[int, Weather]]
) -> None:
    readings = _readings("milesight/wts506", encode_wts506(now, battery_pct=battery, history=history))
    assert _now(readings) == {**now._asdict(), "battery_pct": battery}
    assert sorted(_stored(readings)) == sorted(
        (quantity, time_s, value) for time_s, one in history for quantity, value in one._asdict().items()
    )


AIR = st.builds(
    Air,
    pm2_5_ug_m3=st.integers(0, 2000),
    pm10_ug_m3=st.integers(0, 5000),
    o3_ppm=st.integers(0, 1000).map(lambda hundredths: hundredths / 100),
    temperature_c=TENTHS.map(lambda tenths: tenths / 10),
    humidity_pct=st.integers(0, 200).map(lambda halves: halves / 2),
    pressure_hpa=st.integers(3000, 11000).map(lambda tenths: tenths / 10),
)


def _as_measured(air: Air) -> dict[str, float]:
    values = air._asdict()
    values["o3_ug_m3"] = values.pop("o3_ppm") * O3_UG_M3_A_PPM
    return values


@given(now=AIR, history=st.lists(st.tuples(TIMES, AIR), max_size=3))
def test_am319_o3_decode_undoes_encode_with_stored_values(now: Air, history: list[tuple[int, Air]]) -> None:
    readings = _readings("milesight/am319-o3", encode_am319(now, battery_pct=80, history=history))
    assert _now(readings) == pytest.approx({**_as_measured(now), "battery_pct": 80})
    expected = sorted(
        (quantity, time_s, value) for time_s, one in history for quantity, value in _as_measured(one).items()
    )
    stored = sorted(_stored(readings))
    assert [row[:2] for row in stored] == [row[:2] for row in expected]
    assert [row[2] for row in stored] == pytest.approx([row[2] for row in expected])


def test_ozone_is_weighed_at_25_degrees() -> None:
    assert pytest.approx(O3_UG_M3_A_PPM / 1000, abs=0.005) == 1.96


@given(
    distance=st.integers(0, 65535),
    fill=st.integers(0, 100),
    temperature=st.floats(-40, 85, width=32),
    decivolts=st.integers(0, 255),
)
def test_wilsen_decode_undoes_encode(distance: int, fill: int, temperature: float, decivolts: int) -> None:
    sent = encode_wilsen(
        distance_mm=distance, fill_pct=fill, temperature_c=temperature, battery_v=decivolts / 10
    )
    assert _now(_readings("pepperl-fuchs/wilsen-sonic-level", sent)) == {
        "distance_mm": distance,
        "temperature_c": temperature,
        "battery_v": decivolts / 10,
    }


def test_wilsens_own_fill_counts_only_where_it_gives_no_distance() -> None:
    sent = encode_wilsen(distance_mm=None, fill_pct=93, temperature_c=20.0, battery_v=3.4)
    assert _now(_readings("pepperl-fuchs/wilsen-sonic-level", sent))["fill_pct"] == 93


@given(
    tenths=TENTHS,
    humidity=st.integers(0, 100),
    pressure=st.integers(3000, 11000),
    rain=st.integers(0, 2**32 - 1),
    battery=st.sampled_from((None, 0, 100)),
)
def test_s2120_decode_undoes_encode(
    tenths: int, humidity: int, pressure: int, rain: int, battery: int | None
) -> None:
    sent = encode_s2120(
        temperature_c=tenths / 10,
        humidity_pct=humidity,
        pressure_hpa=pressure / 10,
        rain_total_mm=rain / 1000,
        battery_pct=battery,
    )
    assert _now(_readings("sensecap/s2120", sent)) == {
        "temperature_c": tenths / 10,
        "humidity_pct": humidity,
        "pressure_hpa": pressure / 10,
        "rain_total_mm": rain / 1000,
        **({} if battery is None else {"battery_pct": battery}),
    }


def test_an_older_s2120_gives_no_rain_and_says_why() -> None:
    f_port, payload = encode_s2120(temperature_c=20.0, humidity_pct=50, pressure_hpa=1000.0)
    decoded = MODELS["sensecap/s2120"].decode(payload, f_port)
    assert "rain_total_mm" not in {one.quantity for one in decoded.readings}
    assert "a rate of rain only" in decoded.warnings[0]


@given(body=st.binary(min_size=7, max_size=7), other=st.integers(1, 0xFFFF))
def test_the_older_records_are_known_by_their_checksum(body: bytes, other: int) -> None:
    right = records.checksum(body)
    wrong = (int.from_bytes(right) ^ other).to_bytes(2)
    assert records.are_records(body + right)
    assert not records.are_records(body + wrong)


@pytest.mark.parametrize(
    ("model", "interval_s", "expected"),
    [
        ("milesight/em310-udl", 180, (85, "ff03b400")),
        ("milesight/em500-swl", 600, (85, "ff035802")),
        ("milesight/wts506", 64800, (85, "ff0320fd")),
        ("milesight/em410-rdl", 600, (85, "ff8e000a00")),
        ("milesight/em410-rdl", 90, (85, "ff8e000200")),
    ],
)
def test_a_downlink_changes_how_often_a_device_reports(
    model: str, interval_s: int, expected: tuple[int, str]
) -> None:
    encode_interval = MODELS[model].encode_interval
    assert encode_interval is not None
    f_port, payload = encode_interval(interval_s)
    assert (f_port, payload.hex()) == expected


@pytest.mark.parametrize("model", MILESIGHT.values(), ids=MILESIGHT)
def test_every_milesight_refuses_an_interval_it_cannot_keep_and_answers_one_it_can(model: Model) -> None:
    assert model.encode_interval is not None
    for interval_s in (0, -60, 59, 90000):
        with pytest.raises(ValueError, match="is no interval"):
            model.encode_interval(interval_s)
    _port, command = model.encode_interval(180)
    for answer in (command, b"\xfe" + command[1:]):
        decoded = model.decode(answer, 85)
        assert (decoded.readings, decoded.warnings, decoded.errors) == ((), (), ())


@pytest.mark.parametrize("name", ["sensecap/s2120", "pepperl-fuchs/wilsen-sonic-level"])
def test_a_device_without_a_confirmed_downlink_has_none(name: str) -> None:
    assert MODELS[name].encode_interval is None


#: Model, payload, and what a codec of the maker gives for it.
OUTPUTS: list[tuple[str, str, dict[str, Any]]] = [
    ("em310-udl", "01755C03824408040001", {"battery": 92, "distance": 2116, "position": "tilt"}),
    ("em310-udl", "01755C03824408040001", {"battery": 92, "distance": 2116, "tilt": "tilt"}),
    (
        "em400-mud",
        "01755C0367010104824408050000",
        {"battery": 92, "temperature": 25.7, "distance": 2116, "position": "normal"},
    ),
    (
        "em400-tld",
        "8367e800018482410601",
        {
            "temperature": 23.2,
            "temperature_alarm": "threshold_alarm",
            "distance": 1601,
            "distance_alarm": "threshold_alarm",
        },
    ),
    (
        "em410-rdl",
        "0175640367100104822C0105000106C72003",
        {
            "battery": 100,
            "temperature": 27.2,
            "distance": 300,
            "position": "tilt",
            "radar_signal_rssi": 8,
        },
    ),
    (
        "em410-rdl",
        "84825E0101",
        {"distance": 350, "event": [{"distance": 350, "distance_alarm": "threshold alarm"}]},
    ),
    (
        "em410-rdl",
        "B482500001",
        {"event": [{"distance": 80, "distance_exception": "blind spot alarm"}]},
    ),
    ("em410-rdl", "B482500001", {"distance": 80, "distance_exception": "blind alarm"}),
    (
        "em410-rdl",
        "B4825E0100",
        {"event": [{"distance": 350, "distance_exception": "blind spot alarm release"}]},
    ),
    ("em410-rdl", "B482FDFF02", {"event": [{"distance_exception": "no target"}]}),
    ("em410-rdl", "B482FFFF03", {"distance": -1, "distance_exception": "sensor exception"}),
    ("em410-rdl", "0482FDFF", {"distance": -3}),
    ("em410-rdl", "B4825E0107", {"event": [{"distance": 350, "distance_exception": "unknown"}]}),
    ("em410-rdl", "0482FEFF0367FEFF01754B", {"distance": -2, "temperature": -0.2, "battery": 75}),
    (
        "em410-rdl",
        "20CE449D036B4C041001000000",
        {"history": [{"timestamp": 1795398980, "distance": 1100, "temperature": 27.2}]},
    ),
    (
        "em410-rdl",
        "20CE449D036B5000FEFF000024" + "20CE9C9F036BFDFFFFFF000000",
        {
            "history": [
                {
                    "timestamp": 1795398980,
                    "distance": 80,
                    "temperature_sensor_status": "disabled",
                    "event": ["blind spot alarm", "tilt alarm"],
                },
                {
                    "timestamp": 1795399580,
                    "distance_sensor_status": "no target",
                    "temperature_sensor_status": "sensor exception",
                },
            ]
        },
    ),
    ("em500-swl", "01755C03770200", {"battery": 92, "depth": 2}),
    ("em500-swl", "01755C03770200", {"battery": 92, "level": 2}),
    ("em500-swl", "0377FFFF", {"depth_error": "collection failed"}),
    (
        "em500-swl",
        "20CE449D036B960020CE9C9F036BFDFF",
        {
            "history": [
                {"timestamp": 1795398980, "depth": 150},
                {"timestamp": 1795399580, "depth_error": "out of range"},
            ]
        },
    ),
    (
        "em500-udl",
        "01756403821E0020CE449D036B4C04",
        {"battery": 100, "distance": 30, "history": [{"timestamp": 1795398980, "distance": 1100}]},
    ),
    (
        "wts506",
        "01756403671001046871058400010673AA27079292010877C41325",
        {
            "battery": 100,
            "humidity": 56.5,
            "pressure": 1015.4,
            "temperature": 27.2,
            "wind_direction": 25.6,
            "wind_speed": 40.2,
            "rainfall_counter": 37,
            "rainfall_total": 50.6,
        },
    ),
    (
        "wts506",
        "20CEE59BE164FF00794F27BA0432008D13",
        {
            "history": [
                {
                    "timestamp": 1692507109,
                    "temperature": 25.5,
                    "humidity": 60.5,
                    "pressure": 1006.3,
                    "wind_direction": 121,
                    "wind_speed": 5,
                    "rainfall_total": 50.05,
                }
            ]
        },
    ),
    (
        "am319-o3",
        "0367EE0004687C05000106CB02077DA803087D2500097366270B7D20000C7D30000D7D0500",
        {
            "temperature": 23.8,
            "humidity": 62,
            "pir": "trigger",
            "light_level": 2,
            "co2": 936,
            "tvoc": 0.37,
            "pressure": 1008.6,
            "pm2_5": 32,
            "pm10": 48,
            "o3": 0.05,
        },
    ),
    ("am319-o3", "0B7DFFFF0D7DFEFF", {"pm2_5": 65535, "o3": 655.34}),
    (
        "am319-o3",
        "20CE449D036BEE007C000102A80325006627200030000500",
        {
            "history": [
                {
                    "timestamp": 1795398980,
                    "temperature": 23.8,
                    "humidity": 62,
                    "pressure": 1008.6,
                    "pm2_5": 32,
                    "pm10": 48,
                    "o3": 0.05,
                }
            ]
        },
    ),
    (
        "wilsen-sonic-level",
        "040B010031030B065D06020141A6666603510122",
        {
            "battery_vol": 3.4,
            "fillinglvl": 93,
            "payload": "040B010031030B065D06020141A6666603510122",
            "proxx": 49,
            "temp": 20.8,
        },
    ),
    (
        "wilsen-sonic-level",
        "040B0206B6030B063C06020141B5999A03510124",
        {"battery_vol": 3.6, "fillinglvl": 60, "proxx_mm": 1718, "temp": 22.7},
    ),
    (
        "s2120",
        "01011098530000010210A87A0000AF51",
        {
            "valid": True,
            "messages": [
                {"type": "report_telemetry", "measurementId": 4097, "measurementValue": 21.4},
                {"type": "report_telemetry", "measurementId": 4098, "measurementValue": 31.4},
            ],
        },
    ),
    (
        "s2120",
        "0000000101000100070064003C00012001000000002890",
        {
            "messages": [
                {"type": "upload_version", "hardwareVersion": "1.0", "softwareVersion": "1.1"},
                {"type": "upload_battery", "battery": 100},
                {"type": "upload_interval", "interval": 3600},
                {"type": "report_remove_sensor", "channel": 1},
            ]
        },
    ),
    (
        "s2120",
        "4AFFCE43000000000000004B011A0000000027024C00110000C3820364",
        {
            "messages": [
                [
                    {"measurementValue": "-5", "measurementId": "4097", "type": "Air Temperature"},
                    {"measurementValue": 67, "measurementId": "4098", "type": "Air Humidity"},
                ],
                [
                    {"measurementValue": 0, "measurementId": "4113", "type": "Rain Gauge"},
                    {"measurementValue": 99860, "measurementId": "4101", "type": "Barometric Pressure"},
                ],
                [{"measurementValue": 50.05, "measurementId": "4213", "type": "Rain Accumulation"}],
                [{"Battery(%)": 100}],
            ]
        },
    ),
]


@pytest.mark.parametrize(
    ("product", "payload", "output"),
    OUTPUTS,
    ids=[f"{number} {product} {payload[:16]}" for number, (product, payload, _output) in enumerate(OUTPUTS)],
)
def test_the_makers_codec_and_ours_mean_the_same(product: str, payload: str, output: dict[str, Any]) -> None:
    model = next(model for name, model in OURS.items() if name.endswith(f"/{product}"))
    native = model.decode(bytes.fromhex(payload), 85)
    theirs = read_output(output, model.fields)
    assert native.errors == theirs.errors == theirs.warnings == ()
    ours = {(one.quantity, one.time_ms): one for one in native.readings}
    read = {(one.quantity, one.time_ms): one for one in theirs.readings}
    assert read.keys() == ours.keys()
    for key, one in ours.items():
        assert read[key].qc == one.qc
        assert read[key].unit == one.unit
        if one.qc < Qc.FAIL:
            assert read[key].value == pytest.approx(one.value)


def test_a_distance_of_a_doubtful_scale_is_not_believed() -> None:
    output = {"distance": 100, "distance_mutation": 25, "distance_alarm": "mutation_alarm"}
    read = read_output(output, MODELS["milesight/em500-udl"].fields)
    assert [one.qc for one in read.readings] == [Qc.FAIL]


@pytest.mark.parametrize("model", OURS.values(), ids=OURS)
def test_every_quantity_has_its_name_in_the_makers_codec(model: Model) -> None:
    # WILSEN: the device's own fill never stands without a distance there.
    left_out = {"fill_pct"} if model.name.startswith("pepperl-fuchs/") else set()
    assert {field.quantity for field in model.fields} | left_out == set(model.quantities)


@pytest.mark.parametrize(
    ("hint", "name"),
    [
        ("milesight-iot/em400-mud", "milesight/em400-mud"),
        ("EM410-RDL", "milesight/em410-rdl"),
        ("Milesight AM319-O3 (AS923)", "milesight/am319-o3"),
        ("pepperl-fuchs/wilsen-sonic-level", "pepperl-fuchs/wilsen-sonic-level"),
        ("sensecap/sensecaps2120-8-in-1", "sensecap/s2120"),
    ],
)
def test_a_network_servers_name_points_at_the_model(hint: str, name: str) -> None:
    found = match(hint)
    assert found is not None
    assert found.name == name
