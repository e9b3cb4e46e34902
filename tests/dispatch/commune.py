"""A small commune and its findings, for the tests of dispatch."""

from datetime import datetime, timedelta, timezone

from analytics.findings import Evidence, Finding, FindingKind, Severity
from devices.sites import Cluster, Crew, Gateway, Registry, Site, SiteKind, Village

_LOCAL = timezone(timedelta(hours=7))

MINUTE = 60_000
HOUR = 60 * MINUTE

Fact = float | int | str | bool | None


def local_ms(clock: str, day: str = "2026-08-14") -> int:
    """Epoch milliseconds of a local time: `local_ms("17:20")`."""
    return int(datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=_LOCAL).timestamp() * 1000)


NOW = local_ms("17:20")

_SITES = (
    Site("g07", SiteKind.DRAIN, "Ga G07, ngõ 3 Giang Cao", "Manhole G07, lane 3 Giang Cao", "giang-cao"),
    Site("g06", SiteKind.DRAIN, "Ga G06, ngõ 3 Giang Cao", "Manhole G06, lane 3 Giang Cao", "giang-cao"),
    Site("r12", SiteKind.DRAIN, "Rãnh R12", "Gutter R12", "giang-cao"),
    Site(
        "cho-gom",
        SiteKind.DRAIN,
        "Ngã ba chợ gốm Bát Tràng",
        "Junction at Bát Tràng pottery market",
        "bat-trang",
    ),
    Site("x03", SiteKind.GATE, "Cửa xả X03, Đa Tốn", "Outfall X03, Đa Tốn", "dao-xuyen", side="trong_de"),
    Site("cau-bay", SiteKind.RIVER, "Sông Cầu Bây", "Cầu Bây river", "dao-xuyen"),
    Site(
        "d15",
        SiteKind.WASTE_POINT,
        "Điểm tập kết Đ15, chợ Kim Lan",
        "Collection point Đ15, Kim Lan market",
        "kl-1",
    ),
    Site("d31", SiteKind.WASTE_POINT, "Điểm tập kết Đ31", "Collection point Đ31", "dt-1"),
    Site("b04", SiteKind.WATCH_SPOT, "Bãi ven sông thôn Chử Xá (điểm theo dõi B04)"),
    Site("k02", SiteKind.AIR, "Trạm K02, Giang Cao", "Station K02, Giang Cao"),
    Site("mp", SiteKind.CANAL, "", "", "dd-1"),
)

_CREWS = (
    Crew("drain-out", "Tổ thoát nước 2", kinds=("blocked_drain", "flooding"), clusters=("bat-trang",)),
    Crew("drain-in", "Tổ thoát nước 1", kinds=("blocked_drain", "flooding"), side="trong_de"),
    Crew("waste", "Đội thu gom", kinds=("overflow",)),
    Crew(
        "tech",
        "Tổ kỹ thuật thiết bị",
        kinds=("sensor_silent", "sensor_fault", "gateway_silent", "battery_low"),
    ),
)

_VILLAGES = (
    Village("giang-cao", "Giang Cao", "bat-trang"),
    Village("bat-trang", "Bát Tràng", "bat-trang"),
    Village("dao-xuyen", "Đào Xuyên", "da-ton"),
    Village("dt-1", "thôn Ngọc Động", "da-ton"),
    Village("kl-1", "Thôn 1", "kim-lan"),
    Village("dd-1", "Thôn 1", "dong-du"),
)

_CLUSTERS = (
    Cluster("bat-trang", "Bát Tràng"),
    Cluster("da-ton", "Đa Tốn"),
    Cluster("kim-lan", "Kim Lan"),
    Cluster("dong-du", "Đông Dư"),
)


def commune(crews: tuple[Crew, ...] = _CREWS) -> Registry:
    """Eleven sites, six villages, four crews and a gateway."""
    return Registry(
        version=1,
        sites={site.id: site for site in _SITES},
        villages={village.id: village for village in _VILLAGES},
        clusters={cluster.id: cluster for cluster in _CLUSTERS},
        gateways={"GW-2": Gateway("GW-2", "UBND xã", 20.98, 105.91)},
        crews={crew.id: crew for crew in crews},
    )


def finding(
    site_id: str = "g07",
    kind: FindingKind = FindingKind.BLOCKED_DRAIN,
    severity: Severity = Severity.MAJOR,
    *,
    opened_ms: int = NOW,
    updated_ms: int | None = None,
    closed_ms: int | None = None,
    confidence: float = 0.8,
    conduit: tuple[str, str] = ("", ""),
    evidence: tuple[Evidence, ...] = (),
    **facts: Fact,
) -> Finding:
    """A finding; what is not said is a blocked drain at G07."""
    return Finding(
        site_id=site_id,
        kind=kind,
        severity=severity,
        opened_ms=opened_ms,
        updated_ms=opened_ms if updated_ms is None else updated_ms,
        confidence=confidence,
        closed_ms=closed_ms,
        conduit_from=conduit[0],
        conduit_to=conduit[1],
        evidence=evidence,
        facts=facts,
    )
