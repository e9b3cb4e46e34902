"""The simulated crews: they see their work orders as any crew's own system does, and answer step by step."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from kenh.demo.story import BLOCKED_S, BLOCKED_SITE, CLEARED_S

#: What crews subscribe to; they answer on the same topic with `/status` behind it.
ORDERS_FILTER = "kenh/v1/crews/+/work-orders/+"

_RANK: Mapping[str, int] = {"assigned": 0, "accepted": 1, "en_route": 2, "on_site": 3, "done": 4}
_NOTES: Mapping[str, str] = {"done": "Đã xử lý xong (số liệu mô phỏng)"}
_SECOND_MS = 1_000
#: Nobody answers sooner than this after the message came.
_HUMAN_MS = 8_000


class Step(NamedTuple):
    """One answer, so many seconds after the crew saw the order."""

    status: str
    after_s: int


def _steps(accepted: int, en_route: int, on_site: int, done: int) -> tuple[Step, ...]:
    return (
        Step("accepted", accepted),
        Step("en_route", en_route),
        Step("on_site", on_site),
        Step("done", done),
    )


#: By kind of finding: how long a crew takes. Work ends after the story lets the trouble end.
_PACE: Mapping[str, tuple[Step, ...]] = {
    "flooding": _steps(45, 150, 600, 6600),
    "overflow": _steps(90, 900, 1700, 1980),
    "gateway_silent": _steps(120, 420, 1500, 2700),
    "sensor_silent": _steps(240, 900, 1800, 3600),
}
_USUAL = _steps(120, 600, 1500, 3600)
#: The blocked drain of the story, in seconds after its start.
_STORY = _steps(BLOCKED_S + 40, 150, 290, CLEARED_S)


@dataclass(frozen=True, slots=True)
class _Seen:
    topic: str
    site_id: str
    kind: str
    state: str
    first_ms: int
    said: int


class Answer(NamedTuple):
    """One message of a crew."""

    topic: str
    payload: bytes


class SimulatedCrews:
    """All crews of the demo. Not thread-safe: call it from one thread."""

    def __init__(self, start_ms: int) -> None:
        """`start_ms` is when the story began."""
        self._start_ms = start_ms
        self._orders: dict[str, _Seen] = {}

    def saw(self, topic: str, payload: bytes, now_ms: int) -> None:
        """A retained work order came; an empty one means that the crew has it no more."""
        order = _read(payload)
        if order is None:
            self._orders.pop(topic, None)
            return
        known = self._orders.get(topic)
        if known is None:
            known = _Seen(topic, order["site_id"], order["kind"], order["state"], now_ms, 0)
        self._orders[topic] = replace(known, state=order["state"])

    def due(self, now_ms: int) -> list[Answer]:
        """What the crews say now. A step somebody else has already taken for them is left out."""
        answers = []
        for topic, order in self._orders.items():
            at = _RANK.get(order.state)
            if at is None:
                continue
            step = self._latest(order, now_ms)
            if step is not None and _RANK[step.status] > max(at, order.said):
                self._orders[topic] = replace(order, said=_RANK[step.status])
                answers.append(_answer(topic, step.status))
        return answers

    def _latest(self, order: _Seen, now_ms: int) -> Step | None:
        """The furthest step whose time has come."""
        told = order.kind == "blocked_drain" and order.site_id == BLOCKED_SITE
        from_ms = self._start_ms if told else order.first_ms
        steps = _STORY if told else _PACE.get(order.kind, _USUAL)
        reached = [
            step
            for step in steps
            if now_ms >= max(from_ms + step.after_s * _SECOND_MS, order.first_ms + _HUMAN_MS)
        ]
        return reached[-1] if reached else None


def _read(payload: bytes) -> dict[str, str] | None:
    """Site, kind and state of a work order; None for an emptied or strange one."""
    try:
        body = json.loads(payload)
        return {
            "site_id": str(body["site"]["id"]),
            "kind": str(body["kind"]),
            "state": str(body["state"]),
        }
    except (ValueError, KeyError, TypeError):
        return None


def _answer(order_topic: str, status: str) -> Answer:
    body = {"status": status, "by": "Tổ trực (mô phỏng)", "note": _NOTES.get(status, "")}
    return Answer(f"{order_topic}/status", json.dumps(body, ensure_ascii=False).encode())
