"""`/findings`: what Kênh has concluded, newest first."""

from typing import Annotated

from fastapi import Query

from analytics.findings import FindingKind
from api.auth import ReaderOf
from api.context import Ctx
from api.problems import not_found
from api.routes.paging import Cursor, Word, onward, resume
from api.routes.router import api_router
from api.seeing import sees, visible
from api.wire import FindingOut, Listing

router = api_router("findings")


@router.get("/findings", summary="Findings")
def findings(
    ctx: Ctx,
    viewer: ReaderOf,
    site: Word = None,
    kind: FindingKind | None = None,
    open: Annotated[bool, Query(description="Only those that still hold")] = False,  # noqa: A002 - the wire's word
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Cursor = None,
) -> Listing[FindingOut]:
    """Findings with their evidence, newest first."""
    registry = ctx.registry()
    with ctx.ports.state.snapshot() as tx:
        rows, after = tx.findings.page(
            site_id=site, kind=kind, open_only=open, limit=limit, after=resume("findings", cursor)
        )
    rows = visible(viewer, registry, rows, lambda finding: finding.site_id)
    return Listing(items=[FindingOut.of(row, registry) for row in rows], next=onward("findings", after))


@router.get("/findings/{finding_id}", summary="One finding")
def finding(ctx: Ctx, viewer: ReaderOf, finding_id: str) -> FindingOut:
    """The finding with that id."""
    registry = ctx.registry()
    with ctx.ports.state.snapshot() as tx:
        found = tx.findings.get(finding_id)
    if found is None or not sees(viewer, registry, found.site_id):
        raise not_found("finding", finding_id)
    return FindingOut.of(found, registry)
