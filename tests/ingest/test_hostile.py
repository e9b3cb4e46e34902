"""Whatever is published, the stream goes on, the neighbours are stored, and what was refused is kept."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.journal import Journal
from ingest.pipeline import Pipeline
from ingest.records import Raw
from tests.ingest.fakes import T0, FakeFeed, FakeReadings, FakeSink, commune, own_uplink

NOW = T0 + 100_000

json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
own_words = ["ts", "seq", "readings", "distance_mm", "water_level_m"]
chirpstack_words = ["deviceInfo", "devEui", "data", "fCnt", "fPort", "time", "rxInfo", "gatewayId"]
things_words = ["end_device_ids", "uplink_message", "frm_payload", "rx_metadata"]
words = st.sampled_from([*own_words, *chirpstack_words, *things_words])
near_json = st.recursive(
    json_values, lambda inner: st.dictionaries(words, inner, max_size=6) | st.lists(inner, max_size=3)
)
topics = st.one_of(
    st.text(max_size=60),
    st.builds("kenh/v1/{}/up".format, st.one_of(st.just("d001"), st.text(max_size=80))),
    st.builds("application/{}/device/{}/event/{}".format, *[st.text(max_size=20)] * 3),
    st.builds("application/1/device/d001/event/{}".format, st.sampled_from(["up", "join", "status", "log"])),
    st.builds("v3/a@t/devices/{}/{}".format, st.text(max_size=20), st.sampled_from(["up", "join"])),
)
payloads = st.one_of(
    st.binary(max_size=300),
    near_json.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")),
    st.integers(1, 3000).map(lambda depth: b"[" * depth),
    st.integers(1, 3000).map(lambda depth: b'{"readings":' * depth + b"1" + b"}" * depth),
    st.sampled_from(
        [
            b'{"readings": {"distance_mm": NaN}}',
            b'{"readings": {"distance_mm": 1e999}}',
            b'{"readings": {"distance_mm": -1e308}, "ts": 1e308}',
            b'{"readings": {"distance_mm": 1}, "ts": ' + b"9" * 400 + b"}",
            b'{"readings": {"water_level_m": 1}, "seq": 99999999999999999999999}',
            b'\xff\xfe{"readings": {}}',
            b'{"readings": {"\xed\xa0\x80": 1}}',
        ]
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(topics, payloads), min_size=1, max_size=8))
def test_nothing_a_stranger_sends_stops_the_stream_or_harms_its_neighbours(
    hostile: list[tuple[str, bytes]],
) -> None:
    with TemporaryDirectory() as folder:
        journal = Journal(Path(folder), sync=lambda _: None)
        readings, sink = FakeReadings(), FakeSink()
        registry = commune()
        pipeline = Pipeline(journal, readings, FakeFeed(), lambda: registry, sink, lambda: NOW)
        messages = [own_uplink(2), *hostile, own_uplink(3)]
        journal.append([Raw(NOW, topic, payload) for topic, payload in messages])
        while pipeline.step():
            pass
        assert pipeline.counters.processed == len(messages)
        assert journal.lag_records == 0
        journal.close()
    stored = {(key.site_id, at) for key, at in readings.rows if key.quantity == "battery_pct"}
    assert {("site-d002", T0 + 2), ("site-d003", T0 + 3)} <= stored
    for refusal in sink.refusals:
        assert (refusal.topic, refusal.payload) in hostile
        assert refusal.detail
    assert all(reading.value == reading.value for reading in readings.rows.values()), "never a NaN"
