"""What leaves for the crew's own system: the work order as retained JSON on MQTT, and its emptying.

Topic `kenh/v1/crews/{crew}/work-orders/{id}`; the crew answers on `.../status`.
"""

import json
from typing import Any

from devices.sites import Registry, Site
from dispatch.orders import LastAnswer, Outgoing, WorkOrder
from dispatch.phrases import rfc3339
from dispatch.words import SIMULATED

DAY_MS = 24 * 3_600_000

#: A refusal that comes after everything was tidied away is still shown for this long.
_LINGER_MS = 3_600_000


def order_topic(crew_id: str, order_id: str) -> str:
    """Where a crew finds one work order."""
    return f"kenh/v1/crews/{crew_id}/work-orders/{order_id}"


def answer_topic(crew_id: str, order_id: str) -> str:
    """Where a crew answers."""
    return f"{order_topic(crew_id, order_id)}/status"


def outgoing(
    before: WorkOrder | None,
    after: WorkOrder,
    site: Site,
    registry: Registry,
    now_ms: int,
    *,
    demo: bool,
    public_url: str,
) -> list[Outgoing]:
    """The messages one saved change calls for. `after` is the order as saved, with its new revision.

    The crew that lost the order is emptied at once; the crew that has it gets the order as it now stands,
    and is emptied a day after it ended. Keys make every message idempotent. The outbox must forget an
    emptying that is still to come when a newer message for the same topic is put (a reopened order lives).
    """
    messages = []
    if before is not None and before.crew_id and before.crew_id != after.crew_id:
        messages.append(_mqtt(after, before.crew_id, b"", now_ms))
    if not after.crew_id:
        return messages
    document = order_json(after, site, registry, demo, public_url)
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    messages.append(_mqtt(after, after.crew_id, body, now_ms))
    if not after.is_live:
        ended_ms = after.updated_ms if after.closed_ms is None else after.closed_ms
        due_ms = max(ended_ms + DAY_MS, now_ms + _LINGER_MS)
        messages.append(_mqtt(after, after.crew_id, b"", due_ms, suffix=":empty"))
    return messages


def order_json(
    order: WorkOrder, site: Site, registry: Registry, demo: bool, public_url: str
) -> dict[str, Any]:
    """The work order as crew systems read it: plain JSON values, the same keys every time.

    Times are RFC 3339 UTC or null; `answer_topic` is empty while no crew has it. Simulated orders say so
    in `demo` and at the end of both sentences.
    """
    return {
        "id": order.id,
        "site": _site_json(site, registry),
        "kind": order.kind.value,
        "severity": order.severity.value,
        "state": order.state.value,
        "crew_id": order.crew_id,
        "opened_at": rfc3339(order.opened_ms),
        "updated_at": rfc3339(order.updated_ms),
        "acknowledged_at": _time(order.acknowledged_ms),
        "accepted_at": _time(order.accepted_ms),
        "done_at": _time(order.done_ms),
        "cleared_at": _time(order.cleared_ms),
        "closed_at": _time(order.closed_ms),
        "close_reason": order.close_reason,
        "revision": order.revision,
        "sentence_vi": _said(order.sentence_vi, SIMULATED.vi, demo),
        "sentence_en": _said(order.sentence_en, SIMULATED.en, demo),
        "confidence": round(order.confidence, 2),
        "finding_id": order.finding_id,
        "last_answer": _answer_json(order.last_answer),
        "answer_topic": answer_topic(order.crew_id, order.id) if order.crew_id else "",
        "url": f"{public_url.rstrip('/')}/work-orders/{order.id}" if public_url else "",
        "demo": demo,
    }


def map_link(lat: float | None, lon: float | None) -> str:
    """A link that opens the phone's map at that place; empty where the place is not known."""
    if lat is None or lon is None:
        return ""
    return f"https://www.google.com/maps/search/?api=1&query={lat:.6f},{lon:.6f}"


def _site_json(site: Site, registry: Registry) -> dict[str, Any]:
    gateway = registry.gateways.get(site.id) if site.id not in registry.sites else None
    lat, lon = (gateway.lat, gateway.lon) if gateway else (site.lat, site.lon)
    return {
        "id": site.id,
        "name": (gateway.name if gateway else site.name) or site.id,
        "kind": "gateway" if gateway else site.kind.value,
        "village": registry.village_label(site.village_id) if site.village_id else "",
        "lat": lat,
        "lon": lon,
        "map_link": map_link(lat, lon),
    }


def _answer_json(answer: LastAnswer | None) -> dict[str, str] | None:
    if answer is None:
        return None
    return {"status": answer.status, "by": answer.by, "note": answer.note, "refused": answer.refused}


def _said(sentence: str, note: str, demo: bool) -> str:
    return f"{sentence} {note}.".lstrip() if demo else sentence


def _time(ms: int | None) -> str | None:
    return None if ms is None else rfc3339(ms)


def _mqtt(order: WorkOrder, crew_id: str, body: bytes, due_ms: int, *, suffix: str = "") -> Outgoing:
    target = order_topic(crew_id, order.id)
    key = f"{order.id}:{order.revision}:{target}{suffix}"
    return Outgoing(channel="mqtt", target=target, body=body, key=key, due_ms=due_ms, order_id=order.id)
