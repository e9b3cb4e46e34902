"""Decentlab: decode against encode."""

from hypothesis import given
from hypothesis import strategies as st

from devices.decentlab.dl_atm41.encode import encode as encode_atm41
from devices.decentlab.dl_ctd10.encode import encode as encode_ctd10
from devices.decentlab.dl_lid.encode import encode as encode_lid
from devices.decentlab.dl_mbx.encode import encode as encode_mbx
from devices.models import MODELS
from devices.readings import Qc
from devices.uplinks import Measured


def _readings(model: str, f_port: int, payload: bytes) -> tuple[Measured, ...]:
    decoded = MODELS[model].decode(payload, f_port)
    assert decoded.errors == ()
    return decoded.readings


def _values(model: str, f_port: int, payload: bytes) -> dict[str, float]:
    return {one.quantity: one.value for one in _readings(model, f_port, payload)}


@given(mm=st.integers(0, 65535), samples=st.integers(0, 20), millivolts=st.integers(0, 65535))
def test_decentlabs_distances_decode_what_was_encoded(mm: int, samples: int, millivolts: int) -> None:
    battery_v = millivolts / 1000
    for model, payload in (
        ("decentlab/dl-mbx", encode_mbx(distance_mm=mm, battery_v=battery_v, samples=samples)),
        ("decentlab/dl-lid", encode_lid(distance_mm=mm, battery_v=battery_v, samples=samples)),
    ):
        battery, distance = _readings(model, *payload)
        assert (battery.value, distance.value) == (battery_v, mm)
        if samples == 0 or mm == 0:
            assert distance.qc == Qc.FAIL


@given(mm=st.integers(-32768, 32767), frozen=st.booleans())
def test_dl_ctd10_decodes_what_was_encoded(mm: int, frozen: bool) -> None:
    _battery, depth = _readings(
        "decentlab/dl-ctd10", *encode_ctd10(depth_mm=mm, battery_v=3.0, frozen=frozen)
    )
    assert depth.value == mm
    assert (depth.qc == Qc.GOOD) == (-500 <= mm <= 11000 and not frozen)


@given(
    rain_um=st.integers(0, 32767),
    celsius=st.integers(-400, 850),
    humidity=st.integers(0, 1000),
    pressure=st.integers(3000, 11000),
)
def test_dl_atm41_decodes_what_was_encoded(rain_um: int, celsius: int, humidity: int, pressure: int) -> None:
    payload = encode_atm41(
        rain_mm=rain_um / 1000,
        temperature_c=celsius / 10,
        humidity_pct=humidity / 10,
        pressure_hpa=pressure / 10,
        battery_v=3.0,
    )
    assert _values("decentlab/dl-atm41", *payload) == {
        "battery_v": 3.0,
        "rain_mm": rain_um / 1000,
        "temperature_c": celsius / 10,
        "humidity_pct": humidity / 10,
        "pressure_hpa": pressure / 10,
    }
