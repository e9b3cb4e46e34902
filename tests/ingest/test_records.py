"""The journal's record format."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.records import MARKER, MAX_PAYLOAD, Fault, Raw, decode_at, encode, scan

raws = st.builds(
    Raw,
    received_ms=st.integers(0, 2**53),
    topic=st.text(max_size=40),
    payload=st.binary(max_size=200) | st.just(MARKER * 3),
    duplicate=st.booleans(),
    truncated=st.booleans(),
    retained=st.booleans(),
    mid=st.integers(0, 65_535),
)
seeds = st.integers(0, 2**32 - 1)


@settings(deadline=None)
@given(raws, seeds)
def test_decoding_undoes_encoding(raw: Raw, seed: int) -> None:
    data = encode(raw, seed)
    assert decode_at(b"before" + data + b"after", 6, seed) == (6 + len(data), raw)


@settings(deadline=None)
@given(raws, seeds, st.data())
def test_every_beginning_of_a_record_is_short(raw: Raw, seed: int, data: st.DataObject) -> None:
    encoded = encode(raw, seed)
    cut = data.draw(st.integers(0, len(encoded) - 1))
    assert decode_at(encoded[:cut], 0, seed) is Fault.SHORT


@settings(deadline=None)
@given(raws, seeds, st.data())
def test_a_flipped_bit_never_passes_for_a_record(raw: Raw, seed: int, data: st.DataObject) -> None:
    encoded = bytearray(encode(raw, seed))
    place = data.draw(st.integers(0, len(encoded) - 1))
    encoded[place] ^= 1 << data.draw(st.integers(0, 7))
    assert isinstance(decode_at(bytes(encoded), 0, seed), Fault)


@settings(deadline=None)
@given(st.lists(raws, min_size=2, max_size=6), seeds, st.data())
def test_a_damaged_record_costs_only_itself(batch: list[Raw], seed: int, data: st.DataObject) -> None:
    encoded = [encode(raw, seed) for raw in batch]
    bad = data.draw(st.integers(0, len(batch) - 1))
    place = data.draw(st.integers(0, len(encoded[bad]) - 1))
    encoded[bad] = encoded[bad][:place] + bytes([encoded[bad][place] ^ 0xFF]) + encoded[bad][place + 1 :]
    result = scan(b"".join(encoded), seed, final=True, limit=100)
    assert [raw for _, raw in result.records] == batch[:bad] + batch[bad + 1 :]
    assert sum(end - begin for begin, end in result.damaged) == len(encoded[bad])


def test_a_record_hidden_in_a_payload_is_not_found_when_its_host_is_damaged() -> None:
    forged = encode(Raw(1, "kenh/v1/other/up", b"forged"), seed=0)
    host = encode(Raw(2, "kenh/v1/mine/up", forged), seed=77)
    result = scan(host[:-1], 77, final=True, limit=10)
    assert result.records == []


def test_zeros_are_no_records() -> None:
    assert decode_at(bytes(100), 0, 0) is Fault.DAMAGED


@pytest.mark.parametrize("size", [MAX_PAYLOAD, MAX_PAYLOAD + 1, 3 * MAX_PAYLOAD])
def test_an_oversized_payload_keeps_its_beginning_and_says_so(size: int) -> None:
    found = decode_at(encode(Raw(1, "t", b"x" * size), 5), 0, 5)
    assert isinstance(found, tuple)
    assert len(found[1].payload) == MAX_PAYLOAD
    assert found[1].truncated == (size > MAX_PAYLOAD)
