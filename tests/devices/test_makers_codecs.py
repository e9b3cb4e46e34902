"""The tables that read what codecs of Dragino and Decentlab give, and the downlinks those devices take."""

from typing import Any

import pytest

from devices.models import MODELS, Model
from devices.readings import Qc
from devices.vendor_reading import read_output

OURS = {name: model for name, model in MODELS.items() if model.maker in ("Dragino", "Decentlab")}


@pytest.mark.parametrize(
    ("model", "interval_s", "expected"),
    [
        # The maker's published example: a period of 600 s, without saving it.
        ("decentlab/dl-mbx", 600, (1, "000102587e51")),
        ("dragino/dds75-lb", 60, (2, "0100003c")),
        ("dragino/ps-lb", 1200, (2, "010004b0")),
    ],
)
def test_a_downlink_changes_how_often_a_device_reports(
    model: str, interval_s: int, expected: tuple[int, str]
) -> None:
    encode_interval = MODELS[model].encode_interval
    assert encode_interval is not None
    f_port, payload = encode_interval(interval_s)
    assert (f_port, payload.hex()) == expected


@pytest.mark.parametrize("model", OURS.values(), ids=OURS)
def test_every_device_refuses_an_interval_it_cannot_keep(model: Model) -> None:
    assert model.encode_interval is not None
    for interval_s in (0, -60, 0x1000000):
        with pytest.raises(ValueError, match="is no interval"):
            model.encode_interval(interval_s)


@pytest.mark.parametrize("model", OURS.values(), ids=OURS)
def test_every_quantity_has_its_name_in_the_makers_codec(model: Model) -> None:
    named = {field.quantity for field in model.fields}
    # WSC1-L: the maker's `bat` has a scale that is not confirmed.
    assert named | ({"battery_v"} if model.name == "dragino/wsc1-l" else set()) == set(model.quantities)


def _value(value: float, unit: str | None = None) -> dict[str, Any]:
    return {"displayName": "a name", "value": value, "unit": unit}


