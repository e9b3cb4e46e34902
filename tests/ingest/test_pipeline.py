"""The pipeline: what becomes of records, and what stops it (nothing a device sends)."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from devices.formats import parse
from devices.models import MODELS
from devices.readings import Qc, SeriesKey
from devices.sites import Mounting, Registry
from devices.uplinks import Decoded, Measured, RejectReason
from ingest.counters import IngestCounters
from ingest.dealing import Dealing
from ingest.journal import Journal
from ingest.pipeline import Pipeline
from ingest.records import MAX_PAYLOAD, Raw
from ingest.replaying import SecondTime, replay
from ingest.segments import read_folder
from storage.errors import StoreUnavailableError
from tests.ingest.fakes import T0, FakeFeed, FakeReadings, FakeSink, commune, own_uplink
from tests.polling import wait_until

NOW = T0 + 100_000


class Bench:
    """A pipeline on fakes and a real journal."""

    def __init__(self, folder: Path, registry: Registry | None = None) -> None:
        self.folder = folder
        self.registry = registry or commune()
        self.readings, self.feed, self.sink = FakeReadings(), FakeFeed(), FakeSink()
        self.open()

    def open(self) -> None:
        self.journal = Journal(self.folder)
        self.pipeline = Pipeline(
            self.journal, self.readings, self.feed, lambda: self.registry, self.sink, lambda: NOW + 500
        )

    def restart(self) -> None:
        self.journal.close()
        self.open()

    def receive(self, *messages: tuple[str, bytes], at_ms: int = NOW) -> None:
        self.journal.append([Raw(at_ms, topic, payload) for topic, payload in messages])

    def reasons(self) -> list[RejectReason]:
        return [refusal.reason for refusal in self.sink.refusals]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.journal.close()


def chirpstack(data: bytes, *, dev_eui: str = "24e124713b494221", f_port: int = 85) -> tuple[str, bytes]:
    body = {
        "time": "2026-11-23T08:15:02.744554+00:00",
        "deviceInfo": {"devEui": dev_eui, "deviceName": "kenh-da-ton-03", "deviceProfileName": "EM310-UDL"},
        "fCnt": 1834,
        "fPort": f_port,
        "data": base64.b64encode(data).decode(),
        "rxInfo": [{"gatewayId": "0016c001f1500812", "rssi": -101, "snr": 4.5}],
    }
    return f"application/1/device/{dev_eui}/event/up", json.dumps(body).encode()


def test_an_uplink_becomes_a_reading_and_a_line_of_the_feed(bench: Bench) -> None:
    bench.receive(own_uplink(7))
    assert bench.pipeline.step() == 1
    assert bench.pipeline.counters.lag_ms == 500
    assert bench.pipeline.step() == 0
    assert bench.pipeline.counters.lag_ms == bench.pipeline.counters.lag_records == 0
    (reading,) = bench.readings.rows.values()
    assert reading.key == SeriesKey("site-d007", "1", "battery_pct")
    assert (reading.time_ms, reading.value, reading.qc, reading.seq) == (T0 + 7, 7.0, Qc.GOOD, 7)
    assert bench.feed.batches == [[reading]]
    assert [seen.device_id for seen in bench.sink.heard] == ["d007"]
    assert bench.pipeline.counters.stored == bench.pipeline.counters.processed == 1


def test_a_lorawan_uplink_goes_through_the_codec_of_its_device(tmp_path: Path) -> None:
    eui = "24e124713b494221"
    registry = commune()
    device = replace(registry.devices["d000"], id=eui, model="milesight/em310-udl")
    bench = Bench(
        tmp_path, replace(registry, devices={eui: device}, mountings={eui: (Mounting(eui, "site-d000"),)})
    )
    bench.receive(chirpstack(bytes.fromhex("01755C03824408040000")))
    bench.pipeline.step()
    values = {key.quantity: reading.value for (key, _), reading in bench.readings.rows.items()}
    assert values["battery_pct"] == 92
    assert values["rssi_dbm"] == -101
    assert bench.reasons() == [RejectReason.NO_GEOMETRY]
    assert {seen.gateway_id for seen in bench.sink.heard} == {None, "0016c001f1500812"}
    bench.journal.close()


def test_unknown_devices_go_to_quarantine_and_are_never_stored(bench: Bench) -> None:
    bench.receive(("kenh/v1/stranger/up", own_uplink(1)[1]), chirpstack(b"\x01"))
    bench.pipeline.step()
    assert bench.readings.rows == {}
    assert [(one.device_id, one.model_hint) for one in bench.sink.strangers] == [
        ("stranger", ""),
        ("24e124713b494221", "EM310-UDL"),
    ]
    assert bench.sink.heard == []


def test_a_registered_device_without_a_known_model_is_refused_with_the_remedy(tmp_path: Path) -> None:
    eui = "24e124713b494221"
    device = replace(commune().devices["d000"], id=eui)
    bench = Bench(tmp_path, replace(commune(), devices={eui: device}))
    bench.receive(chirpstack(b"\x01\x75\x5c"))
    bench.pipeline.step()
    assert bench.reasons() == [RejectReason.NO_CODEC]
    assert "milesight/em310-udl" in bench.sink.refusals[0].detail
    bench.journal.close()


def test_a_device_that_is_mounted_nowhere_is_refused(bench: Bench) -> None:
    bench.registry = replace(bench.registry, mountings={})
    bench.receive(own_uplink(1))
    bench.pipeline.step()
    assert bench.reasons() == [RejectReason.NOT_MOUNTED]


def test_backfill_from_before_a_move_goes_where_the_device_was(bench: Bench) -> None:
    moved = (Mounting("d001", "site-d002", to_ms=T0 + 50), Mounting("d001", "site-d001", from_ms=T0 + 50))
    bench.registry = replace(bench.registry, mountings={"d001": moved})
    payload = json.dumps([{"ts": T0 + at, "readings": {"battery_pct": at}} for at in (40, 60)]).encode()
    bench.receive(("kenh/v1/d001/up", payload))
    bench.pipeline.step()
    places = {(key.site_id, at) for key, at in bench.readings.rows}
    assert places == {("site-d002", T0 + 40), ("site-d001", T0 + 60)}


def test_simulated_uplinks_are_counted_and_not_stored(bench: Bench) -> None:
    body = {
        "end_device_ids": {"device_id": "d001", "dev_eui": "D001"},
        "uplink_message": {"f_port": 85, "frm_payload": "AXVc"},
        "simulated": True,
    }
    bench.receive(("v3/app@tenant/devices/d001/up", json.dumps(body).encode()))
    bench.pipeline.step()
    assert bench.pipeline.counters.simulated == 1
    assert bench.readings.rows == {}
    assert bench.sink.strangers == []


def test_poison_does_not_stop_the_stream(bench: Bench) -> None:
    poison = [
        ("kenh/v1/d001/up", b"\xff\xfe"),
        ("kenh/v1/d001/up", b"{not json"),
        ("kenh/v1/d001/up", b""),
        ("nobody/knows", b"{}"),
        ("kenh/v1/d001/up", b"[" * 5000),
        ("kenh/v1/d001/up", b"x" * (MAX_PAYLOAD + 10)),
        ("application/1/device/d001/event/up", b'{"data": 7}'),
    ]
    for bad in poison:
        bench.receive(bad, own_uplink(poison.index(bad)))
    while bench.pipeline.step():
        pass
    assert len(bench.readings.rows) == len(poison)
    assert len(bench.sink.refusals) == len(poison)
    assert RejectReason.TOO_LARGE in bench.reasons()
    assert sum(bench.pipeline.counters.rejected.values()) == len(poison)
    kept = {refusal.topic: refusal.payload for refusal in bench.sink.refusals}
    assert kept["nobody/knows"] == b"{}"


def test_a_codec_that_raises_costs_one_record(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    real = parse

    def stumbling(topic: str, payload: bytes, received_ms: int) -> object:
        if b'"seq": 3' in payload:
            raise ZeroDivisionError("a mistake of ours")
        return real(topic, payload, received_ms)

    monkeypatch.setattr(bench.pipeline._dealing._understanding, "_parse", stumbling)
    bench.receive(*(own_uplink(number) for number in range(6)))
    assert bench.pipeline.step() == 6
    assert len(bench.readings.rows) == 5
    assert bench.reasons() == [RejectReason.INTERNAL]
    assert bench.sink.refusals[0].payload == own_uplink(3)[1]


def test_while_the_store_is_down_the_checkpoint_stands_still(bench: Bench) -> None:
    bench.receive(*(own_uplink(number) for number in range(20)))
    bench.readings.down = True
    before = bench.journal.checkpoint()
    for _ in range(10):
        with pytest.raises(StoreUnavailableError):
            bench.pipeline.step()
    assert bench.journal.checkpoint() == before
    assert (bench.pipeline.counters.lag_records, bench.pipeline.counters.lag_ms) == (20, 500)
    assert bench.sink.heard == []
    bench.readings.down = False
    assert bench.pipeline.step() == 20
    assert len(bench.readings.rows) == 20
    assert bench.pipeline.counters.stored == 20


def test_while_the_sink_fails_nothing_is_forgotten(bench: Bench) -> None:
    bench.receive(("nobody/knows", b"{}"))
    bench.sink.failure = StoreUnavailableError("state is locked")
    with pytest.raises(StoreUnavailableError):
        bench.pipeline.step()
    bench.sink.failure = None
    bench.pipeline.step()
    assert bench.reasons() == [RejectReason.UNKNOWN_TOPIC]


def test_a_record_the_store_stumbles_over_is_refused_after_some_tries(bench: Bench) -> None:
    bench.readings.poison = "humidity_pct"
    bench.receive(own_uplink(1), ("kenh/v1/d002/up", b'{"readings": {"humidity_pct": 50}}'), own_uplink(3))
    stumbles = 0
    while not bench.journal.checkpoint().number:
        try:
            bench.pipeline.step()
        except ZeroDivisionError:
            stumbles += 1
    assert 2 <= stumbles <= 6
    assert len(bench.readings.rows) == 2
    assert bench.reasons() == [RejectReason.INTERNAL]
    assert bench.pipeline.counters.rejected["internal"] == 1


def test_a_record_nobody_can_keep_stays_in_the_journal_and_is_counted(bench: Bench) -> None:
    bench.sink.failure = TypeError("a mistake of ours")
    bench.receive(("nobody/knows", b"{}"))
    while not bench.journal.checkpoint().number:
        try:
            bench.pipeline.step()
        except TypeError:
            continue
    assert bench.pipeline.counters.kept_in_journal_only == 1


def test_who_was_heard_is_not_worth_stopping_the_stream_for(bench: Bench) -> None:
    bench.sink.failure = TypeError("a mistake of ours")
    bench.receive(own_uplink(1))
    assert bench.pipeline.step() == 1
    assert len(bench.readings.rows) == 1
    assert bench.journal.lag_records == 0


def test_under_load_the_checkpoint_moves_for_many_batches_together(bench: Bench) -> None:
    bench.pipeline._batch_records = 10
    bench.receive(*(own_uplink(number) for number in range(30)))
    assert bench.pipeline.step() == bench.pipeline.step() == 10
    assert bench.journal.lag_records == 30
    assert not bench.sink.frames
    assert bench.pipeline.step() == 10
    assert bench.journal.lag_records == 0
    assert len(bench.sink.frames) == 30


def test_readings_the_store_refuses_are_rejected_and_kept_out_of_the_feed(bench: Bench) -> None:
    bench.readings.refuse = "humidity_pct"
    bench.receive(("kenh/v1/d002/up", b'{"readings": {"humidity_pct": 50, "battery_pct": 3}}'))
    bench.pipeline.step()
    assert [reading.quantity for reading in bench.feed.batches[0]] == ["battery_pct"]
    assert bench.reasons() == [RejectReason.INTERNAL]


def test_doing_a_batch_again_changes_nothing(bench: Bench) -> None:
    bench.receive(*(own_uplink(number, timed=number % 2 == 0) for number in range(50)))
    bench.pipeline.step()
    stored = dict(bench.readings.rows)
    bench.journal.close()
    (bench.folder / "checkpoint").unlink()  # as if the process had ended before it was saved
    bench.open()
    assert bench.pipeline.step() == 50
    assert bench.readings.rows == stored


def test_replay_reads_the_folder_and_leaves_the_checkpoint_alone(bench: Bench) -> None:
    bench.receive(*(own_uplink(number) for number in range(30)))
    bench.pipeline.step()
    stored, place = dict(bench.readings.rows), bench.journal.checkpoint()
    bench.readings.rows.clear()
    dealing = Dealing(bench.readings, bench.feed, lambda: bench.registry, SecondTime(), IngestCounters())
    assert replay(read_folder(bench.folder), dealing, lambda _: None) == 30
    assert bench.readings.rows == stored
    assert bench.journal.checkpoint() == place


def untimed(value: int = 5) -> tuple[str, bytes]:
    return "kenh/v1/d001/up", json.dumps({"readings": {"battery_pct": value}}).encode()


def times(bench: Bench) -> set[int]:
    return {at for _, at in bench.readings.rows}


def test_a_redelivery_without_a_time_of_its_own_is_stored_once(bench: Bench) -> None:
    bench.journal.append([Raw(NOW, *untimed(), mid=9)])
    bench.pipeline.step()
    bench.restart()
    bench.journal.append([Raw(NOW + 60_000, *untimed(), duplicate=True, mid=9)])
    bench.pipeline.step()
    assert times(bench) == {NOW}


def test_the_same_words_in_another_message_are_another_reading(bench: Bench) -> None:
    bench.journal.append([Raw(NOW, *untimed(), mid=9)])
    bench.journal.append([Raw(NOW + 60_000, *untimed(), mid=9)])
    # Its first copy was lost on the way to us: the flag alone does not make it a copy of the other two.
    bench.journal.append([Raw(NOW + 120_000, *untimed(), duplicate=True, mid=10)])
    bench.pipeline.step()
    assert times(bench) == {NOW, NOW + 60_000, NOW + 120_000}


def test_a_retained_message_repeated_at_a_new_subscription_is_stored_once(bench: Bench) -> None:
    bench.journal.append([Raw(NOW, *untimed(), mid=1), Raw(NOW + 9000, *untimed(), retained=True, mid=2)])
    bench.pipeline.step()
    assert times(bench) == {NOW}


def test_running_pauses_while_the_store_is_down_and_goes_on_by_itself(bench: Bench) -> None:
    bench.receive(*(own_uplink(number) for number in range(20)))
    bench.readings.down = True
    stop = threading.Event()
    runner = threading.Thread(target=bench.pipeline.run, args=(stop,))
    runner.start()
    try:
        wait_until(lambda: bench.pipeline.problem() is not None, "the pipeline says what is wrong")
        bench.readings.down = False
        wait_until(lambda: len(bench.readings.rows) == 20, "everything is stored")
        wait_until(lambda: bench.pipeline.problem() is None, "the pipeline is content again")
    finally:
        stop.set()
        runner.join(5)


def test_a_measurement_with_history_keeps_its_own_times(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = MODELS["milesight/em500-udl"]

    def decode(payload: bytes, f_port: int) -> Decoded:
        return Decoded((Measured("battery_pct", 5, "%", time_ms=T0), Measured("battery_pct", 6, "%")))

    monkeypatch.setattr(
        bench.pipeline._dealing._understanding, "_models", {"v/m": replace(model, decode=decode)}
    )
    devices = {"d001": replace(bench.registry.devices["d001"], model="v/m")}
    bench.registry = replace(bench.registry, devices=devices)
    topic, payload = chirpstack(b"\x01", dev_eui="d001")
    bench.receive((topic, payload))
    bench.pipeline.step()
    assert T0 in times(bench)
    assert len(bench.readings.rows) >= 3
