"""Drawing a site's curve at one size: from data to picture units, for one template."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from api.board import plot
from api.board.curves import CurveData, NamedLine, Period, Series, Strip
from api.board.plot import Box, Scale
from api.board.telling import DAY_MS, HOUR_MS, MINUTE_MS, amount, day
from devices.vietnamese import number
from dispatch.phrases import local_time
from dispatch.words import Lang

#: A desk's picture and a phone's, which has its own so that its letters stay readable.
WIDE = Box(760, 330, left=58, right=96, top=16, bottom=30)
NARROW = Box(372, 300, left=40, right=74, top=16, bottom=30)
SMALL = Box(250, 96, left=8, right=8, top=10, bottom=18)

#: Room that one line of text takes on a plot.
_TEXT_LINE = 14
_STRIP = 9.0
_RAIN_SHARE = 0.2
_UTC7_MS = 7 * HOUR_MS
#: An axis is never stretched further than this: noise would look like news.
_LEAST = {"water_level_m": 0.2, "fill_pct": 100.0, "heap_m": 0.5, "pm2_5_ug_m3": 50.0}


@dataclass(frozen=True, slots=True)
class Picture:
    """A curve in picture units, for one template."""

    box: Box
    bottom: float
    x_ticks: tuple[tuple[float, str, bool], ...]
    y_ticks: tuple[tuple[float, str], ...]
    band: tuple[str, ...]
    median: str
    lines: tuple[tuple[float, float, str, str], ...]
    curves: tuple[tuple[str, str, float], ...]
    rain: tuple[tuple[float, float, float], ...]
    rain_most: tuple[float, str]
    strips: tuple[tuple[float, float, float, str, str], ...]
    last: tuple[float, float] | None
    is_empty: bool
    marks: tuple[tuple[float, float, str], ...] = ()


def picture(data: CurveData, box: Box, lang: Lang) -> Picture:
    """The curve at one size."""
    span = data.period
    rows = max((strip.row + 1 for strip in data.strips), default=0)
    bottom = box.y1 - rows * (_STRIP + 4)
    x = Scale(span.from_ms, span.to_ms, box.left, box.x1)
    low, high, step = _y_range(data, 5 if box.height > 200 else 2)
    decimals = plot.decimals_of(step)
    has_rain = bool(len(data.rain_mm) and data.rain_mm.max() > 0)
    # Rain hangs from the top into the room above the curve.
    y = Scale(low, high, bottom, box.top + ((bottom - box.top) * _RAIN_SHARE if has_rain else 0.0))
    rain, rain_most = _rain_bars(data, x, box, bottom, lang) if has_rain else ((), (0.0, ""))
    band, median = _band(data, x, y)
    drawn = [series for series in data.series if len(series.time_ms)]
    lines = _line_places(data.lines, low, high, y)
    return Picture(
        box=box,
        bottom=bottom,
        x_ticks=tuple(_x_ticks(span, x, box, lang)),
        y_ticks=()
        if data.quantity == "rain_mm"
        else tuple((y.at(value), number(value, decimals, lang)) for value in plot.ticks(low, high, step)),
        band=band,
        median=median,
        lines=tuple(lines),
        curves=_curves(drawn, x, y, [label for _, label, _, _ in lines]),
        rain=rain,
        rain_most=rain_most,
        strips=tuple(_strip_places(data.strips, x, bottom)),
        last=(x.at(int(drawn[0].time_ms[-1])), y.at(float(drawn[0].value[-1]))) if len(drawn) == 1 else None,
        is_empty=not drawn and not (has_rain and data.quantity == "rain_mm"),
        marks=tuple(
            (x.at(mark.time_ms), y.at(mark.value), mark.label)
            for mark in data.marks
            if data.quantity != "rain_mm" and span.from_ms <= mark.time_ms <= span.to_ms
        ),
    )


def _y_range(data: CurveData, most: int) -> tuple[float, float, float]:
    drawn = [series.value for series in data.series if len(series.value)]
    values = [float(edge) for value in drawn for edge in (value.min(), value.max())]
    values += [line.value for line in data.lines]
    if data.quantity == "rain_mm":
        values = [float(data.rain_mm.max())] if len(data.rain_mm) else []
    if data.band is not None:
        known = data.band.p90_m[~np.isnan(data.band.p90_m)]
        values += [float(known.max())] if len(known) else []
    if data.quantity == "fill_pct":
        values += [0.0, 100.0]
    return plot.nice_range(values or [0.0], most, floor=0.0, least=_LEAST.get(data.quantity, 1.0))


def _x_ticks(span: Period, x: Scale, box: Box, lang: Lang) -> list[tuple[float, str, bool]]:
    """(place, label, is a midnight) on local hours that divide the day, fewer where there is less room."""
    wide = box.width > 500
    step_ms = DAY_MS if span.name == "7d" else (3 if wide else 6) * HOUR_MS
    first = -(-(span.from_ms + _UTC7_MS) // step_ms) * step_ms - _UTC7_MS
    found = []
    for at_ms in range(first, span.to_ms + 1, step_ms):
        midnight = (at_ms + _UTC7_MS) % DAY_MS == 0
        label = day(at_ms, lang) if midnight else f"{local_time(at_ms):%H:%M}"
        found.append((x.at(at_ms), label, midnight))
    return found


def _band(data: CurveData, x: Scale, y: Scale) -> tuple[tuple[str, ...], str]:
    if data.band is None:
        return (), ""
    span = data.period
    # A band is known by the hour: its points stand in the middle of each hour, one more at either end.
    first = (span.from_ms // HOUR_MS) * HOUR_MS - HOUR_MS // 2
    times = list(range(first, span.to_ms + HOUR_MS, HOUR_MS))
    hours = [((at_ms + _UTC7_MS) // HOUR_MS) % 24 for at_ms in times]
    band = data.band
    paths = plot.area(times, band.p10_m[hours], band.p90_m[hours], x, y)
    middle = band.p50_m[hours]
    known = ~np.isnan(middle)
    median = plot.path(np.array(times)[known], middle[known], x, y, 1.5 * HOUR_MS)
    return tuple(paths), median


def _curves(
    drawn: Sequence[Series], x: Scale, y: Scale, taken: Sequence[float]
) -> tuple[tuple[str, str, float], ...]:
    """(path, label, height of the label) of each; labels that would lie on each other are moved apart."""
    ends = [y.at(float(series.value[-1])) for series in drawn]
    apart = _apart(sorted(ends), sorted(taken))
    heights = dict(zip(sorted(range(len(drawn)), key=ends.__getitem__), apart, strict=True))
    paths = [
        plot.path(series.time_ms, series.value, x, y, plot.gap_of(series.time_ms, 40 * MINUTE_MS))
        for series in drawn
    ]
    return tuple((paths[index], series.label, heights[index]) for index, series in enumerate(drawn))


def _apart(heights: Sequence[float], taken: Sequence[float] = ()) -> list[float]:
    """Ascending heights, pushed down until a line of text fits between neighbours and those `taken`."""
    found: list[float] = []
    for height in heights:
        free = height if not found else max(height, found[-1] + _TEXT_LINE)
        for other in taken:
            if abs(free - other) < _TEXT_LINE:
                free = other + _TEXT_LINE
        found.append(free)
    return found


def _rain_bars(
    data: CurveData, x: Scale, box: Box, bottom: float, lang: Lang
) -> tuple[tuple[tuple[float, float, float], ...], tuple[float, str]]:
    most = float(data.rain_mm.max())
    room = (bottom - box.top) * (_RAIN_SHARE if data.quantity != "rain_mm" else 1.0)
    # A drizzle stays small: the scale never stretches less than 10 mm over its whole room.
    scale = room / max(most, 10.0)
    bars = []
    for at_ms, mm in zip(data.rain_ms.tolist(), data.rain_mm.tolist(), strict=True):
        if mm > 0:
            left = x.at(at_ms)
            width = max(1.0, x.at(at_ms + data.rain_step_ms) - left - 1)
            bars.append((left, round(width, 1), round(mm * scale, 1)))
    return tuple(bars), (round(box.top + most * scale, 1), amount(most, "rain_mm", lang))


def _line_places(
    lines: Sequence[NamedLine], low: float, high: float, y: Scale
) -> list[tuple[float, float, str, str]]:
    """(line, its label, text, kind); labels of lines that lie close are moved apart."""
    shown = sorted(
        (line for line in lines if low <= line.value <= high), key=lambda line: line.value, reverse=True
    )
    heights = [y.at(line.value) for line in shown]
    return [
        (at, label, line.label, line.kind)
        for at, label, line in zip(heights, _apart(heights), shown, strict=True)
    ]


def _strip_places(
    strips: Sequence[Strip], x: Scale, bottom: float
) -> list[tuple[float, float, float, str, str]]:
    return [
        (
            x.at(strip.start_ms),
            round(max(3.0, x.at(strip.end_ms) - x.at(strip.start_ms)), 1),
            bottom + 4 + strip.row * (_STRIP + 3),
            strip.severity,
            strip.label,
        )
        for strip in strips
    ]
