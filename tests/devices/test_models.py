"""Every model against the payloads kept beside its codec, and decode against encode."""

import json
from importlib import import_module
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decentlab.dl_pm.encode import encode as encode_dl_pm
from devices.dragino.dds75_lb.encode import encode as encode_dds75
from devices.milesight.em310_udl.encode import encode as encode_em310
from devices.milesight.em500_udl.encode import encode as encode_em500
from devices.models import MODELS, Model, match
from devices.quantities import DEVICE_QUANTITIES, QUANTITIES
from devices.uplinks import Measured


def _folder(model: Model) -> str:
    return "devices." + model.name.replace("/", ".").replace("-", "_")


def _vectors(model: Model) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        files(_folder(model)).joinpath("vectors.json").read_text("utf-8")
    )
    return found


CASES = [
    pytest.param(model, vector, id=f"{model.name}: {vector['about']}")
    for model in MODELS.values()
    for vector in _vectors(model)
]


@pytest.mark.parametrize(("model", "vector"), CASES)
def test_payload_decodes_to_what_its_vector_says(model: Model, vector: dict[str, Any]) -> None:
    decoded = model.decode(bytes.fromhex(vector["hex"]), vector["f_port"])
    if "error" in vector:
        assert vector["error"] in "; ".join(decoded.errors)
        assert decoded.readings == ()
        return
    assert decoded.errors == ()
    assert vector.get("warning", "") in "; ".join(decoded.warnings)
    assert bool(decoded.warnings) == ("warning" in vector)
    expected = [Measured(*(tuple(row) if len(row) == 5 else (*row, None))) for row in vector["readings"]]
    assert [one.value for one in decoded.readings] == pytest.approx([one.value for one in expected])
    assert [one._replace(value=0.0) for one in decoded.readings] == [
        one._replace(value=0.0) for one in expected
    ]


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_every_model_has_its_folder_real_payloads_and_broken_ones(model: Model) -> None:
    assert import_module(_folder(model)).MODEL is model
    assert sum("error" not in vector for vector in _vectors(model)) >= 3
    assert sum("error" in vector for vector in _vectors(model)) >= 2


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_every_model_names_only_quantities_that_exist_and_measures_no_others(model: Model) -> None:
    known = {**QUANTITIES, **DEVICE_QUANTITIES}
    assert set(model.quantities) <= set(known)
    for vector in _vectors(model):
        for one in model.decode(bytes.fromhex(vector["hex"]), vector["f_port"]).readings:
            assert one.quantity in model.quantities
            assert one.unit == known[one.quantity].unit


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@given(payload=st.binary(max_size=60), f_port=st.integers(0, 255))
def test_no_payload_makes_a_codec_raise(model: Model, payload: bytes, f_port: int) -> None:
    decoded = model.decode(payload, f_port)
    assert not (decoded.errors and decoded.readings)


def _by_quantity(model: str, f_port: int, payload: bytes) -> dict[str, float]:
    decoded = MODELS[model].decode(payload, f_port)
    assert decoded.errors == ()
    return {one.quantity: one.value for one in decoded.readings}


@given(distance=st.integers(0, 65535), battery=st.integers(0, 100), tilted=st.booleans())
def test_em310_udl_decode_undoes_encode(distance: int, battery: int, tilted: bool) -> None:
    values = _by_quantity(
        "milesight/em310-udl", *encode_em310(distance_mm=distance, battery_pct=battery, tilted=tilted)
    )
    assert values == {"distance_mm": distance, "battery_pct": battery, "tilt": tilted}


@given(
    distance=st.none() | st.integers(0, 65535),
    battery=st.none() | st.integers(0, 100),
    history=st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 65535)), min_size=1, max_size=5),
)
def test_em500_udl_decode_undoes_encode_with_stored_values(
    distance: int | None, battery: int | None, history: list[tuple[int, int]]
) -> None:
    f_port, payload = encode_em500(distance_mm=distance, battery_pct=battery, history=history)
    readings = MODELS["milesight/em500-udl"].decode(payload, f_port).readings
    now = {one.quantity: one.value for one in readings if one.time_ms is None}
    assert now.get("distance_mm") == distance
    assert now.get("battery_pct") == battery
    assert [(one.time_ms, one.value) for one in readings if one.time_ms is not None] == [
        (time_s * 1000, mm) for time_s, mm in history
    ]


@given(
    distance=st.integers(0, 65535),
    battery_mv=st.integers(0, 16383),
    tenths=st.integers(-550, 1250).filter(bool),
)
def test_dds75_lb_decode_undoes_encode(distance: int, battery_mv: int, tenths: int) -> None:
    values = _by_quantity(
        "dragino/dds75-lb",
        *encode_dds75(distance_mm=distance, battery_v=battery_mv / 1000, temperature_c=tenths / 10),
    )
    assert values == {"distance_mm": distance, "battery_v": battery_mv / 1000, "temperature_c": tenths / 10}


@given(
    fine=st.integers(0, 20000),
    coarse=st.integers(0, 50000),
    temperature=st.floats(-40, 85),
    humidity=st.floats(0, 100),
    pressure=st.floats(300, 1100),
)
def test_dl_pm_decode_undoes_encode_to_the_last_bit_it_can_carry(
    fine: int, coarse: int, temperature: float, humidity: float, pressure: float
) -> None:
    f_port, payload = encode_dl_pm(
        battery_v=3.1,
        pm2_5_ug_m3=fine / 10,
        pm10_ug_m3=coarse / 10,
        temperature_c=temperature,
        humidity_pct=humidity,
        pressure_hpa=pressure,
    )
    values = _by_quantity("decentlab/dl-pm", f_port, payload)
    assert values["battery_v"] == 3.1
    assert values["pm2_5_ug_m3"] == fine / 10
    assert values["pm10_ug_m3"] == coarse / 10
    assert values["temperature_c"] == pytest.approx(temperature, abs=0.002)
    assert values["humidity_pct"] == pytest.approx(humidity, abs=0.001)
    assert values["pressure_hpa"] == pytest.approx(pressure, abs=0.011)


@pytest.mark.parametrize(
    ("hint", "name"),
    [
        ("EM310-UDL", "milesight/em310-udl"),
        ("milesight-iot/em500-udl", "milesight/em500-udl"),
        ("Dragino DDS75-LB (AS923)", "dragino/dds75-lb"),
        ("decentlab/dl-pm", "decentlab/dl-pm"),
    ],
)
def test_a_network_servers_name_points_at_the_model(hint: str, name: str) -> None:
    found = match(hint)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("hint", ["", "LoRaWAN class A", "em310"])
def test_a_name_that_points_at_no_model_matches_none(hint: str) -> None:
    assert match(hint) is None
