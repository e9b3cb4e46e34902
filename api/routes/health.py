"""`/healthz`, `/readyz` and `/metrics`: is the process there, can it do its work, and how is it doing."""

from fastapi import APIRouter
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from api.auth import ReaderOf
from api.context import Context, Ctx
from api.ports import Check
from storage.errors import StorageError

router = APIRouter(tags=["health"])


class CheckOut(BaseModel):
    """One thing that must work; `detail` says what is wrong."""

    name: str
    ok: bool
    detail: str = ""


class ReadyOut(BaseModel):
    """Whether the service can do its work, check by check."""

    ready: bool
    checks: list[CheckOut]


@router.get("/healthz", summary="The process answers")
def healthz(ctx: Ctx) -> dict[str, str]:
    """Nothing is looked at: an orchestrator restarts what does not answer this."""
    return {"status": "ok", "version": ctx.ports.version}


@router.get(
    "/readyz",
    summary="The service can do its work",
    response_model=ReadyOut,
    responses={503: {"model": ReadyOut, "description": "Not ready, with the reasons"}},
)
def readyz(ctx: Ctx) -> Response:
    """Store, state, broker, ingest and disk; 503 with the reasons if one of them does not work."""
    checks = [_store(ctx), _state(ctx), *ctx.ports.health().checks]
    ready = all(check.ok for check in checks)
    rows = [CheckOut(name=check.name, ok=check.ok, detail=check.detail) for check in checks]
    body = ReadyOut(ready=ready, checks=rows)
    return JSONResponse(body.model_dump(), status_code=200 if ready else 503)


@router.get("/metrics", summary="Prometheus metrics", response_class=Response)
def metrics(ctx: Ctx, viewer: ReaderOf) -> Response:  # noqa: ARG001 - a key is needed
    """The metrics of every part, in the Prometheus text format."""
    body = generate_latest(ctx.ports.metrics_registry)
    return Response(body, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _store(ctx: Context) -> Check:
    try:
        ctx.ports.readings.check()
    except StorageError as error:
        return Check("store", ok=False, detail=str(error))
    return Check("store", ok=True)


def _state(ctx: Context) -> Check:
    try:
        with ctx.ports.state.snapshot() as tx:
            tx.registry.version()
    except StorageError as error:
        return Check("state", ok=False, detail=str(error))
    return Check("state", ok=True)
