"""Learning again from what is stored, when analytics has no snapshot it can read."""

import numpy as np

from analytics.findings import Finding
from analytics.settings import AnalyticsSettings
from analytics.watch import WatchState, advance, new_state
from devices.readings import Block
from devices.sites import Registry
from storage.protocols import Column, ReadingsStore

DAY_MS = 86_400_000
#: A season's normal is learnt from so much of the past.
PAST_DAYS = 60


def relearn(
    readings: ReadingsStore, registry: Registry, settings: AnalyticsSettings, now_ms: int
) -> tuple[WatchState, list[Finding]]:
    """The state after the stored past, and the findings that are still open at its end.

    What opened and closed in the past was told when it happened; telling it again would send crews to
    water that is long gone.
    """
    state = new_state(registry, settings)
    open_now: dict[str, Finding] = {}
    keys = readings.series()
    for start_ms in range(now_ms - PAST_DAYS * DAY_MS, now_ms, DAY_MS):
        block = block_of_columns(readings.range(keys, start_ms, min(start_ms + DAY_MS, now_ms)))
        if not len(block):
            continue
        state, findings = advance(state, block, 0)
        for finding in findings:
            if finding.closed_ms is None:
                open_now[finding.id] = finding
            else:
                open_now.pop(finding.id, None)
    return state, list(open_now.values())


def block_of_columns(columns: list[Column]) -> Block:
    """Stored columns as one block in order of time, as if each reading had arrived when it was measured."""
    series = np.repeat(np.arange(len(columns), dtype=np.int32), [len(column.time_ms) for column in columns])
    empty = np.empty(0, np.int64)
    time_ms = np.concatenate([empty, *(column.time_ms for column in columns)])
    order = np.argsort(time_ms, kind="stable")
    value = np.concatenate([np.empty(0), *(column.value for column in columns)])
    qc = np.concatenate([np.empty(0, np.uint8), *(column.qc for column in columns)])
    return Block(
        keys=tuple(column.key for column in columns),
        series=series[order],
        time_ms=time_ms[order],
        value=value[order],
        qc=qc[order],
        received_ms=time_ms[order],
    )
