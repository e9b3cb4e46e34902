"""`/quarantine`: devices that speak and that nobody has adopted, and what a model would make of them."""

from base64 import b64encode
from typing import Annotated

from fastapi import Query

from api.auth import DispatchReader
from api.context import Ctx
from api.problems import not_found
from api.routes.router import api_router
from api.trying import check_model, hinted_model, try_model
from api.wire import Listing
from api.wire_devices import MeasuredOut, QuarantinedOut, QuarantinedWhole, text_of

router = api_router("devices")


@router.get("/quarantine", summary="Devices nobody has adopted yet")
def quarantine(ctx: Ctx, viewer: DispatchReader) -> Listing[QuarantinedOut]:  # noqa: ARG001 - the check is the point
    """Unknown devices that were heard, the last one first. `POST /devices/{id}/adopt` makes one ours."""
    with ctx.ports.state.snapshot() as tx:
        rows = tx.quarantine.all()
    return Listing(items=[QuarantinedOut.of(row) for row in rows])


@router.get("/quarantine/{device_id}", summary="What an unknown device says, read as a model")
def quarantined(
    ctx: Ctx,
    viewer: DispatchReader,  # noqa: ARG001 - the check is the point
    device_id: str,
    model: Annotated[
        str | None, Query(max_length=101, description="vendor/model", examples=["milesight/em310-udl"])
    ] = None,
) -> QuarantinedWhole:
    """Its last message, and what it would come to with that model (default: the one it hints at)."""
    with ctx.ports.state.snapshot() as tx:
        row = tx.quarantine.get(device_id)
    if row is None:
        raise not_found("device in quarantine", device_id)
    check_model(ctx, model)
    used, decoded, _ = try_model(ctx, row, hinted_model(row) if model is None else model)
    return QuarantinedWhole(
        **QuarantinedOut.of(row).model_dump(),
        payload_base64=b64encode(row.payload).decode(),
        payload_text=text_of(row.payload),
        model=used,
        readings=[MeasuredOut.of(one) for one in decoded.readings],
        warnings=list(decoded.warnings),
        errors=list(decoded.errors),
    )
