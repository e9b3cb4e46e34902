"""`/uplinks`: uplinks that come by HTTP, and the raw ones that came last."""

from base64 import b64encode
from typing import Annotated, Any

import orjson
from fastapi import Depends, Query, Request
from pydantic import BaseModel
from starlette.status import HTTP_202_ACCEPTED

from api.auth import DispatchReader, Sender
from api.context import Ctx
from api.params import iso
from api.problems import ProblemError
from api.routes.router import api_router
from api.wire import Listing
from api.wire_devices import text_of
from devices.formats import http_uplinks
from devices.uplinks import Rejected, RejectReason

router = api_router("uplinks")

#: What one message of the journal may hold.
_MESSAGE_BYTES = 64 * 1024
_RETRY_S = "10"
Pairs = list[tuple[str, bytes]]

_EXAMPLES: dict[str, Any] = {
    "own": {
        "summary": "Kênh's own JSON; a list of such objects sends many",
        "value": {
            "device_id": "bin-07",
            "ts": "2026-11-23T07:00:00Z",
            "seq": 17,
            "readings": {"distance_mm": 843, "battery_pct": 92},
        },
    },
    "chirpstack": {
        "summary": "ChirpStack's HTTP integration, with ?event=up",
        "value": {
            "time": "2026-11-23T07:00:00Z",
            "deviceInfo": {"applicationId": "1", "devEui": "24e124713b494221"},
            "fCnt": 17,
            "fPort": 85,
            "data": "AXVcA4JECAQAAA==",
        },
    },
    "things_stack": {
        "summary": "A webhook of The Things Stack",
        "value": {
            "end_device_ids": {"device_id": "bin-07", "application_ids": {"application_id": "kenh"}},
            "uplink_message": {"f_port": 85, "f_cnt": 17, "frm_payload": "AXVcA4JECAQAAA=="},
        },
    },
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]},
                "examples": _EXAMPLES,
            }
        },
    }
}


class TakenOut(BaseModel):
    """How many messages are on disk now. What they say is understood afterwards: see `/rejects`."""

    accepted: int


class RawOut(BaseModel):
    """An uplink as it came: all its bytes, and as text where they are UTF-8."""

    received_at: str
    topic: str
    payload_base64: str
    payload_text: str | None


async def body_of(request: Request) -> bytes:
    """Dependency: the body as it came."""
    return await request.body()


@router.post(
    "/uplinks",
    summary="Send uplinks by HTTP",
    status_code=HTTP_202_ACCEPTED,
    openapi_extra=_BODY,
)
def take(
    ctx: Ctx,
    sender: Sender,  # noqa: ARG001 - the check is the point
    body: Annotated[bytes, Depends(body_of)],
    event: Annotated[
        str | None, Query(max_length=16, description="Which event, as ChirpStack says it", examples=["up"])
    ] = None,
) -> TakenOut:
    """Own JSON with `device_id`, ChirpStack's HTTP integration, or a webhook of The Things Stack.

    Answers once all of it is on disk. After a 503 send it again: what carries its own time is stored once.
    Up to 256 kB.
    """
    pairs = _pairs(body, event)
    if isinstance(pairs, Rejected):
        status = 413 if pairs.reason is RejectReason.TOO_LARGE else 422
        raise ProblemError(status, f"{pairs.reason}: {pairs.detail}")
    take_uplinks = ctx.ports.take_uplinks
    if take_uplinks is None:
        raise _not_now("this process does not take uplinks in; send them to the one that does")
    try:
        take_uplinks(pairs)
    except Exception as error:
        if isinstance(error, OSError) or getattr(error, "retryable", False):
            raise _not_now("the journal cannot take it at the moment; send it again") from error
        raise
    return TakenOut(accepted=len(pairs))


@router.get("/uplinks", summary="The raw uplinks of a device")
def recent(
    ctx: Ctx,
    viewer: DispatchReader,  # noqa: ARG001 - the check is the point
    device: Annotated[str, Query(min_length=1, max_length=64, examples=["24e124713b494221"])],
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> Listing[RawOut]:
    """What a device sent last, newest first, as it stands in the journal."""
    find = ctx.ports.recent_uplinks
    if find is None:
        raise _not_now("this process keeps no journal; ask the one that takes uplinks in")
    return Listing(
        items=[
            RawOut(
                received_at=iso(received_ms),
                topic=topic,
                payload_base64=b64encode(payload).decode(),
                payload_text=text_of(payload),
            )
            for received_ms, topic, payload in find(device, limit)
        ]
    )


def _pairs(body: bytes, event: str | None) -> Pairs | Rejected:
    """The messages in a body. A list too long for one message is taken entry by entry."""
    if len(body) <= _MESSAGE_BYTES or body.lstrip()[:1] != b"[":
        return http_uplinks(body, event)
    try:
        entries = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return Rejected(RejectReason.NOT_JSON, f"not JSON: {error}")
    pairs: Pairs = []
    for entry in entries:
        found = http_uplinks(orjson.dumps(entry), event)
        if isinstance(found, Rejected):
            return found
        pairs += found
    return pairs


def _not_now(detail: str) -> ProblemError:
    return ProblemError(503, detail, headers={"Retry-After": _RETRY_S})
