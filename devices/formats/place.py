"""Where a message on a topic of the operator's choosing came from."""

from typing import NamedTuple
from zoneinfo import ZoneInfo


class Place(NamedTuple):
    """What topic and route tell of a message.

    `device_id` is "" where the topic names no device, `field` where it names none. `levels` is the topic.
    `zone` is where times without a zone were written.
    """

    device_id: str
    field: str
    levels: tuple[str, ...]
    received_ms: int
    zone: ZoneInfo
