"""The record format of the journal: pure bytes in, bytes out.

A record is `marker (4) | length of body (u32) | crc32 (u32) | body`, little endian, and its body is
`received_ms (i64) | flags (u8) | mid (u16) | length of topic (u16) | topic | payload`. The checksum covers
length and body and starts from a number drawn anew for every segment, so that bytes somebody sent us can
never pass for a record when a damaged stretch is searched for the next good one.
"""

import struct
import zlib
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

#: What is kept of a payload; the message formats refuse anything longer as `too_large`.
MAX_PAYLOAD = 65_536

MARKER = b"\xf1KJ\x0e"
_PREFIX = struct.Struct("<4sII")
_LENGTH = struct.Struct("<I")
_BODY = struct.Struct("<qBHH")
_MAX_BODY = _BODY.size + 65_535 + MAX_PAYLOAD
MAX_RECORD = _PREFIX.size + _MAX_BODY

_DUPLICATE, _TRUNCATED, _RETAINED = 1, 2, 4


class Raw(NamedTuple):
    """One message as it came from the broker.

    `duplicate` is the MQTT flag: the broker may have sent it before, then under the same `mid`. `retained`
    says it was kept by the broker and is older than its receipt. `truncated` says the payload was longer
    than `MAX_PAYLOAD` and only its beginning is here.
    """

    received_ms: int
    topic: str
    payload: bytes
    duplicate: bool = False
    truncated: bool = False
    retained: bool = False
    mid: int = 0


class Fault(Enum):
    """Why there is no record at a place."""

    SHORT = "short"  # the bytes end before the record does
    DAMAGED = "damaged"


@dataclass(slots=True)
class Scan:
    """What a stretch of bytes holds: `(offset after it, record)` each, what is damaged, where it stopped."""

    records: list[tuple[int, Raw]] = field(default_factory=list)
    damaged: list[tuple[int, int]] = field(default_factory=list)
    stopped: int = 0


def clip(raw: Raw) -> Raw:
    """The same message with no more payload than the journal keeps."""
    if len(raw.payload) <= MAX_PAYLOAD:
        return raw
    return raw._replace(payload=raw.payload[:MAX_PAYLOAD], truncated=True)


def encode(raw: Raw, seed: int) -> bytes:
    """One record as bytes. An oversized payload is clipped and marked."""
    raw = clip(raw)
    topic = raw.topic.encode("utf-8", "surrogateescape")[:65_535]
    flags = raw.duplicate * _DUPLICATE | raw.truncated * _TRUNCATED | raw.retained * _RETAINED
    body = _BODY.pack(raw.received_ms, flags, raw.mid, len(topic)) + topic + raw.payload
    return _PREFIX.pack(MARKER, len(body), _checksum(body, seed)) + body


def decode_at(data: bytes, start: int, seed: int) -> tuple[int, Raw] | Fault:
    """The record at `start` and the offset after it, or why there is none."""
    if len(data) - start < _PREFIX.size:
        return Fault.SHORT
    marker, length, crc = _PREFIX.unpack_from(data, start)
    if marker != MARKER or not _BODY.size <= length <= _MAX_BODY:
        return Fault.DAMAGED
    begin, end = start + _PREFIX.size, start + _PREFIX.size + length
    if end > len(data):
        return Fault.SHORT
    body = data[begin:end]
    if _checksum(body, seed) != crc:
        return Fault.DAMAGED
    received_ms, flags, mid, topic_length = _BODY.unpack_from(body)
    split = _BODY.size + topic_length
    return end, Raw(
        received_ms=received_ms,
        topic=body[_BODY.size : split].decode("utf-8", "surrogateescape"),
        payload=body[split:],
        duplicate=bool(flags & _DUPLICATE),
        truncated=bool(flags & _TRUNCATED),
        retained=bool(flags & _RETAINED),
        mid=mid,
    )


def scan(data: bytes, seed: int, *, final: bool, limit: int) -> Scan:
    """Up to `limit` records from the beginning of `data`, stepping over damage.

    `final` says that nothing follows `data`: then an unfinished record at its end is damage, otherwise the
    scan stops before it. With `final` unset, `data` must be longer than `MAX_RECORD` to be sure of progress.
    """
    result = Scan()
    offset = 0
    while offset < len(data) and len(result.records) < limit:
        found = decode_at(data, offset, seed)
        if isinstance(found, tuple):
            offset = found[0]
            result.records.append(found)
        elif found is Fault.SHORT and not final:
            break
        else:
            after = _next_candidate(data, offset + 1, seed, final=final)
            result.damaged.append((offset, after))
            offset = after
    result.stopped = offset
    return result


def _next_candidate(data: bytes, start: int, seed: int, *, final: bool) -> int:
    """Where the next record begins, or may begin beyond the end of `data`."""
    place = data.find(MARKER, start)
    while place >= 0:
        found = decode_at(data, place, seed)
        if isinstance(found, tuple) or (found is Fault.SHORT and not final):
            return place
        place = data.find(MARKER, place + 1)
    return len(data) if final else max(start, len(data) - len(MARKER) + 1)


def _checksum(body: bytes, seed: int) -> int:
    return zlib.crc32(body, zlib.crc32(_LENGTH.pack(len(body)), seed))
