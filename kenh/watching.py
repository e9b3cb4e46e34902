"""The watch loop: reads the feed after its checkpoint, asks analytics, and hands findings to the desk."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analytics.settings import AnalyticsSettings
from analytics.watch import (
    SNAPSHOT_VERSION,
    NormalBand,
    WatchState,
    advance,
    from_snapshot,
    normal_band,
    to_snapshot,
    with_links,
    with_registry,
)
from desk.context import Desk
from desk.findings import record
from devices.readings import Block, block_of
from devices.sites import Registry
from kenh.registry_cache import RegistryCache
from kenh.relearning import relearn
from storage.protocols import Feed, ReadingsStore
from storage.state import State, WatchCheckpoint

log = logging.getLogger(__name__)
BATCHES = 32
LINKS_EVERY_MS = 30_000
#: A gateway that has not heard a device for so long does not count as hearing it.
LINK_LASTS_MS = 24 * 3_600_000
#: Batches of the feed kept behind the checkpoint, for whoever wants to look.
FEED_KEPT = 1_000
EMPTY = block_of([])


@dataclass(frozen=True, slots=True)
class WatchPorts:
    """What the loop stands on. `clock` gives epoch milliseconds."""

    state: State
    readings: ReadingsStore
    feed: Feed
    desk: Desk
    registry: RegistryCache
    clock: Callable[[], int]
    settings: AnalyticsSettings
    snapshot_every_ms: int


class WatchLoop:
    """One watcher for one installation; restart-safe, because all it knows is a snapshot plus the feed."""

    def __init__(self, ports: WatchPorts) -> None:
        self._ports = ports
        self._lock = threading.Lock()
        self.position = 0
        self._saved_at = 0
        self._links_at = 0
        self._registry: Registry = ports.registry.current()
        self._analytics: WatchState = self._restore()

    def step(self) -> int:
        """Read what is new and act on it; returns how many batches there were."""
        with self._lock:
            self._refresh()
            batches = list(self._ports.feed.read(self.position, BATCHES))
            for number, block in batches:
                # A backlog is judged by when it reached us, so a restart cannot make everything look late.
                self._analyse(block, int(block.received_ms.max()) if len(block) else 0, number)
            if len(batches) < BATCHES:
                self._analyse(EMPTY, self._ports.clock(), self.position)
            return len(batches)

    def run(self, stop: threading.Event, tick_s: float) -> None:
        """Look every `tick_s` seconds until told to stop; then save where we stand."""
        while not stop.is_set():
            try:
                busy = self.step()
            except Exception:
                log.exception("the watch loop stumbled; it goes on from its checkpoint")
                self._begin_again()
                stop.wait(5 * tick_s)
                continue
            if not busy:
                stop.wait(tick_s)
        with self._lock:
            self._save_snapshot()

    def band(self, site_id: str, channel: str) -> NormalBand | None:
        """The normal level by hour at a site, for the board."""
        with self._lock:
            return normal_band(self._analytics, site_id, channel)

    def _analyse(self, block: Block, now_ms: int, number: int) -> None:
        self._analytics, findings = advance(self._analytics, block, now_ms)
        if findings:
            record(self._ports.desk, findings, None, self._ports.clock())
        self.position = number
        if self._ports.clock() - self._saved_at >= self._ports.snapshot_every_ms:
            self._save_snapshot()

    def _save_snapshot(self) -> None:
        now = self._ports.clock()
        body = to_snapshot(self._analytics)
        record(self._ports.desk, [], WatchCheckpoint(self.position, now, SNAPSHOT_VERSION, body), now)
        self._ports.feed.trim(self.position - FEED_KEPT)
        self._saved_at = now

    def _refresh(self) -> None:
        registry = self._ports.registry.current()
        if registry.version != self._registry.version:
            self._registry = registry
            self._analytics = with_registry(self._analytics, registry)
            self._links_at = 0
        now = self._ports.clock()
        if now - self._links_at >= LINKS_EVERY_MS:
            self._links_at = now
            with self._ports.state.snapshot() as tx:
                heard_by = tx.devices_seen.links(now - LINK_LASTS_MS)
            self._analytics = with_links(self._analytics, links_of(registry, heard_by, now))

    def _restore(self) -> WatchState:
        ports = self._ports
        with ports.state.snapshot() as tx:
            saved = tx.watch.load()
        if saved is not None and saved.version == SNAPSHOT_VERSION:
            restored = from_snapshot(saved.snapshot, self._registry, ports.settings)
            if restored is not None:
                self.position = saved.feed_seq
                return restored
        # A new version of analytics learns from what is stored; what arrives meanwhile stands in the feed.
        self.position = ports.feed.head()
        learnt, still_open = relearn(ports.readings, self._registry, ports.settings, ports.clock())
        record(ports.desk, still_open, None, ports.clock())
        return learnt

    def _begin_again(self) -> None:
        with self._lock:
            try:
                self._analytics = self._restore()
            except Exception:
                log.exception("the watch loop cannot read its checkpoint yet")


def links_of(
    registry: Registry, heard_by: Mapping[str, tuple[str, ...]], now_ms: int
) -> dict[str, tuple[str, ...]]:
    """Site to the gateways that hear its devices."""
    links: dict[str, set[str]] = {}
    for device_id, gateways in heard_by.items():
        mounting = registry.mounting_at(device_id, now_ms)
        if mounting is not None:
            links.setdefault(mounting.site_id, set()).update(gateways)
    return {site: tuple(sorted(gateways)) for site, gateways in links.items()}
