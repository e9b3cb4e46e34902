"""The demo inside `kenh up`: the commune, its past on the first start, and its fleet ever after."""

import threading
from collections.abc import Callable

from desk.context import Desk
from devices.simulated.fleet import Fleet
from devices.sites import Registry
from kenh.broker.address import BrokerAddress
from kenh.demo.commune import commune
from kenh.demo.map_lines import MAP_LINES
from kenh.demo.past import live_through
from kenh.demo.play import Broker, play
from kenh.demo.story import HISTORY_MS, demo_fleet
from storage.protocols import Feed, ReadingsStore
from storage.state import Tx

#: Meta entries: the moment the story began, and whether its past was imported to the end.
_BEGAN, _COMPLETE = "demo_began_ms", "demo_complete"


class DemoRun:
    """One installation's demo."""

    def __init__(self, desk: Desk, clock: Callable[[], int]) -> None:
        self._desk = desk
        self._clock = clock
        self._began_ms: int | None = None
        self.map_lines = MAP_LINES

    def prepare(
        self,
        readings: ReadingsStore,
        feed: Feed,
        report: Callable[[str], None],
        interrupted: threading.Event,
    ) -> None:
        """Set up the commune and its two weeks of history, unless an earlier start did."""
        with self._desk.state.transaction() as tx:
            known = tx.meta.get(_BEGAN)
            began_ms = self._clock() if known is None else int(known)
            tx.meta.set(_BEGAN, str(began_ms))
            if tx.meta.get(_COMPLETE):
                self._began_ms = began_ms
                return
            _save_commune(tx, commune())
        fleet = demo_fleet(commune(), began_ms)
        shown = Progress(report, interrupted)
        begin_ms = began_ms - HISTORY_MS
        if not live_through(fleet, self._desk, commune(), readings, feed, begin_ms, began_ms, shown):
            return
        with self._desk.state.transaction() as tx:
            tx.devices_seen.touch(_heard(fleet, began_ms))
            tx.meta.set(_COMPLETE, "yes")
        self._began_ms = began_ms

    def play(self, broker: BrokerAddress, stopping: threading.Event) -> None:
        """Publish what the fleet sends, until told to stop; after a restart it goes on from now."""
        if self._began_ms is None:
            return
        fleet = demo_fleet(commune(), self._began_ms)
        first_start = self._clock() - self._began_ms < 120_000
        play(
            fleet,
            self._began_ms if first_start else self._clock(),
            mqtt=Broker(broker.host, broker.port, broker.username, broker.password),
            clock=self._clock,
            stop_event=stopping,
        )


class Progress:
    """Tells every quarter of the import, and ends it when somebody has interrupted."""

    def __init__(self, report: Callable[[str], None], interrupted: threading.Event) -> None:
        self._report = report
        self._interrupted = interrupted
        self._quarters = 0

    def __call__(self, share: float) -> bool:
        if int(share * 4) > self._quarters:
            self._quarters = int(share * 4)
            self._report(f"Importing the demo's two weeks of history: {self._quarters * 25} %")
        return not self._interrupted.is_set()


def _save_commune(tx: Tx, registry: Registry) -> None:
    villages, clusters = list(registry.villages.values()), list(registry.clusters.values())
    tx.registry.save_sites(list(registry.sites.values()), villages, clusters)
    tx.registry.save_gateways(list(registry.gateways.values()))
    mountings = [mounting for each in registry.mountings.values() for mounting in each]
    tx.registry.save_devices(list(registry.devices.values()), mountings)
    tx.registry.save_crews(list(registry.crews.values()))


def _heard(fleet: Fleet, at_ms: int) -> list[tuple[str, int, str | None]]:
    return [
        (device_id, at_ms, gateway_id)
        for device_id in fleet.registry.devices
        for gateway_id in fleet.heard_by(device_id) or (None,)
    ]
