"""The pages of the board, and how errors look to people."""

from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from api.auth import viewer_or_none
from api.board import (
    adopt_page,
    board_page,
    device_page,
    devices_page,
    docs_page,
    order_page,
    rejects_page,
    signing,
    site_page,
    sites_page,
)
from api.board.rendering import STATIC, render
from api.board.signing import signing_page
from api.problems import Problem
from storage.errors import StorageError

#: Addresses whose readers are programs, whatever they say they accept.
_FOR_PROGRAMS = ("/api/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/static/")
_KNOWN_ERRORS = (401, 403, 404, 409, 422, 503)
#: Adopting comes before the page of one device, which would take `adopt` for its id.
_MODULES = (
    board_page,
    site_page,
    sites_page,
    order_page,
    devices_page,
    adopt_page,
    device_page,
    rejects_page,
    docs_page,
    signing,
)


def install(app: FastAPI) -> None:
    """Add the pages and their static files."""
    for module in _MODULES:
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")


def error_page(request: Request, problem: Problem) -> Response | None:
    """The problem as a page for a browser, None for a program (which gets JSON)."""
    if request.url.path.startswith(_FOR_PROGRAMS) or "text/html" not in request.headers.get("accept", ""):
        return None
    if problem.status == 401:
        onward = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        back = onward if request.method == "GET" else "/"
        return signing_page(request, wrong="must_sign_in", onward=back, status=401)
    name = str(problem.status) if problem.status in _KNOWN_ERRORS else "other"
    try:
        viewer = viewer_or_none(request)
    except StorageError:
        viewer = None
    return render(
        request,
        "error.html",
        viewer,
        status=problem.status,
        title=f"error_{name}",
        remedy=f"remedy_{name}" if name != "401" else "must_sign_in",
        detail=problem.detail,
    )
