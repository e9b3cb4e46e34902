"""The service's own counts in the form Prometheus reads, collected when somebody asks."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ingest.counters import IngestCounters
from storage.errors import StorageError
from storage.state import State

#: Counts that go up and down; the others only grow.
GAUGES = frozenset({"lag_records", "lag_ms"})


class KenhCollector(Collector):
    """Reads the counters of the parts that run in this process."""

    def __init__(
        self,
        state: State,
        counters: IngestCounters | None,
        watch_position: Callable[[], int],
        gauges: Mapping[str, Callable[[], Mapping[str, float]]],
    ) -> None:
        """`gauges` are asked for their figures each time, by the name of the part; parts may be added."""
        self._state = state
        self._counters = counters
        self._watch_position = watch_position
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        """Every metric as it is now."""
        if self._counters is not None:
            yield from _of_ingest(self._counters)
        for part, ask in list(self._gauges.items()):
            for name, value in ask().items():
                yield GaugeMetricFamily(f"kenh_{part}_{name}", f"{part}: {name.replace('_', ' ')}", value)
        yield GaugeMetricFamily(
            "kenh_watch_feed_position", "feed batch analysed last", self._watch_position()
        )
        try:
            yield from self._of_state()
        except StorageError:
            return

    def _of_state(self) -> Iterator[Metric]:
        with self._state.snapshot() as tx:
            depth = tx.outbox.depth()
            live = tx.orders.live()
            open_findings = tx.findings.open()
        yield GaugeMetricFamily("kenh_outbox_messages", "messages that have not left yet", depth)
        orders = GaugeMetricFamily("kenh_work_orders_live", "live work orders", labels=["state"])
        for state in sorted({order.state for order in live}):
            orders.add_metric([state], sum(order.state == state for order in live))
        yield orders
        findings = GaugeMetricFamily("kenh_findings_open", "open findings", labels=["kind"])
        for kind in sorted({finding.kind for finding in open_findings}):
            findings.add_metric([kind], sum(finding.kind == kind for finding in open_findings))
        yield findings


def _of_ingest(counters: IngestCounters) -> Iterator[Metric]:
    for name, value in counters.snapshot().items():
        if name in GAUGES:
            yield GaugeMetricFamily(f"kenh_ingest_{name}", f"ingest: {name.replace('_', ' ')}", value)
        else:
            yield CounterMetricFamily(f"kenh_ingest_{name}", f"ingest: {name.replace('_', ' ')}", value)
    rejected = CounterMetricFamily("kenh_ingest_rejected", "uplinks refused, by reason", labels=["reason"])
    for reason, count in sorted(counters.rejected.items()):
        rejected.add_metric([reason], count)
    yield rejected
