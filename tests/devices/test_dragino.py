"""Dragino: decode against encode, also of stored values, and the words that are no measurement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.dragino.aqs02_l.decode import CO_UG_M3_A_PPM
from devices.dragino.aqs02_l.encode import encode as encode_aqs02
from devices.dragino.aqs02_l.encode import encode_stored as encode_aqs02_stored
from devices.dragino.dds45_lb.encode import encode as encode_dds45
from devices.dragino.dds75_lb.encode import encode as encode_dds75
from devices.dragino.dds75_lb.encode import encode_stored as encode_dds75_stored
from devices.dragino.ldds75.encode import encode as encode_ldds75
from devices.dragino.ldds75.encode import encode_old as encode_ldds75_old
from devices.dragino.lds12_lb.encode import encode as encode_lds12
from devices.dragino.lds12_lb.encode import encode_stored as encode_lds12_stored
from devices.dragino.mds120_lb.encode import encode as encode_mds120
from devices.dragino.mds120_lb.encode import encode_stored as encode_mds120_stored
from devices.dragino.mds200_lb.encode import encode as encode_mds200
from devices.dragino.mds200_lb.encode import encode_stored as encode_mds200_stored
from devices.dragino.ps_lb.encode import encode as encode_ps
from devices.dragino.ps_lb.encode import encode_stored as encode_ps_stored
from devices.dragino.wsc1_l.encode import encode as encode_wsc1
from devices.models import MODELS
from devices.readings import Qc
from devices.uplinks import Measured

MILLIVOLTS = st.integers(0, 16383)
U16 = st.integers(0, 65535)
TIMES_S = st.integers(0, 2**32 - 1)
TENTHS = st.integers(-550, 1250).filter(bool)


def _readings(model: str, f_port: int, payload: bytes) -> tuple[Measured, ...]:
    decoded = MODELS[model].decode(payload, f_port)
    assert decoded.errors == ()
    return decoded.readings


def _values(model: str, f_port: int, payload: bytes) -> dict[str, float]:
    return {one.quantity: one.value for one in _readings(model, f_port, payload)}


def _stored(model: str, f_port: int, payload: bytes, quantity: str) -> list[tuple[int | None, float]]:
    readings = _readings(model, f_port, payload)
    assert all(one.time_ms is not None for one in readings)
    return [(one.time_ms, one.value) for one in readings if one.quantity == quantity]


@given(mm=U16, millivolts=MILLIVOLTS, tenths=TENTHS)
def test_sensors_of_one_target_decode_what_was_encoded(mm: int, millivolts: int, tenths: int) -> None:
    battery_v, celsius = millivolts / 1000, tenths / 10
    expected = {"distance_mm": mm, "battery_v": battery_v, "temperature_c": celsius}
    for model, encode in (
        ("dragino/dds75-lb", encode_dds75),
        ("dragino/ldds75", encode_ldds75),
        ("dragino/dds45-lb", encode_dds45),
        ("dragino/mds120-lb", encode_mds120),
    ):
        payload = encode(distance_mm=mm, battery_v=battery_v, temperature_c=celsius)
        assert _values(model, *payload) == expected
    laser = encode_lds12(distance_mm=mm, battery_v=battery_v, temperature_c=celsius)
    assert _values("dragino/lds12-lb", *laser) == expected


@given(mm=st.none() | U16, millivolts=MILLIVOLTS)
def test_ldds75_of_earlier_firmware_decodes_what_was_encoded(mm: int | None, millivolts: int) -> None:
    values = _values("dragino/ldds75", *encode_ldds75_old(distance_mm=mm, battery_v=millivolts / 1000))
    assert values == {"distance_mm": mm or 0, "battery_v": millivolts / 1000}


@given(nearest=U16, behind=U16, millivolts=MILLIVOLTS)
def test_mds200_lb_keeps_the_nearest_target(nearest: int, behind: int, millivolts: int) -> None:
    payload = encode_mds200(nearest_mm=nearest, behind_mm=behind, battery_v=millivolts / 1000)
    assert _values("dragino/mds200-lb", *payload) == {"distance_mm": nearest, "battery_v": millivolts / 1000}


@given(values=st.lists(st.tuples(TIMES_S, U16, TENTHS), min_size=1, max_size=5))
def test_stored_distances_come_back_with_their_own_times(values: list[tuple[int, int, int]]) -> None:
    expected = [(time_s * 1000, mm) for time_s, mm, _tenths in values]
    pairs = [(time_s, mm) for time_s, mm, _tenths in values]
    payload = encode_dds75_stored([(time_s, mm, tenths / 10) for time_s, mm, tenths in values])
    assert _stored("dragino/dds75-lb", *payload, "distance_mm") == expected
    assert _stored("dragino/dds45-lb", *payload, "distance_mm") == expected
    assert _stored("dragino/dds75-lb", *payload, "temperature_c") == [
        (time_s * 1000, tenths / 10) for time_s, _mm, tenths in values
    ]
    assert _stored("dragino/mds120-lb", *encode_mds120_stored(pairs), "distance_mm") == expected
    assert _stored("dragino/mds200-lb", *encode_mds200_stored(pairs), "distance_mm") == expected
    laser = encode_lds12_stored([(time_s, mm, 500) for time_s, mm in pairs])
    assert _stored("dragino/lds12-lb", *laser, "distance_mm") == expected


@given(microamperes=st.integers(3600, 21000), span_m=st.integers(1, 255), time_s=TIMES_S)
def test_ps_lb_turns_the_current_of_a_sound_loop_into_depth(
    microamperes: int, span_m: int, time_s: int
) -> None:
    loop_ma = microamperes / 1000
    now = _readings("dragino/ps-lb", *encode_ps(loop_ma=loop_ma, span_m=span_m))[1]
    assert now.quantity == "depth_mm"
    assert now.qc == Qc.GOOD
    assert now.value == pytest.approx(max(0.0, (loop_ma - 4) * span_m * 100 / 16 * 10))
    then = _readings("dragino/ps-lb", *encode_ps_stored([(time_s, loop_ma)], span_m))
    assert then == (now._replace(time_ms=time_s * 1000),)


@given(
    microamperes=st.integers(0, 3599) | st.integers(21001, 65535),
    span_m=st.integers(1, 255),
)
def test_ps_lb_never_takes_a_broken_or_shorted_loop_for_a_depth(microamperes: int, span_m: int) -> None:
    f_port, payload = encode_ps(loop_ma=microamperes / 1000, span_m=span_m)
    decoded = MODELS["dragino/ps-lb"].decode(payload, f_port)
    assert [one.qc for one in decoded.readings if one.quantity == "depth_mm"] == [Qc.FAIL]
    assert "the loop is" in decoded.warnings[0]


@given(
    ppm=st.integers(0, 1000),
    hundredths=st.integers(-4000, 8500),
    humidity=st.integers(0, 1000),
    pressure=st.integers(3000, 11000),
    time_s=TIMES_S,
)
def test_aqs02_l_decodes_what_was_encoded(
    ppm: int, hundredths: int, humidity: int, pressure: int, time_s: int
) -> None:
    celsius, per_cent = hundredths / 100, humidity / 10
    report = encode_aqs02(
        co_ppm=ppm, temperature_c=celsius, humidity_pct=per_cent, pressure_hpa=pressure / 10
    )
    assert _values("dragino/aqs02-l", *report) == pytest.approx(
        {
            "battery_v": 3.6,
            "co_ug_m3": ppm * CO_UG_M3_A_PPM,
            "temperature_c": celsius,
            "humidity_pct": per_cent,
            "pressure_hpa": pressure / 10,
        }
    )
    stored = encode_aqs02_stored([(time_s, ppm, celsius, per_cent)])
    assert _stored("dragino/aqs02-l", *stored, "temperature_c") == [(time_s * 1000, celsius)]


def _probe(low: int, high: int, *sentinels: int) -> st.SearchStrategy[int | None]:
    return st.none() | st.integers(low, high).filter(lambda word: word not in sentinels)


@given(
    rain=_probe(0, 65535, 0x03FE, 0x03FF),
    fine=_probe(0, 1000),
    coarse=_probe(0, 1000),
    celsius=_probe(-300, 700),
    humidity=_probe(0, 1000),
    pressure=_probe(100, 11000),
    wind=st.none() | st.integers(0, 600),
)
def test_wsc1_l_reads_the_probes_it_has_and_no_zero_for_those_it_lacks(
    rain: int | None,
    fine: int | None,
    coarse: int | None,
    celsius: int | None,
    humidity: int | None,
    pressure: int | None,
    wind: int | None,
) -> None:
    tenths = {
        "rain_total_mm": rain,
        "temperature_c": celsius,
        "humidity_pct": humidity,
        "pressure_hpa": pressure,
    }
    values = {name: word / 10 for name, word in tenths.items() if word is not None}
    payload = encode_wsc1(
        **values, pm2_5_ug_m3=fine, pm10_ug_m3=coarse, wind_m_s=None if wind is None else wind / 10
    )
    dust = {"pm2_5_ug_m3": fine, "pm10_ug_m3": coarse}
    expected = {**values, **{name: value for name, value in dust.items() if value is not None}}
    assert _values("dragino/wsc1-l", *payload) == expected


@given(
    payload=st.sampled_from([0, 2, 3, 5, 6, 7, 8, 9, 10, 11, 22, 33]).flatmap(
        lambda size: st.binary(min_size=size, max_size=size)
    ),
    f_port=st.sampled_from([2, 3, 4, 5, 7]),
)
def test_no_payload_of_a_likely_length_makes_a_codec_raise(payload: bytes, f_port: int) -> None:
    for model in (one for one in MODELS.values() if one.maker == "Dragino"):
        decoded = model.decode(payload, f_port)
        assert not (decoded.errors and decoded.readings)
