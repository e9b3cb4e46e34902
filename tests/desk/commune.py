"""A small commune and a state to put it in, for tests of the desk and of what stands on it."""

from dataclasses import replace
from pathlib import Path

from analytics.findings import Finding, FindingKind, Severity
from desk.context import Desk
from devices.sites import Cluster, Crew, Device, Mounting, Site, SiteKind, Village
from storage.state import State, sqlite_url

NOW = 1_795_421_702_000
MINUTE = 60_000


def desk_in(folder: Path) -> Desk:
    """A desk over a fresh state with two drains, a waste point and two crews."""
    state = State(sqlite_url(folder / "state.db"))
    state.migrate()
    with state.transaction() as tx:
        tx.registry.save_sites(
            [
                Site(
                    "G07",
                    SiteKind.DRAIN,
                    "Ga G07, ngõ 3 Giang Cao",
                    village_id="giang-cao",
                    downstream=("G06",),
                ),
                Site("G06", SiteKind.DRAIN, "Ga G06, ngõ 3 Giang Cao", village_id="giang-cao"),
                Site("D15", SiteKind.WASTE_POINT, "Điểm tập kết Đ15", village_id="giang-cao"),
            ],
            [Village("giang-cao", "Giang Cao", "bat-trang")],
            [Cluster("bat-trang", "Bát Tràng")],
        )
        tx.registry.save_crews(
            [
                Crew("thoat-nuoc-1", "Tổ thoát nước 1", kinds=("blocked_drain", "flooding")),
                Crew("thu-gom", "Đội thu gom", kinds=("overflow",)),
            ]
        )
        tx.registry.save_devices([Device("a81758fffe0000aa")], [Mounting("a81758fffe0000aa", "G07")])
    return Desk(state)


def blocked(at_ms: int = NOW) -> Finding:
    """A blocked drain at G07, just raised."""
    return Finding(
        site_id="G07",
        kind=FindingKind.BLOCKED_DRAIN,
        severity=Severity.MAJOR,
        opened_ms=at_ms,
        updated_ms=at_ms,
        confidence=0.9,
        facts={"at_ms": at_ms, "level_m": 0.82, "normal_low_m": 0.05, "normal_high_m": 0.09, "dry_h": 11},
    )


def cleared(finding: Finding, at_ms: int) -> Finding:
    """The same finding once the water has fallen."""
    return replace(finding, closed_ms=at_ms, updated_ms=at_ms)
