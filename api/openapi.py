"""The OpenAPI document: FastAPI's, with our problems instead of its own validation errors."""

from typing import Any

from fastapi import FastAPI
from starlette.responses import JSONResponse

from api.auth import ReaderOf
from api.problems import Problem


def describe(app: FastAPI) -> None:
    """Add `/openapi.json`, for those who may read, and correct what FastAPI says about errors."""
    plain = app.openapi

    def corrected() -> dict[str, Any]:
        document = plain()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(problem.pop("$defs", {}))
            schemas["Problem"] = problem
            schemas.pop("HTTPValidationError", None)
            schemas.pop("ValidationError", None)
        return document

    app.openapi = corrected  # type: ignore[method-assign]  # as FastAPI documents it

    @app.get("/openapi.json", include_in_schema=False)
    def openapi_json(viewer: ReaderOf) -> JSONResponse:  # noqa: ARG001 - a key is needed
        return JSONResponse(corrected())
