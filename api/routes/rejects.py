"""`/rejects`: uplinks that were refused, each with its reason and its raw bytes."""

from typing import Annotated

from fastapi import Path, Query

from api.auth import DispatchReader
from api.context import Ctx
from api.problems import not_found
from api.routes.paging import Cursor, Word, onward, resume
from api.routes.router import api_router
from api.wire import Listing
from api.wire_devices import RejectOut, RejectWhole
from devices.uplinks import RejectReason

router = api_router("devices")


@router.get("/rejects", summary="Uplinks that were refused")
def rejects(
    ctx: Ctx,
    viewer: DispatchReader,  # noqa: ARG001 - the check is the point
    reason: RejectReason | None = None,
    device: Word = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Cursor = None,
) -> Listing[RejectOut]:
    """Refused uplinks, newest first, each with a reason from the closed list; the newest 10,000 are kept."""
    with ctx.ports.state.snapshot() as tx:
        rows, after = tx.rejects.page(
            limit, resume("rejects", cursor), reason=reason or "", device_id=device or ""
        )
    return Listing(items=[RejectOut.of(row) for row in rows], next=onward("rejects", after))


@router.get("/rejects/{reject_id}", summary="One refused uplink, whole")
def reject(
    ctx: Ctx,
    viewer: DispatchReader,  # noqa: ARG001 - the check is the point
    reject_id: Annotated[int, Path(ge=1, le=2**53)],
) -> RejectWhole:
    """Every byte that came, in base64, and as text where it is UTF-8."""
    with ctx.ports.state.snapshot() as tx:
        row = tx.rejects.get(reject_id)
    if row is None:
        raise not_found("reject", str(reject_id))
    return RejectWhole.whole(row)
