"""The readings store: how fast it takes readings in, the room they need, and two questions."""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.measure import Figures, Say, scaled
from devices.readings import Reading, SeriesKey
from storage.sqlite.readings import SqliteReadings

READINGS = 1_000_000
SERIES = 500
BATCH = 10_000
STEP_MS = 300_000
DAY_MS = 86_400_000
FIRST_MS = 1_777_568_400_000
_ASKED = 20


def measure(scale: float, say: Say) -> Figures:
    """Write in batches of ten thousand, every series reporting in turn; then ask."""
    batches = scaled(READINGS // BATCH, scale)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "readings.db"
        store = SqliteReadings(path)
        try:
            seconds = []
            for number in range(batches):
                say(f"batch {number + 1} of {batches}")
                seconds.append(_write(store, number))
            asked = _ask(store, batches * BATCH // SERIES)
        finally:
            store.close()
        size = sum(file.stat().st_size for file in path.parent.iterdir())
    return {
        "readings": batches * BATCH,
        "written_readings_per_s": batches * BATCH / sum(seconds),
        "slowest_batch_ms": 1000 * max(seconds),
        "bytes_per_reading": size / (batches * BATCH),
        **asked,
    }


def _write(store: SqliteReadings, number: int) -> float:
    """Seconds for one batch."""
    rows = [_reading(row) for row in range(number * BATCH, (number + 1) * BATCH)]
    start = time.perf_counter()
    store.write(rows)
    return time.perf_counter() - start


def _reading(row: int) -> Reading:
    step, series = divmod(row, SERIES)
    time_ms = FIRST_MS + step * STEP_MS + series * 100
    value = round(0.1 + (row * 7919) % 700 / 1000, 3)
    return Reading(
        f"G{series:03d}", "1", "water_level_m", time_ms, value, raw=1900 - 1000 * value, seq=step,
        received_ms=time_ms + 1200,
    )  # fmt: skip


def _ask(store: SqliteReadings, steps: int) -> Figures:
    end_ms = FIRST_MS + steps * STEP_MS
    key = SeriesKey("G250", "1", "water_level_m")
    sites = [f"G{series:03d}" for series in range(SERIES)]
    return {
        "day_of_one_series_ms": _median_ms(lambda: store.range([key], end_ms - DAY_MS, end_ms)),
        "latest_of_500_sites_ms": _median_ms(lambda: store.latest(sites)),
    }


def _median_ms(ask: Callable[[], object]) -> float:
    took = []
    for _ in range(_ASKED):
        start = time.perf_counter()
        ask()
        took.append(1000 * (time.perf_counter() - start))
    return statistics.median(took)
