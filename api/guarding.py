"""What holds for every request: how much may come in, what a browser may do with what goes out."""

from collections.abc import Callable

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: No inline script or style, nothing from elsewhere, nobody's frame.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

#: The longest thing anybody has to say is a note of a thousand characters.
MOST_BYTES = 64 * 1024
#: Where machines post, what they have gathered may be longer.
_MOST_BYTES_AT = {"/api/v1/uplinks": 256 * 1024}

_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """ASGI middleware: bounds the body, adds the headers, and answers where the code broke.

    Answers are private and fresh unless they say otherwise; the demo says on every one that its data are
    simulated. `broken` makes the answer to a request that ended in an unexpected exception, which then goes
    on to the server's log.
    """

    def __init__(self, app: ASGIApp, *, demo: bool, broken: Callable[[Request], Response]) -> None:
        self._app = app
        self._headers = {**_HEADERS, "X-Kenh-Data": "simulated"} if demo else _HEADERS
        self._broken = broken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the headers out."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._add_headers(MutableHeaders(scope=message))
            await send(message)

        try:
            most = _MOST_BYTES_AT.get(scope["path"], MOST_BYTES)
            await self._app(scope, _bounded(receive, most), with_headers)
        except Exception:
            if not started:
                await self._broken(Request(scope))(scope, receive, with_headers)
            raise

    def _add_headers(self, headers: MutableHeaders) -> None:
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        headers.setdefault("Cache-Control", "private, no-cache")


def _bounded(receive: Receive, most: int) -> Receive:
    """The body as it comes, up to `most` bytes; beyond that a 413."""
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413, f"a request may hold {most // 1024} kB at most")
        return message

    return bounded
