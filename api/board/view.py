"""What a page of the board is drawn from: one look at registry, state and readings."""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.findings import Finding
from api.auth import Viewer
from api.board.states import Standing, newest_by_site, standings
from api.context import Context
from api.seeing import visible
from devices.sites import Registry, Site
from dispatch.orders import WorkOrder
from storage.protocols import Latest


@dataclass(frozen=True, slots=True)
class View:
    """Everything this viewer may see, at one moment. `latest` is keyed by (site, channel, quantity)."""

    now_ms: int
    viewer: Viewer
    registry: Registry
    orders: tuple[WorkOrder, ...]
    findings: tuple[Finding, ...]
    latest: Mapping[tuple[str, str, str], Latest]
    standings: Mapping[str, Standing]
    newest_ms: int | None

    def sites(self) -> list[Site]:
        """The sites this viewer may see."""
        return visible(self.viewer, self.registry, self.registry.sites.values(), lambda site: site.id)


def look(context: Context, viewer: Viewer) -> View:
    """Look now."""
    registry = context.registry()
    with context.ports.state.snapshot() as tx:
        orders = visible(viewer, registry, tx.orders.live(), lambda order: order.site_id)
        findings = visible(viewer, registry, tx.findings.open(), lambda finding: finding.site_id)
    latest = context.ports.readings.latest()
    now_ms = context.now_ms()
    newest = newest_by_site(latest)
    return View(
        now_ms=now_ms,
        viewer=viewer,
        registry=registry,
        orders=tuple(orders),
        findings=tuple(findings),
        latest={row.key: row for row in latest},
        standings=standings(registry, findings, newest, now_ms),
        newest_ms=max(newest.values(), default=None),
    )
