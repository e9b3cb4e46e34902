"""What a crew's system says about a work order, read from MQTT."""

import re

import orjson

from devices.sites import ID_PATTERN
from devices.uplinks import Rejected, RejectReason
from dispatch.orders import LastAnswer

TOPIC_FILTER = "kenh/v1/crews/+/work-orders/+/status"
_TOPIC = re.compile(rf"kenh/v1/crews/({ID_PATTERN})/work-orders/({ID_PATTERN})/status")
LONGEST_BODY = 4096
LONGEST_NOTE = 1000


def parse(topic: str, body: bytes) -> tuple[str, str, LastAnswer] | Rejected:
    """The crew, the order and the answer; or why it cannot be read."""
    match = _TOPIC.fullmatch(topic)
    if match is None:
        return Rejected(RejectReason.UNKNOWN_TOPIC, f"not a status topic: {topic!r}")
    if len(body) > LONGEST_BODY:
        return Rejected(RejectReason.TOO_LARGE, f"an answer of {len(body)} bytes; {LONGEST_BODY} at most")
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return Rejected(RejectReason.NOT_JSON, f'expected {{"status": ...}}: {error}')
    if not isinstance(said, dict) or not isinstance(said.get("status"), str):
        return Rejected(RejectReason.BAD_SHAPE, 'expected an object with a text "status"')
    answer = LastAnswer(
        status=said["status"],
        by=_text(said.get("by")),
        note=_text(said.get("note")),
    )
    return match[1], match[2], answer


def _text(value: object) -> str:
    return value[:LONGEST_NOTE] if isinstance(value, str) else ""
