"""`/rejects`: uplinks that could not be used, why, and what would help."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse

from api.auth import DispatchReader
from api.board.reject_words import reason_label, reason_remedy
from api.board.rendering import language, render
from api.context import Ctx
from api.problems import not_found
from api.routes.paging import onward, resume
from devices.sites import is_id
from devices.uplinks import RejectReason
from dispatch.words import Lang
from storage.state import RejectRow

router = APIRouter(include_in_schema=False)

_ROWS = 50
_SHOWN_BYTES = 4_096
#: As many as a phone is wide.
_HEX_A_LINE = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One refused uplink in a list."""

    row: RejectRow
    reason: str


@router.get("/rejects")
def rejects_page(request: Request, ctx: Ctx, viewer: DispatchReader) -> HTMLResponse:
    """`?reason=&device=&cursor=`: newest first; a link shows the same list to the next person."""
    lang = language(request)
    asked = {name: request.query_params.get(name, "")[:64] for name in ("reason", "device")}
    reason = asked["reason"] if asked["reason"] in list(RejectReason) else ""
    cursor = request.query_params.get("cursor") or None
    with ctx.ports.state.snapshot() as tx:
        rows, after = tx.rejects.page(
            _ROWS, resume("rejects", cursor), reason=reason, device_id=asked["device"].strip()
        )
    return render(
        request,
        "rejects.html",
        viewer,
        asked=asked,
        lines=lines_of(rows, lang),
        reasons=sorted(
            ((one.value, reason_label(one, lang)) for one in RejectReason), key=lambda one: one[1]
        ),
        older=onward("rejects", after),
        remedy=reason_remedy(reason, lang),
    )


@router.get("/rejects/{reject_id}")
def reject_page(
    request: Request, ctx: Ctx, viewer: DispatchReader, reject_id: Annotated[int, Path(ge=1, le=2**53)]
) -> HTMLResponse:
    """Its reason in words, what would help, and every byte up to a few thousand."""
    lang = language(request)
    with ctx.ports.state.snapshot() as tx:
        row = tx.rejects.get(reject_id)
    if row is None:
        raise not_found("reject", str(reject_id))
    shown = row.payload[:_SHOWN_BYTES]
    registry = ctx.registry()
    return render(
        request,
        "reject.html",
        viewer,
        row=row,
        reason=reason_label(row.reason, lang),
        remedy=reason_remedy(row.reason, lang),
        text=_text(shown),
        hexed=_hex(shown),
        size=len(row.payload),
        cut=_SHOWN_BYTES if len(row.payload) > _SHOWN_BYTES else 0,
        has_page=row.device_id in registry.devices or _waits(ctx, row.device_id),
    )


def lines_of(rows: Sequence[RejectRow], lang: Lang) -> list[Line]:
    """With their reasons in words."""
    return [Line(row, reason_label(row.reason, lang)) for row in rows]


def _waits(ctx: Ctx, device_id: str) -> bool:
    if not is_id(device_id):
        return False
    with ctx.ports.state.snapshot() as tx:
        return tx.quarantine.get(device_id) is not None


def _text(payload: bytes) -> str:
    """As text where it is text; a character cut in half at the end is let go."""
    try:
        text = payload.decode()
    except UnicodeDecodeError as error:
        if error.start < len(payload) - 3:
            return ""
        text = payload[: error.start].decode()
    return text if all(letter.isprintable() or letter in "\r\n\t" for letter in text) else ""


def _hex(payload: bytes) -> str:
    lines = (payload[at : at + _HEX_A_LINE] for at in range(0, len(payload), _HEX_A_LINE))
    return "\n".join(f"{number * _HEX_A_LINE:04x}  {line.hex(' ')}" for number, line in enumerate(lines))
