"""The two weeks before the demo began: imported, watched and worked through as if Kênh had been there.

The readings go through the same analytics, and the work orders through the same desk, as live ones do;
only the clock is the readings' own. The crews of the past answer as crews do.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import count

from analytics.findings import FindingKind
from analytics.settings import AnalyticsSettings
from analytics.watch import SNAPSHOT_VERSION, advance, new_state, to_snapshot
from desk.answers import answer
from desk.context import Desk
from desk.findings import record
from desk.timers import tick
from devices.readings import Reading, block_of
from devices.simulated.fleet import Fleet
from devices.sites import Registry
from dispatch.orders import LastAnswer, OrderState, WorkOrder
from storage.protocols import Feed, ReadingsStore
from storage.state import WatchCheckpoint

HOUR_MS = 3_600_000
MINUTE_MS = 60_000

#: How long after an order was opened a crew of the past takes each step.
_STEPS = (
    ("accepted", OrderState.ACCEPTED, 12 * MINUTE_MS),
    ("on_site", OrderState.ON_SITE, 40 * MINUTE_MS),
)
_WORK_MS = 90 * MINUTE_MS
#: Here the contractor said "done" and the container stayed full: done, not verified.
_CLAIMED_TOO_EARLY = "D38"


def live_through(
    fleet: Fleet,
    desk: Desk,
    registry: Registry,
    readings: ReadingsStore,
    feed: Feed,
    from_ms: int,
    to_ms: int,
    progress: Callable[[float], bool],
) -> bool:
    """Import, watch and work through the past; leaves a checkpoint from which the live watch goes on.

    `progress` hears the share done and says whether to go on; False if it said no.
    """
    state = new_state(registry, AnalyticsSettings())
    with desk.state.snapshot() as tx:
        tx.registry.load()  # kept by the state from here on: the past changes nothing in it
    for batch in fleet.history(from_ms, to_ms):
        readings.write(batch)
        for hour in _hours(batch):
            now_ms = hour[-1].time_ms
            state, findings = advance(state, block_of(hour), 0)
            if findings:
                record(desk, findings, None, now_ms)
            if _crews_answer(desk, now_ms):
                tick(desk, now_ms)
        if not progress((batch[-1].time_ms - from_ms) / (to_ms - from_ms)):
            return False
    checkpoint = WatchCheckpoint(feed.head(), to_ms, SNAPSHOT_VERSION, to_snapshot(state))
    record(desk, [], checkpoint, to_ms)
    return True


def _hours(batch: list[Reading]) -> Iterator[list[Reading]]:
    """A batch in order of time, cut into hours."""
    start = 0
    while start < len(batch):
        end_ms = batch[start].time_ms // HOUR_MS * HOUR_MS + HOUR_MS - 1
        end = bisect_right(batch, end_ms, lo=start, key=lambda reading: reading.time_ms)
        yield batch[start:end]
        start = end


def _crews_answer(desk: Desk, now_ms: int) -> bool:
    """Say what the crews have said by now; is anybody still at work?"""
    with desk.state.snapshot() as tx:
        live = [order for order in tx.orders.live() if order.crew_id]
    for order in live:
        for status, said_at in _answers_due(order, now_ms):
            answer(desk, order.id, order.crew_id, LastAnswer(status, by="Tổ trực"), said_at)
    return bool(live)


def _answers_due(order: WorkOrder, now_ms: int) -> Iterator[tuple[str, int]]:
    """What the crew has said by now and had not said before."""
    if order.state not in (OrderState.ASSIGNED, OrderState.ACCEPTED, OrderState.ON_SITE):
        return
    reached = {OrderState.ASSIGNED: 0, OrderState.ACCEPTED: 1, OrderState.ON_SITE: 2}[order.state]
    for place, (status, _, after_ms) in zip(count(), _STEPS, strict=False):
        if place >= reached and order.opened_ms + after_ms <= now_ms:
            yield status, order.opened_ms + after_ms
    done_at = order.opened_ms + _WORK_MS
    waits_for_truck = order.kind is FindingKind.OVERFLOW and order.site_id != _CLAIMED_TOO_EARLY
    if waits_for_truck:
        if order.cleared_ms is None:
            return
        done_at = max(order.cleared_ms, order.opened_ms + _STEPS[-1][2])
    if done_at <= now_ms:
        yield "done", done_at
