"""`/docs`: the API as a page of our own, so that it can be read without the Internet."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.auth import ReaderOf
from api.board.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def docs(request: Request, viewer: ReaderOf) -> HTMLResponse:
    """Every operation with its parameters, from the OpenAPI document."""
    document: dict[str, Any] = request.app.openapi()
    return render(request, "docs.html", viewer, groups=_groups(document), title=document["info"]["title"])


def _groups(document: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            shown = {
                "method": method.upper(),
                "path": path,
                "summary": operation.get("summary", ""),
                "description": operation.get("description", ""),
                "parameters": [row for row in operation.get("parameters", []) if row["in"] != "header"],
                "body": _body_fields(document, operation),
            }
            groups.setdefault(operation["tags"][0], []).append(shown)
    return list(groups.items())


def _body_fields(document: dict[str, Any], operation: dict[str, Any]) -> list[tuple[str, bool]]:
    """(field, is it required) of a JSON body; nothing of one that may have several shapes."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None or "$ref" not in content["schema"]:
        return []
    name = content["schema"]["$ref"].rsplit("/", 1)[-1]
    schema = document["components"]["schemas"][name]
    return [(field, field in schema.get("required", [])) for field in schema["properties"]]
