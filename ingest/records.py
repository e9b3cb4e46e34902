"""The record format of the journal: pure bytes in, bytes out.

A record is `marker (4) | length of body (u32) | crc32 (u32) | body`, little endian, and its body is
`received_ms (i64) | flags (u8) | mid (u16) | length of topic (u16) | topic | payload`. The checksum covers
length and body and starts from a number drawn anew for every segment, so that bytes somebody sent us can
never pass for a record when a damaged stretch is searched for the next good one.
"""

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import NamedTuple

#: What is kept of a payload; the message formats refuse anything longer as `too_large`.
MAX_PAYLOAD = 65_536

MARKER = b"\xf1KJ\x0e"
_PREFIX = struct.Struct("<4sII")
_LENGTH = struct.Struct("<I")
_BODY = struct.Struct("<qBHH")
#: Prefix and fixed part of the body in one go.
_HEAD = struct.Struct("<4sIIqBHH")
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


#: `Raw` from all of its fields in order: half the price of calling it, paid for every record read.
_raw: Callable[[tuple[int, str, bytes, bool, bool, bool, int]], Raw] = partial(tuple.__new__, Raw)


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
    return encode_all((raw,), seed)


def encode_all(batch: Sequence[Raw], seed: int) -> bytes:
    """Records one after the other. On the way of every message, hence written for speed."""
    pack_body, pack_prefix, crc32 = _BODY.pack, _PREFIX.pack, zlib.crc32
    begun: dict[int, int] = {}  # length of the body -> checksum of it: a fleet's messages have few lengths
    parts: list[bytes] = []
    for raw in batch:
        received_ms, topic, payload, duplicate, truncated, retained, mid = (
            raw if len(raw.payload) <= MAX_PAYLOAD else clip(raw)
        )
        try:
            name = topic.encode()
        except UnicodeEncodeError:
            name = topic.encode("utf-8", "surrogateescape")
        name = name[:65_535]
        length = _BODY.size + len(name) + len(payload)
        start = begun.get(length)
        if start is None:
            start = begun[length] = crc32(_LENGTH.pack(length), seed)
        flags = duplicate * _DUPLICATE | truncated * _TRUNCATED | retained * _RETAINED
        head = pack_body(received_ms, flags, mid, len(name)) + name
        parts += (pack_prefix(MARKER, length, crc32(payload, crc32(head, start))), head, payload)
    return b"".join(parts)


def decode_at(data: bytes, start: int, seed: int) -> tuple[int, Raw] | Fault:
    """The record at `start` and the offset after it, or why there is none."""
    if len(data) - start < _HEAD.size:
        return _too_few(data, start)
    marker, length, crc, received_ms, flags, mid, topic_length = _HEAD.unpack_from(data, start)
    if marker != MARKER or not _BODY.size <= length <= _MAX_BODY:
        return Fault.DAMAGED
    end = start + _PREFIX.size + length
    if end > len(data):
        return Fault.SHORT
    body = data[start + _PREFIX.size : end]
    if zlib.crc32(body, zlib.crc32(data[start + 4 : start + 8], seed)) != crc:
        return Fault.DAMAGED
    split = _BODY.size + topic_length
    name = body[_BODY.size : split]
    try:
        topic = name.decode()
    except UnicodeDecodeError:
        topic = name.decode("utf-8", "surrogateescape")
    payload = body[split:]
    if not flags:
        return end, _raw((received_ms, topic, payload, False, False, False, mid))
    return end, _raw(
        (
            received_ms,
            topic,
            payload,
            bool(flags & _DUPLICATE),
            bool(flags & _TRUNCATED),
            bool(flags & _RETAINED),
            mid,
        )
    )


def _too_few(data: bytes, start: int) -> Fault:
    """What bytes too few for any record are: the beginning of one, or damage."""
    if len(data) - start < _PREFIX.size:
        return Fault.SHORT
    marker, length, _ = _PREFIX.unpack_from(data, start)
    return Fault.SHORT if marker == MARKER and _BODY.size <= length <= _MAX_BODY else Fault.DAMAGED


def scan(data: bytes, seed: int, *, final: bool, limit: int, base: int = 0) -> Scan:
    """Up to `limit` records from the beginning of `data`, stepping over damage.

    `final` says that nothing follows `data`: then an unfinished record at its end is damage, otherwise the
    scan stops before it. With `final` unset, `data` must be longer than `MAX_RECORD` to be sure of progress.
    Offsets in the result count from `base` bytes before `data`.
    """
    result = Scan()
    records, size = result.records, len(data)
    offset = 0
    while offset < size and len(records) < limit:
        found = decode_at(data, offset, seed)
        if isinstance(found, tuple):
            offset, raw = found
            records.append((base + offset, raw))
        elif found is Fault.SHORT and not final:
            break
        else:
            after = _next_candidate(data, offset + 1, seed, final=final)
            result.damaged.append((base + offset, base + after))
            offset = after
    result.stopped = base + offset
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
