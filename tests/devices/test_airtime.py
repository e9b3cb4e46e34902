"""Time on air: against published figures, and what follows for how often a device may report."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.airtime import (
    DWELL_TIME_MS,
    OVERHEAD_BYTES,
    shortest_interval_s,
    time_on_air_ms,
    within_dwell_time,
)

factors = st.integers(7, 12)
sizes = st.integers(0, 222)


@pytest.mark.parametrize(
    ("spreading_factor", "frame_bytes", "expected_ms"),
    [
        # A spreadsheet after AN1200.13 that many quote: 28 symbols of payload, 12.25 of preamble.
        (9, 13, 164.864),
        # `consumed_airtime` of an uplink in The Things Stack: 0.205824s.
        (9, 23, 205.824),
        # The two ends of the scale for ten bytes of payload, as airtime calculators show them.
        (7, 23, 61.696),
        (12, 23, 1482.752),
    ],
)
def test_frames_take_as_long_as_published(
    spreading_factor: int, frame_bytes: int, expected_ms: float
) -> None:
    assert time_on_air_ms(spreading_factor, frame_bytes - OVERHEAD_BYTES) == pytest.approx(expected_ms)


@pytest.mark.parametrize(("spreading_factor", "longest"), [(10, 11), (9, 53), (8, 125)])
def test_the_longest_payload_under_400_ms_is_the_one_of_the_regional_parameters(
    spreading_factor: int, longest: int
) -> None:
    assert time_on_air_ms(spreading_factor, longest) <= DWELL_TIME_MS
    assert time_on_air_ms(spreading_factor, longest + 1) > DWELL_TIME_MS


def test_the_slowest_two_spreading_factors_send_nothing_within_the_dwell_time() -> None:
    assert [sf for sf in range(7, 13) if within_dwell_time(sf)] == [7, 8, 9, 10]


def test_one_per_cent_of_the_time_is_a_hundred_times_the_frame() -> None:
    assert shortest_interval_s(12, 10, 0.01) == 149
    assert shortest_interval_s(9, 10, 0.01) == 21
    assert shortest_interval_s(9, 10, 1.0) == 1


@given(factors, sizes, st.floats(0.0001, 1.0))
def test_who_keeps_the_interval_keeps_the_share(sf: int, size: int, share: float) -> None:
    interval_s = shortest_interval_s(sf, size, share)
    assert time_on_air_ms(sf, size) / 1000 / interval_s <= share * (1 + 1e-9)


@given(factors.filter(lambda sf: sf < 12), sizes)
def test_further_away_and_longer_is_never_shorter_on_the_air(sf: int, size: int) -> None:
    assert time_on_air_ms(sf, size) <= time_on_air_ms(sf, size + 1)
    assert time_on_air_ms(sf, size) < time_on_air_ms(sf + 1, size)


@pytest.mark.parametrize(("sf", "size"), [(6, 1), (13, 1), (9, -1)])
def test_what_no_frame_can_be_is_refused(sf: int, size: int) -> None:
    with pytest.raises(ValueError, match=r"factor|payload"):
        time_on_air_ms(sf, size)


@pytest.mark.parametrize("share", [0.0, -0.1, 1.1, float("nan")])
def test_a_share_is_more_than_nothing_and_at_most_everything(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        shortest_interval_s(9, 10, share)
