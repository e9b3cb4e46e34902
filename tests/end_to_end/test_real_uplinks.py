"""Uplinks of real devices in; readings, finding, work order at the crew, answer, verified by the sensor."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from paho.mqtt.client import Client, MQTTMessage

from tests.brokers import Broker, connected, needs_mosquitto, publish, start_mosquitto
from tests.end_to_end.messages import chirpstack, dds75_payload, em310_payload, things_stack
from tests.end_to_end.service import MINUTE, HandClock, Service, running, settings_on, take_in
from tests.polling import wait_until

pytestmark = needs_mosquitto
NOW = 1_795_421_700_000
BIN, DRAIN = "24e124713b494221", "a84041000181aabb"
SITES = """\
site_id,kind,name,village,lat,lon,downstream_site_id,section,width_m,height_m,invert_m,ground_m,report_interval_s
D15,waste_point,"Điểm tập kết Đ15, chợ Kim Lan",kim-lan-thon-1,20.960,105.904,,,,,,,600
G07,drain,"Ga G07, ngõ 3 Giang Cao",giang-cao,20.981,105.912,,circular,0.6,0.6,7.20,8.60,600
"""
DEVICES = f"""\
device_id,model,site_id,channel,mounted_from,mount_height_mm,full_distance_mm
{BIN},milesight/em310-udl,D15,1,2026-01-01T00:00:00Z,1200,200
{DRAIN.upper()},dragino/dds75-lb,G07,1,2026-01-01T00:00:00Z,1900,
"""
CREWS = """\
crew_id,name,kinds
thoat-nuoc-2,Tổ thoát nước 2,flooding;blocked_drain
thu-gom-toi,Đội thu gom – ca tối,overflow
"""


class CrewSystem:
    """A crew's own program: sees its retained orders, and answers."""

    def __init__(self, client: Client, crew_id: str) -> None:
        self._client = client
        self._crew_id = crew_id
        self.orders: dict[str, Any] = {}
        client.on_message = self._seen
        client.subscribe(f"kenh/v1/crews/{crew_id}/work-orders/+", 1)

    def answer(self, order_id: str, status: str) -> None:
        topic = f"kenh/v1/crews/{self._crew_id}/work-orders/{order_id}/status"
        body = orjson.dumps({"status": status, "by": "Tổ trưởng", "note": "rác chặn miệng cống"})
        self._client.publish(topic, body, 1).wait_for_publish(5)

    def _seen(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.orders[message.topic.rsplit("/", 1)[1]] = orjson.loads(message.payload or b"null")


class Stage:
    """One running service, one broker, one clock."""

    def __init__(self, broker: Broker, service: Service, clock: HandClock) -> None:
        self.broker, self.service, self.clock = broker, service, clock
        self.f_cnt = 0

    def report(self, *, fill_pct: float | None = None, level_m: float | None = None) -> None:
        """Ten minutes later both or one of the devices report, and the reading is stored and watched."""
        time_ms = self.clock.forward(10 * MINUTE)
        self.f_cnt += 1
        messages = []
        if fill_pct is not None:
            distance_mm = round(1200 - fill_pct * 10)
            messages.append(chirpstack(BIN, em310_payload(distance_mm), time_ms, self.f_cnt))
        if level_m is not None:
            distance_mm = round(1900 - level_m * 1000)
            messages.append(things_stack(DRAIN, dds75_payload(distance_mm), time_ms, self.f_cnt))
        publish(self.broker, messages)
        self.await_stored(time_ms, len(messages))
        self.clock.forward(MINUTE)

    def await_stored(self, time_ms: int, count: int) -> None:
        def stored() -> bool:
            rows = [row for q in ("fill_pct", "water_level_m") for row in self._readings(q, time_ms)]
            return len(rows) == count

        wait_until(stored, f"{count} readings at {time_ms}")

    def _readings(self, quantity: str, time_ms: int) -> list[dict[str, Any]]:
        return self.service.items(
            "readings", quantity=quantity, **{"from": str(time_ms), "to": str(time_ms + 1)}
        )

    def await_order(self, state: str, kind: str) -> dict[str, Any]:
        def found() -> list[dict[str, Any]]:
            return [row for row in self.service.items("work-orders") if row["kind"] == kind]

        wait_until(lambda: [row for row in found() if row["state"] == state], f"a {kind} order {state}")
        return found()[0]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    clock = HandClock(NOW)
    with start_mosquitto(tmp_path, users={"kenh": "s"}) as broker:
        settings = settings_on(tmp_path / "data", broker)
        take_in(settings, sites=SITES, devices=DEVICES, crews=CREWS)
        with running(settings, clock) as service:
            yield Stage(broker, service, clock)


def test_a_full_bin_heard_by_chirpstack_is_emptied_and_verified(stage: Stage) -> None:
    with connected(stage.broker) as client:
        crew = CrewSystem(client, "thu-gom-toi")
        for fill_pct in (60, 94, 96):
            stage.report(fill_pct=fill_pct)
        order = stage.await_order("assigned", "overflow")
        wait_until(lambda: order["id"] in crew.orders, "the retained order at the crew")
        told = crew.orders[order["id"]]
        assert told["site"]["name"] == "Điểm tập kết Đ15, chợ Kim Lan"
        assert "đầy" in told["sentence_vi"]

        for status in ("accepted", "on_site", "done"):
            crew.answer(order["id"], status)
            stage.await_order(status, "overflow")
        for fill_pct in (21, 20, 22):
            stage.report(fill_pct=fill_pct)
        stage.await_order("closed", "overflow")
        wait_until(lambda: crew.orders[order["id"]]["state"] == "closed", "the crew hearing the end")

    events = [event["what"] for event in stage.service.one(f"work-orders/{order['id']}")["events"]]
    assert [what for what in events if what in ("opened", "assigned", "verified", "closed")] == [
        "opened",
        "assigned",
        "verified",
        "closed",
    ]
    assert stage.service.items("findings", kind="overflow")[0]["closed_at"] is not None


def test_a_flooding_street_heard_by_the_things_stack_runs_off_and_is_verified(stage: Stage) -> None:
    with connected(stage.broker) as client:
        crew = CrewSystem(client, "thoat-nuoc-2")
        for level_m in (0.10, 0.55, 1.05, 1.36, 1.48):
            stage.report(level_m=level_m)
        order = stage.await_order("assigned", "flooding")
        wait_until(lambda: order["id"] in crew.orders, "the retained order at the crew")
        crew.answer(order["id"], "accepted")
        stage.await_order("accepted", "flooding")
        crew.answer(order["id"], "done")
        stage.await_order("done", "flooding")
        for level_m in (0.70, 0.30, 0.12, 0.10):
            stage.report(level_m=level_m)
        stage.await_order("closed", "flooding")


def test_a_refused_answer_is_shown_to_the_crew_with_the_reason(stage: Stage) -> None:
    with connected(stage.broker) as client:
        crew = CrewSystem(client, "thu-gom-toi")
        for fill_pct in (94, 96, 97):
            stage.report(fill_pct=fill_pct)
        order = stage.await_order("assigned", "overflow")
        crew.answer(order["id"], "teleported")
        wait_until(
            lambda: ((crew.orders.get(order["id"]) or {}).get("last_answer") or {}).get("refused"),
            "the refusal in the retained order",
        )


def test_strangers_and_nonsense_stop_nothing(stage: Stage) -> None:
    topic, body = chirpstack("ffffffffffffffff", em310_payload(700), NOW, 1)
    publish(stage.broker, [(topic, body), ("kenh/v1/x/up", b"\xff\xfe"), ("v3/a/devices/b/up", b"[" * 50)])
    stage.report(fill_pct=50)
    wait_until(lambda: stage.service.items("quarantine"), "the stranger in quarantine")
    wait_until(lambda: len(stage.service.items("rejects")) == 2, "both rejects")
    assert {row["reason"] for row in stage.service.items("rejects")} <= {"not_utf8", "not_json", "too_deep"}
    ready = stage.service.http.get("/readyz")
    assert ready.status_code == 200, ready.text


def test_the_composition_root_stops_within_seconds_and_leaves_no_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with start_mosquitto(tmp_path, users={"kenh": "s"}) as broker:
        settings = settings_on(tmp_path / "data", broker)
        with running(settings, HandClock(NOW)) as service:
            assert service.http.get("/healthz").status_code == 200
    left = [thread for thread in set(threading.enumerate()) - before if not thread.daemon]
    assert left == []
