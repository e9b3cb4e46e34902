"""Taking published messages out of a stream of MQTT packets: bytes in, records out, and nothing else.

Of all that a broker sends, only PUBLISH comes thousands of times a second; the rest of the conversation
(CONNACK, SUBACK, PINGRESP, DISCONNECT, ...) passes through untouched. Source: MQTT 3.1.1 and MQTT 5.0, OASIS,
sections 2.2 (fixed header) and 3.3 (PUBLISH).
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from ingest.records import MAX_PAYLOAD, Raw

_PUBLISH = 0x30
_DUP, _QOS, _QOS1, _RETAIN = 0x08, 0x06, 0x02, 0x01
_PUBACK = b"\x40\x02"
#: Of a packet longer than this only the beginning is gathered; the rest is let go as it comes.
_GATHERED = 4 * MAX_PAYLOAD
#: Topics whose last time of receipt is remembered; beyond, those of earlier readings are let go.
_REMEMBERED = 20_000
#: A time remembered from further ahead than this is of a clock that was put right since.
_SET_BACK_MS = 5_000


#: All of a `Raw` but the time of receipt.
_Found = tuple[str, bytes, bool, bool, bool, int]
#: As `Raw(*fields)`, without its call: every message there is comes through here.
_raw: Callable[[tuple[object, ...]], Raw] = partial(tuple.__new__, Raw)


class MalformedPacketError(Exception):
    """The stream is not MQTT, or not what was agreed on: the connection cannot go on."""


class Split(NamedTuple):
    """What a stretch of the stream held.

    `acks` are the PUBACK packets for all of `raws` that want one, ready to be sent when they are on disk.
    `others` are the packets that are no PUBLISH, whole and in order.
    """

    raws: list[Raw]
    acks: bytes
    others: bytes


class Splitter:
    """Splits one connection's stream, whatever the pieces it comes in."""

    def __init__(self, *, version5: bool) -> None:
        self._version5 = version5
        self._rest = b""
        self._skip = 0
        self._last_ms: dict[str, int] = {}

    def split(self, data: bytes, received_ms: int) -> Split:
        """All that is complete after these bytes; the beginning of an unfinished packet is kept for later.

        Messages of one topic never share a time of receipt: for those that state no time of their own it is
        the key, and the second would replace the first. Of several that came at once the last gets
        `received_ms`, the others a millisecond less each.

        Raises:
            MalformedPacketError: the stream cannot be followed any further.
        """
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        if self._rest:
            data = self._rest + data
        found: list[_Found] = []
        acks: list[bytes] = []
        others: list[bytes] = []
        at, size = 0, len(data)
        while size - at >= 2:
            length, begin = data[at + 1], at + 2
            if length >= 0x80:
                long = _long_length(data, at + 1)
                if long is None:
                    break
                length, begin = long
            end = begin + length
            head = data[at]
            if end > size and not (size - at > _GATHERED and head & 0xF0 == _PUBLISH):
                break
            if head & 0xF0 == _PUBLISH:
                if head & _QOS > _QOS1:
                    message = "the broker sent QoS 2, which was not asked for"
                    raise MalformedPacketError(message)
                acks.append(self._publish(data, head, begin, end, found))
            else:
                others.append(data[at:end])
            at = end
        self._skip += max(0, at - size)
        self._rest = data[at:]
        return Split(self._apart(found, received_ms), b"".join(acks), b"".join(others))

    def _apart(self, found: list[_Found], now_ms: int) -> list[Raw]:
        """The messages as records, those of one topic each at a time of its own."""
        left = Counter([one[0] for one in found])
        last_ms = self._last_ms
        raws: list[Raw] = []
        for one in found:
            topic = one[0]
            left[topic] = behind = left[topic] - 1
            own_ms = now_ms - behind
            before_ms = last_ms.get(topic, 0)
            if own_ms <= before_ms < now_ms + _SET_BACK_MS:
                own_ms = before_ms + 1
            last_ms[topic] = own_ms
            raws.append(_raw((own_ms, *one)))
        if len(last_ms) > _REMEMBERED:
            self._last_ms = {topic: own_ms for topic, own_ms in last_ms.items() if own_ms >= now_ms}
        return raws

    def _publish(self, data: bytes, head: int, begin: int, end: int, found: list[_Found]) -> bytes:
        """Add the message between two offsets to `found`; its acknowledgement, empty for QoS 0."""
        at = begin + 2 + (data[begin] << 8 | data[begin + 1]) if end - begin >= 2 else end + 1
        topic_end, mid, ack = at, 0, b""
        if head & _QOS:
            ack = _PUBACK + data[at : at + 2]
            at += 2
            mid = data[at - 2] << 8 | data[at - 1] if at <= end else 0
        if self._version5 and at < end:
            properties, at = _length(data, at)
            at += properties
        if at > end:
            message = f"a PUBLISH of {end - begin} bytes does not hold what it says"
            raise MalformedPacketError(message)
        payload = data[at : min(end, at + MAX_PAYLOAD)]
        topic = data[begin + 2 : topic_end].decode("utf-8", "surrogateescape")
        found.append((topic, payload, head & _DUP != 0, len(payload) < end - at, head & _RETAIN != 0, mid))
        return ack


def _length(data: bytes, at: int) -> tuple[int, int]:
    """A variable byte integer that must be there, and the offset after it."""
    if data[at] < 0x80:
        return data[at], at + 1
    found = _long_length(data, at)
    if found is None:
        message = "a PUBLISH ends within the length of its properties"
        raise MalformedPacketError(message)
    return found


def _long_length(data: bytes, at: int) -> tuple[int, int] | None:
    """A variable byte integer and the offset after it; None if it is not all there yet."""
    value = shift = 0
    for place in range(at, min(at + 4, len(data))):
        value |= (data[place] & 0x7F) << shift
        if data[place] < 0x80:
            return value, place + 1
        shift += 7
    if len(data) >= at + 4:
        message = "a length of more than four bytes"
        raise MalformedPacketError(message)
    return None