#: Model, port, payload, and what a codec of the maker gives for it.
OUTPUTS: list[tuple[str, int, str, dict[str, Any]]] = [
    (
        "dragino/dds75-lb",
        2,
        "0B490B0500010501",
        {
            "Node_type": "DDS75-LB",
            "Bat": 2.889,
            "Distance": 2821,
            "Interrupt_flag": 0,
            "TempC_DS18B20": "26.10",
        },
    ),
    ("dragino/dds75-lb", 2, "0E1C001400000001", {"Bat": 3.612, "Distance": 20, "TempC_DS18B20": "0.00"}),
    ("dragino/dds75-lb", 2, "0E1C000000000000", {"Bat": 3.612, "Distance": 0, "TempC_DS18B20": "0.00"}),
    (
        "dragino/ldds75",
        2,
        "0E1C0B0500010501",
        {"Bat": "3.612 V", "Distance": "2821 mm", "TempC_DS18B20": "26.10 °C", "Sensor_flag": 1},
    ),
    ("dragino/ldds75", 2, "0E1C00", {"Bat": 3.612, "Distance": "No Sensor", "Interrupt_status": 0}),
    ("dragino/ldds75", 2, "0E1C0B0500", {"value": 2821, "distance": 3612, "Bat": 3.612}),
    (
        "dragino/dds45-lb",
        2,
        "0B490B0500010501",
        {"battery": 2.889, "distance": 2821, "temperature_pro": "26.10", "sensor_flag": 1},
    ),
    (
        "dragino/lds12-lb",
        2,
        "0E1C01050B0501D7001C01",
        {"Bat": 3.612, "TempC_DS18B20": 26.1, "Lidar_distance": 282.1, "Lidar_signal": 471, "Lidar_temp": 28},
    ),
    (
        "dragino/lds12-lb",
        2,
        "0E1C00000B050064001C01",
        {"Bat": 3.612, "TempC_DS18B20": 0, "Lidar_distance": 282.1, "Lidar_signal": 100, "Lidar_temp": 28},
    ),
    (
        "dragino/mds120-lb",
        2,
        "0E1C076C00010501",
        {"Bat": 3.612, "Distance": 1900, "TempC_DS18B20": "26.10"},
    ),
    ("dragino/mds200-lb", 2, "0E1C076709BC00", {"Bat": 3.612, "dis1": 1895, "dis2": 2492, "DALARM_count": 0}),
    ("dragino/mds200-lb", 2, "0E1C0000000000", {"battery": 3.612, "distance1": 0, "distance2": 0}),
    (
        "dragino/ps-lb",
        2,
        "0E1C00052EE0000000",
        {"Bat_V": 3.612, "Probe_mod": 0, "IDC_intput_mA": 12.0, "VDC_intput_V": 0, "Water_deep_cm": 250},
    ),
    (
        "dragino/ps-lb",
        2,
        "0E1C00050C80000000",
        {"Bat_V": 3.612, "Probe_mod": "0005", "IDC_intput_mA": 3.2, "VDC_intput_V": 0, "Water_deep_cm": 0},
    ),
    (
        "dragino/ps-lb",
        2,
        "0E1C000555F0000000",
        {
            "Bat_V": 3.612,
            "Probe_mod": "0005",
            "IDC_intput_mA": 22.0,
            "VDC_intput_V": 0,
            "Water_deep_cm": 562.5,
        },
    ),
    (
        "dragino/wsc1-l",
        2,
        "06020108070201640802274809020 00A0A0200230B02002D".replace(" ", ""),
        {
            "TEM": 26.4,
            "HUM": 35.6,
            "pressure": 1005.6,
            "rain_gauge": 1.0,
            "PM2_5": 35,
            "PM10": 45,
            "wind_speed": "No sensor",
        },
    ),
    (
        "dragino/wsc1-l",
        2,
        "060202FE070203FE080200000902" + "03FE0A0203FE0B0203FE",
        {
            "TEM": "No sensor",
            "HUM": 102.2,
            "pressure": "No sensor",
            "rain_gauge": 102.2,
            "PM2_5": 1022,
            "PM10": 1022,
        },
    ),
    (
        "dragino/aqs02-l",
        2,
        "0E1C010B02C92750000900",
        {
            "BatV": 3.612,
            "temperature": 26.7,
            "humidity": 71.3,
            "air_pressure": 1006.4,
            "co": 9,
            "COH_flag": "False",
        },
    ),
    (
        "decentlab/dl-mbx",
        1,
        "02012f000304d200010bb1",
        {
            "protocol_version": 2,
            "device_id": 303,
            "distance": _value(1234, "mm"),
            "number_of_valid_samples": _value(1),
            "battery_voltage": _value(2.993, "V"),
        },
    ),
    (
        "decentlab/dl-mbx",
        1,
        "02012f0003000000000bb1",
        {
            "distance": _value(0, "mm"),
            "number_of_valid_samples": _value(0),
            "battery_voltage": _value(2.993, "V"),
        },
    ),
    (
        "decentlab/dl-lid",
        1,
        "0211c90003119b117611bc119e118a119411a811a81194006401990abd",
        {
            "distance_average": _value(4507, "mm"),
            "distance_median": _value(4510, "mm"),
            "number_of_samples": _value(100),
            "battery_voltage": _value(2.749, "V"),
        },
    ),
    (
        "decentlab/dl-ctd10",
        1,
        "0207d9000390888081006400000c60",
        {
            "water_depth": _value(4232, "mm"),
            "temperature": _value(12.9, "°C"),
            "electrical_conductivity": _value(100, "µS⋅cm⁻¹"),
            "freezing_flag": _value(0),
            "battery_voltage": _value(3.168, "V"),
        },
    ),
    (
        "decentlab/dl-atm41",
        1,
        "02035a0003800a8000800080008009812b8014810880b4a57c820c810980027fe88056800880040bf5",
        {
            "precipitation": _value(0, "mm"),
            "air_temperature": _value(26.4, "°C"),
            "atmospheric_pressure": _value(95.96, "kPa"),
            "relative_humidity": _value(52.4, "%"),
            "wind_speed": _value(0.09, "m⋅s⁻¹"),
            "battery_voltage": _value(3.061, "V"),
        },
    ),
    (
        "decentlab/dl-pm",
        1,
        "021b50000f0c25002500270027002701f50107012c012d012d012d67bd618dbd10",
        {
            "pm2_5_mass_concentration": _value(3.9, "µg⋅m⁻³"),
            "pm10_mass_concentration": _value(3.9, "µg⋅m⁻³"),
            "air_humidity": _value(41.63221740722656, "%"),
            "air_temperature": _value(24.35660461425781, "°C"),
            "barometric_pressure": _value(96800, "Pa"),
            "battery_voltage": _value(3.109, "V"),
        },
    ),
]


@pytest.mark.parametrize(
    ("name", "f_port", "payload", "output"),
    OUTPUTS,
    ids=[f"{name} {payload[:24]}" for name, _port, payload, _output in OUTPUTS],
)
def test_the_makers_codec_and_ours_mean_the_same(
    name: str, f_port: int, payload: str, output: dict[str, Any]
) -> None:
    native = MODELS[name].decode(bytes.fromhex(payload), f_port)
    theirs = read_output(output, MODELS[name].fields)
    assert native.errors == theirs.errors == ()
    ours = {one.quantity: one for one in native.readings}
    read = {one.quantity: one for one in theirs.readings}
    assert read.keys() == ours.keys()
    for quantity, one in ours.items():
        assert read[quantity].value == pytest.approx(one.value)
        assert read[quantity]._replace(value=0.0) == one._replace(value=0.0)


def test_a_word_for_an_invalid_reading_fails_as_the_number_does() -> None:
    output = {"Bat": 3.612, "Distance": "Invalid Reading", "TempC_DS18B20": "26.10"}
    read = read_output(output, MODELS["dragino/mds120-lb"].fields)
    assert [(one.quantity, one.qc) for one in read.readings if one.quantity == "distance_mm"] == [
        ("distance_mm", Qc.FAIL)
    ]
