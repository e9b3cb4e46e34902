"""Which crew is sent: the one that lists the kind of finding and covers the place, if that is one crew."""

from analytics.findings import FindingKind
from devices.sites import Crew, Registry, Site


def crew_for(site_id: str, kind: FindingKind, registry: Registry) -> Crew | None:
    """The one crew to send there for that, or None if nobody covers it or several do equally.

    Of several the most specific wins: one that names the village over one that names the cluster over one
    that covers everywhere; among these, one that names the side of the dyke. A crew that lists no kinds is
    never sent by itself.
    """
    ranked = sorted(covering(site_id, kind, registry), key=lambda crew_rank: crew_rank[1], reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def covering(site_id: str, kind: FindingKind, registry: Registry) -> list[tuple[Crew, tuple[int, int]]]:
    """Every crew that covers that place for that kind, with how specific it is (greater: more so)."""
    site = registry.sites.get(site_id)
    found = []
    for crew in registry.crews.values():
        if kind not in crew.kinds:
            continue
        # A gateway is no site and lies in no village: whoever mends gateways goes, wherever it hangs.
        specific = _specific(crew, site, registry) if site else (int(not _is_limited(crew)), 0)
        if specific is not None:
            found.append((crew, specific))
    return found


def _is_limited(crew: Crew) -> bool:
    return bool(crew.villages or crew.clusters or crew.side)


def _specific(crew: Crew, site: Site, registry: Registry) -> tuple[int, int] | None:
    """How closely the crew names the site's place; None if it does not cover it."""
    if crew.side and crew.side != site.side:
        return None
    side = int(bool(crew.side))
    if not crew.villages and not crew.clusters:
        return 0, side
    if site.village_id and site.village_id in crew.villages:
        return 2, side
    village = registry.villages.get(site.village_id)
    if village is not None and village.cluster_id in crew.clusters:
        return 1, side
    return None
