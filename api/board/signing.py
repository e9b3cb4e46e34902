"""Signing in and out: a link that works once, or a key; then a session cookie."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.auth import COOKIE, check_csrf, check_same_origin, viewer_or_none
from api.board.rendering import render
from api.context import Context, Ctx
from desk import keys

router = APIRouter(include_in_schema=False)

Secret = Annotated[str, Form(max_length=200)]


@router.get("/sign-in")
def sign_in_page(request: Request, token: str = "", next: str = "/") -> HTMLResponse:  # noqa: A002 - the form's word
    """Only shows: programs that follow links in messages must not use a link up."""
    return signing_page(request, token=token[:200], onward=_own_path(next))


@router.post("/sign-in")
def sign_in(
    request: Request,
    ctx: Ctx,
    token: Secret = "",
    key: Secret = "",
    next: Secret = "/",  # noqa: A002 - the form's word
) -> Response:
    """Use the link or the key, and begin a session."""
    check_same_origin(request)
    onward = _own_path(next)
    session = _begin(ctx, token, key)
    if session is None:
        wrong = "link_spent" if token else "key_wrong"
        return signing_page(request, wrong=wrong, onward=onward, status=403)
    response = RedirectResponse(onward, status_code=303)
    response.set_cookie(
        COOKIE,
        session,
        max_age=keys.SESSION_MS // 1000,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


@router.post("/sign-out")
def sign_out(request: Request, ctx: Ctx, csrf: Secret = "") -> Response:
    """End the session."""
    token = request.cookies.get(COOKIE)
    viewer = viewer_or_none(request)
    if token and viewer is not None and viewer.csrf:
        check_csrf(viewer, csrf)
        keys.end_session(ctx.ports.state, token)
    response = RedirectResponse("/", status_code=303)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


def signing_page(
    request: Request, *, token: str = "", wrong: str = "", onward: str = "/", status: int = 200
) -> HTMLResponse:
    """The page with one button (a link was opened) or one field (a key is pasted)."""
    return render(request, "sign_in.html", None, status=status, token=token, wrong=wrong, onward=onward)


def _begin(ctx: Context, token: str, key: str) -> str | None:
    state, now_ms = ctx.ports.state, ctx.now_ms()
    if token:
        return keys.sign_in(state, token, now_ms)
    known = keys.check(state, key, now_ms)
    return None if known is None else keys.start_session(state, known.id, now_ms)


def _own_path(path: str) -> str:
    """A path of ours to go on to; anything that could lead elsewhere becomes the board."""
    own = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if own and not path.startswith("/sign-") else "/"
