"""How every router of `/api/v1` is made: the same checks, the same documented errors."""

from fastapi import APIRouter, Depends

from api.auth import DOCUMENTED
from api.params import only_known
from api.problems import RESPONSES


def api_router(tag: str) -> APIRouter:
    """An empty router under `/api/v1` that refuses unknown parameters and documents its problems."""
    return APIRouter(
        prefix="/api/v1",
        tags=[tag],
        dependencies=[Depends(only_known), *DOCUMENTED],
        responses=RESPONSES,
    )
