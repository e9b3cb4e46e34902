"""Published messages are found in a stream of packets, however it is cut and whatever stands in it."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.publishes import MalformedPacketError, Splitter
from ingest.records import MAX_PAYLOAD, Raw

RECEIVED_MS = 1_795_421_702_000
PINGRESP = b"\xd0\x00"
SUBACK = b"\x90\x03\x00\x07\x01"


def length(size: int) -> bytes:
    digits = bytearray()
    while size >= 0x80:
        digits.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([*digits, size])


def packet(raw: Raw, properties: bytes | None = None) -> bytes:
    """A PUBLISH, of QoS 1 if it has a packet identifier, as a broker would send it."""
    topic = raw.topic.encode("utf-8", "surrogateescape")
    head = 0x30 | (2 if raw.mid else 0) | (8 if raw.duplicate else 0) | (1 if raw.retained else 0)
    body = struct.pack(">H", len(topic)) + topic + (struct.pack(">H", raw.mid) if raw.mid else b"")
    body += (b"" if properties is None else length(len(properties)) + properties) + raw.payload
    return bytes([head]) + length(len(body)) + body


def split_in(pieces: list[bytes], *, version5: bool = False) -> tuple[list[Raw], bytes, bytes]:
    splitter = Splitter(version5=version5)
    splits = [splitter.split(piece, RECEIVED_MS) for piece in pieces]
    raws = [raw for split in splits for raw in split.raws]
    return raws, b"".join(split.acks for split in splits), b"".join(split.others for split in splits)


raws = st.builds(
    Raw,
    received_ms=st.just(RECEIVED_MS),
    topic=st.text(st.characters(codec="utf-8"), max_size=40),
    payload=st.binary(max_size=400),
    duplicate=st.booleans(),
    truncated=st.just(False),
    retained=st.booleans(),
    mid=st.integers(0, 65_535),
)


@given(st.lists(st.one_of(raws, st.sampled_from([PINGRESP, SUBACK]))), st.integers(1, 300), st.booleans())
def test_messages_and_other_packets_come_out_whole_however_the_stream_is_cut(
    sent: list[Raw | bytes], size: int, version5: bool
) -> None:
    properties = b"\x26\x00\x01k\x00\x01v" * 30 if version5 else None
    stream = b"".join(one if isinstance(one, bytes) else packet(one, properties) for one in sent)
    pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
    found, acks, others = split_in(pieces, version5=version5)
    assert [raw._replace(received_ms=RECEIVED_MS) for raw in found] == [
        one for one in sent if isinstance(one, Raw)
    ]
    assert acks == b"".join(struct.pack(">BBH", 0x40, 2, raw.mid) for raw in found if raw.mid)
    assert others == b"".join(one for one in sent if isinstance(one, bytes))


@given(st.lists(st.binary(max_size=60)), st.booleans())
def test_bytes_that_are_no_mqtt_are_malformed_and_nothing_worse(pieces: list[bytes], version5: bool) -> None:
    splitter = Splitter(version5=version5)
    said = 0
    with suppress(MalformedPacketError):
        for piece in pieces:
            said += sum(len(raw.payload) for raw in splitter.split(piece, RECEIVED_MS).raws)
    assert said <= len(b"".join(pieces))


def test_of_a_huge_message_the_beginning_is_kept_and_the_stream_goes_on() -> None:
    huge = Raw(RECEIVED_MS, "kenh/v1/big/up", b"x" * 3_000_000, mid=7)
    small = Raw(RECEIVED_MS, "kenh/v1/small/up", b"{}", mid=8)
    stream = packet(huge) + packet(small) + PINGRESP
    pieces = [stream[start : start + 100_000] for start in range(0, len(stream), 100_000)]
    found, acks, others = split_in(pieces)
    assert [raw.topic for raw in found] == [huge.topic, small.topic]
    assert found[0].truncated
    assert len(found[0].payload) == MAX_PAYLOAD
    assert found[1] == small
    assert acks == b"\x40\x02\x00\x07\x40\x02\x00\x08"
    assert others == PINGRESP


def test_messages_of_one_topic_never_share_a_time_of_receipt() -> None:
    splitter = Splitter(version5=False)
    said = [Raw(0, "a/up", b"1", mid=1), Raw(0, "b/up", b"1", mid=2), Raw(0, "a/up", b"2", mid=3)]
    stream = b"".join(map(packet, said))
    first = splitter.split(stream, RECEIVED_MS).raws
    assert [raw.received_ms - RECEIVED_MS for raw in first] == [-1, 0, 0]
    again = splitter.split(stream, RECEIVED_MS).raws  # within the same millisecond
    assert [raw.received_ms - RECEIVED_MS for raw in again] == [1, 1, 2]
    put_right = splitter.split(stream, RECEIVED_MS - 3_600_000).raws
    assert [raw.received_ms - RECEIVED_MS for raw in put_right] == [-3_600_001, -3_600_000, -3_600_000]


def test_a_topic_that_is_not_utf_8_is_kept_as_it_is() -> None:
    raw = Raw(RECEIVED_MS, b"a\xff/b".decode("utf-8", "surrogateescape"), b"1", mid=1)
    assert split_in([packet(raw)])[0] == [raw]


@pytest.mark.parametrize(
    "stream",
    [
        b"\x32\x03\x00\x09a",  # a topic longer than its packet
        b"\x32\x01\x00",  # no room for the length of a topic
        b"\x32\x04\x00\x01a\x00",  # half a packet identifier
        b"\x34\x05\x00\x01a\x00\x01",  # QoS 2
        b"\x30\xff\xff\xff\xff\x01",  # a length of five bytes
    ],
)
def test_a_publish_that_does_not_hold_what_it_says_ends_the_connection(stream: bytes) -> None:
    with pytest.raises(MalformedPacketError):
        split_in([stream])


def test_in_mqtt_5_properties_longer_than_their_packet_end_the_connection() -> None:
    with pytest.raises(MalformedPacketError):
        split_in([b"\x30\x04\x00\x01a\x09"], version5=True)
    with pytest.raises(MalformedPacketError):
        split_in([b"\x30\x04\x00\x01a\xff"], version5=True)
