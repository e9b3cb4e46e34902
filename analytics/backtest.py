"""Backtest: a history through the same `advance` as the live service, a day at a time."""

import csv
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from io import StringIO
from itertools import pairwise
from typing import Literal

import numpy as np

from analytics.findings import Finding
from analytics.history import History
from analytics.settings import AnalyticsSettings
from analytics.tables import HOUR_MS, SECOND_MS
from analytics.watch import advance, new_state
from devices.readings import Block

#: (finding, language) -> one sentence. Handed in, because the words belong to a floor above.
Sentence = Callable[[Finding, Literal["vi", "en"]], str]

FINDINGS_COLUMNS = (
    "site_id",
    "kind",
    "severity",
    "opened_at",
    "closed_at",
    "conduit_from",
    "conduit_to",
    "confidence",
    "reason_vi",
    "reason_en",
)


def backtest(
    history: History,
    settings: AnalyticsSettings,
    progress: Callable[[int, int], None] | None = None,
) -> list[Finding]:
    """All findings of a history, each as it last stood, in order of when they were raised.

    Args:
        history: Sites and readings, readings in order of arrival.
        settings: As in the live service.
        progress: Told after every day of readings how many rows are done, of how many.
    """
    state = new_state(history.registry, settings)
    found: dict[str, Finding] = {}
    block, total = history.block, len(history.block)
    edges = _days(block)
    for start, end in pairwise(edges):
        state, changed = advance(state, part_of(block, start, end), 0)
        found.update((finding.id, finding) for finding in changed)
        if progress is not None:
            progress(end, total)
    # The live service would have judged what came last at the next point of its grid.
    state, changed = advance(
        state, part_of(block, 0, 0), _next_point(state.clock_ms, settings) if total else 0
    )
    found.update((finding.id, finding) for finding in changed)
    return sorted(found.values(), key=lambda finding: (finding.opened_ms, finding.site_id, finding.kind))


def part_of(block: Block, start: int, end: int) -> Block:
    """Some of a block's rows, as a block."""
    return Block(
        block.keys,
        block.series[start:end],
        block.time_ms[start:end],
        block.value[start:end],
        block.qc[start:end],
        block.received_ms[start:end],
    )


def findings_csv(findings: Iterable[Finding], sentence: Sentence) -> str:
    """The findings as FINDINGS.csv: times RFC 3339 in UTC, `closed_at` empty while open."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FINDINGS_COLUMNS)
    for finding in findings:
        writer.writerow(
            (
                finding.site_id,
                finding.kind,
                finding.severity,
                _rfc3339(finding.opened_ms),
                "" if finding.closed_ms is None else _rfc3339(finding.closed_ms),
                finding.conduit_from,
                finding.conduit_to,
                f"{finding.confidence:.2f}",
                sentence(finding, "vi"),
                sentence(finding, "en"),
            )
        )
    return text.getvalue()


def _days(block: Block) -> list[int]:
    """Row numbers at which a new day of event time begins, from 0 to the end."""
    if not len(block):
        return [0, 0]
    days = np.maximum.accumulate(block.time_ms) // (24 * HOUR_MS)
    return [0, *(np.flatnonzero(np.diff(days)) + 1).tolist(), len(block)]


def _next_point(clock_ms: int, settings: AnalyticsSettings) -> int:
    step = settings.clock.grid_s * SECOND_MS
    return (clock_ms // step + 1) * step


def _rfc3339(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
