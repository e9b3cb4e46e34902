"""Curves as SVG numbers: axes that hold everything, lines that break where nothing is known."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.board import plot
from api.board.picture import _apart
from api.board.plot import Scale

X = Scale(0, 1000, 0.0, 100.0)
Y = Scale(0.0, 10.0, 50.0, 0.0)

finite = st.floats(-1e6, 1e6, allow_nan=False)


@given(st.lists(finite, min_size=1, max_size=20), st.integers(2, 6), st.booleans())
def test_an_axis_holds_every_value_and_ends_on_its_own_ticks(
    values: list[float], most: int, from_zero: bool
) -> None:
    low, high, step = plot.nice_range(values, most, floor=0.0 if from_zero else None, least=0.2)
    room = 1e-6 * max(1.0, abs(low), abs(high))
    assert low - room <= min(values)
    assert max(values) <= high + room
    assert high - low >= 0.2 - room
    ticks = plot.ticks(low, high, step)
    assert ticks[0] == pytest.approx(low, abs=room)
    assert ticks[-1] == pytest.approx(high, abs=room)
    assert len(ticks) <= most + 3


@pytest.mark.parametrize(("step", "decimals"), [(1.0, 0), (20.0, 0), (0.5, 1), (0.25, 2), (0.02, 2)])
def test_ticks_are_written_with_as_many_decimals_as_tell_them_apart(step: float, decimals: int) -> None:
    assert plot.decimals_of(step) == decimals


def test_a_curve_breaks_over_a_gap_and_shows_a_lone_reading_as_a_dot() -> None:
    times = np.array([0, 100, 600, 900, 950], np.int64)
    values = np.array([0.0, 5.0, 10.0, 1.0, 1.0])
    assert plot.path(times, values, X, Y, gap_ms=200) == "M0 50L10 25M60 0h0M90 45L95 45"


@pytest.mark.parametrize("length", [0, 1])
def test_hardly_any_readings_are_fine(length: int) -> None:
    times, values = np.arange(length, dtype=np.int64), np.ones(length)
    assert plot.path(times, values, X, Y, 10) == ("M0 45h0" if length else "")
    assert plot.gap_of(times, 40.0) == 40.0
    assert len(plot.thin(times, values, 10)[0]) == length


def test_a_band_is_drawn_where_both_its_edges_are_known() -> None:
    low, high = np.array([1.0, 1.0, np.nan, 1.0, 1.0]), np.array([2.0, 2.0, 2.0, np.nan, 2.0])
    assert plot.area([0, 100, 200, 300, 400], low, high, X, Y) == ["M0 40L10 40L10 45L0 45Z"]


@given(st.lists(finite, min_size=1, max_size=400), st.integers(4, 60))
def test_thinning_keeps_the_peaks_and_the_order(values: list[float], most: int) -> None:
    times, numbers = np.arange(len(values), dtype=np.int64), np.array(values)
    kept_times, kept = plot.thin(times, numbers, most)
    assert (kept.min(), kept.max()) == (numbers.min(), numbers.max())
    assert (np.diff(kept_times) > 0).all()
    assert len(kept) <= max(len(values) if len(values) <= most else 0, most + 2)


def test_nothing_leaves_the_plot() -> None:
    assert (Y.at(99.0), Y.at(-99.0), X.at(-5), X.at(5000)) == (0.0, 50.0, 0.0, 100.0)


def test_labels_of_curves_keep_clear_of_each_other_and_of_the_lines() -> None:
    placed = _apart([100.0, 103.0, 130.0], taken=[110.0])
    assert placed == sorted(placed)
    everything = sorted([*placed, 110.0])
    assert all(below - above >= 14 for above, below in pairwise(everything))
