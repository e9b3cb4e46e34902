"""Who is asking, and what they may do.

A key (`Authorization: Bearer kenh_...` or `X-API-Key`) or a session cookie; the demo on a loopback address
may be read without either. Writing with a cookie also needs the session's CSRF token.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPBearer

from api.context import Context, context_of
from api.problems import ProblemError
from desk import keys
from desk.keys import Scope
from storage.state import ApiKey

COOKIE = "kenh_session"
CSRF_HEADER = "X-CSRF-Token"

#: For OpenAPI only: `viewer_of` reads the headers itself.
_BEARER = HTTPBearer(auto_error=False, description="A key: kenh_<id>_<secret>")
_HEADER = APIKeyHeader(name="X-API-Key", auto_error=False, description="The same key")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who asks. `csrf` is set for cookie sessions only; an empty `village_id` sees everything."""

    scope: Scope
    key_id: str = ""
    label: str = ""
    village_id: str = ""
    csrf: str = ""

    @property
    def actor(self) -> str:
        """How the event log names them: by their key, never by a person's name."""
        return f"user:{self.key_id}"

    def may(self, scope: Scope) -> bool:
        """Does this viewer hold `scope` or more?"""
        return self.scope.includes(scope)


def viewer_or_none(request: Request) -> Viewer | None:
    """The viewer of this request, None for strangers and for keys that may only send."""
    viewer = _known_or_none(request)
    return viewer if viewer is not None and viewer.may(Scope.VIEWER) else None


def _known_or_none(request: Request) -> Viewer | None:
    """Whoever asks, None for strangers. A key that is wrong is a stranger, even in the demo."""
    context = context_of(request)
    text = _key_text(request)
    now_ms = context.now_ms()
    if text is not None:
        key = keys.check(context.ports.state, text, now_ms)
        return None if key is None else _viewer(key)
    token = request.cookies.get(COOKIE)
    if token:
        key = keys.session_key(context.ports.state, token, now_ms)
        if key is not None:
            return _viewer(key, csrf_of(token))
    return Viewer(Scope.VIEWER) if _open_to_all(context, request) else None


def viewer_of(request: Request) -> Viewer:
    """Dependency: the viewer, or a 401; a 403 for a key that may only send."""
    viewer = _known_of(request)
    check_scope(viewer, Scope.VIEWER)
    return viewer


def sender_of(request: Request) -> Viewer:
    """Dependency: somebody who may send uplinks, or a 401 or 403."""
    sender = _known_of(request)
    check_scope(sender, Scope.INGEST)
    check_csrf(sender, request.headers.get(CSRF_HEADER, ""))
    return sender


def _known_of(request: Request) -> Viewer:
    known = _known_or_none(request)
    if known is None:
        raise ProblemError(
            401,
            "a key is needed: send 'Authorization: Bearer kenh_...' or 'X-API-Key', or sign in at /sign-in",
            headers={"WWW-Authenticate": 'Bearer realm="kenh"'},
        )
    return known


def may_write(scope: Scope) -> Callable[[Request, Viewer], Viewer]:
    """Dependency: a viewer who holds `scope` and may write, or a 401 or 403."""

    def check(request: Request, viewer: "ReaderOf") -> Viewer:
        check_scope(viewer, scope)
        if viewer.csrf:
            check_csrf(viewer, request.headers.get(CSRF_HEADER, ""))
        return viewer

    return check


def may_read(scope: Scope) -> Callable[[Viewer], Viewer]:
    """Dependency: a viewer who holds `scope`, or a 401 or 403."""

    def check(viewer: "ReaderOf") -> Viewer:
        check_scope(viewer, scope)
        return viewer

    return check


def check_scope(viewer: Viewer, scope: Scope) -> None:
    """Raises a 401 for a stranger who must sign in first, a 403 for a key that is too small."""
    if viewer.may(scope):
        return
    if not viewer.key_id:
        raise ProblemError(
            401, f"this needs a key with scope {scope}", headers={"WWW-Authenticate": 'Bearer realm="kenh"'}
        )
    raise ProblemError(403, f"this needs a key with scope {scope}; yours is {viewer.scope}")


def check_csrf(viewer: Viewer, token: str) -> None:
    """Raises a 403 unless `token` belongs to the viewer's session; keys need none."""
    if viewer.csrf and not hmac.compare_digest(viewer.csrf.encode(), token.encode()):
        raise ProblemError(403, "the form is out of date or came from another page; open the page again")


def check_same_origin(request: Request) -> None:
    """Raises a 403 if a browser says that the form came from another site."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise ProblemError(403, "the form came from another site")


def csrf_of(token: str) -> str:
    """The CSRF token of a session: derived, so it needs no keeping and dies with the session."""
    return sha256(f"csrf|{token}".encode()).hexdigest()


def _viewer(key: ApiKey, csrf: str = "") -> Viewer:
    return Viewer(Scope(key.scope), key.id, key.label, key.village_id, csrf)


def _key_text(request: Request) -> str | None:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return text
    return request.headers.get("x-api-key")


def _open_to_all(context: Context, request: Request) -> bool:
    """Only under a loopback name: a page of the Internet that points its own name here stays a stranger."""
    if not context.ports.anonymous_viewer:
        return False
    host = request.url.hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


ReaderOf = Annotated[Viewer, Depends(viewer_of)]
CrewMember = Annotated[Viewer, Depends(may_write(Scope.CREW))]
Dispatcher = Annotated[Viewer, Depends(may_write(Scope.DISPATCHER))]
DispatchReader = Annotated[Viewer, Depends(may_read(Scope.DISPATCHER))]
Installer = Annotated[Viewer, Depends(may_write(Scope.INSTALLER))]
Sender = Annotated[Viewer, Depends(sender_of)]

#: Listed on every router so that OpenAPI names both ways to hand in a key.
DOCUMENTED = [Depends(_BEARER), Depends(_HEADER)]
