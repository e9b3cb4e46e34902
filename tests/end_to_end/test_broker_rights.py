"""What Mosquitto lets whom do, on the files Kênh writes for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kenh.broker.identities import Kind
from kenh.broker.mosquitto_conf import MESSAGE_LIMIT, PACKET_LIMIT
from tests.brokers import needs_mosquitto
from tests.end_to_end.broker_files import Installed, commune, installed, knocking, receiving, signed_in
from tests.polling import wait_until

pytestmark = needs_mosquitto

REFUSED = "Not authorized"
COMMUNE = commune(["a81758fffe03", "d2", "twin", "eui:70b3"], ["north", "south", "twin"])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    routes = [("waste/+/up", 1), ("gauges/senml", None)]
    with installed(tmp_path_factory.mktemp("installed"), COMMUNE, routes=routes) as started:
        yield started


def taken(answer: str) -> bool:
    return answer in ("Success", "No matching subscribers")


@pytest.mark.parametrize("topic", ["kenh/v1/d2/up", "kenh/v1/d2/status", "waste/d2/up"])
def test_a_device_publishes_as_itself_and_as_no_other(place: Installed, topic: str) -> None:
    with place.device("d2") as device, place.device("a81758fffe03") as other:
        assert taken(device.publish(topic))
        assert other.publish(topic) == REFUSED


@pytest.mark.parametrize(
    "topic",
    [
        "application/1/device/d2/event/up",
        "v3/app/devices/d2/up",
        "kenh/v1/crews/north/work-orders/7",
        "kenh/v1/crews/north/work-orders/7/status",
        "kenh/v1/d2/cmd/interval",
        "gauges/senml",
        "anything",
        "$SYS/broker/version",
    ],
)
def test_a_device_publishes_nowhere_else(place: Installed, topic: str) -> None:
    with place.device("d2") as device:
        assert device.publish(topic) == REFUSED


@pytest.mark.parametrize("wish", ["#", "kenh/v1/#", "+/+/+/+/+", "$share/mine/#"])
def test_a_device_that_asks_for_everything_hears_its_own_commands_only(place: Installed, wish: str) -> None:
    with place.device("d2") as device, place.service("kenh") as kenh, place.device("twin") as other:
        device.listen(wish)
        assert taken(other.publish("kenh/v1/twin/up"))
        assert taken(kenh.publish("kenh/v1/crews/north/work-orders/7"))
        assert taken(kenh.publish("kenh/v1/twin/cmd/interval"))
        assert kenh.publish("kenh/v1/d2/cmd/interval") == "Success"
        wait_until(lambda: "kenh/v1/d2/cmd/interval" in device.heard, "its own command")
        assert device.heard == ["kenh/v1/d2/cmd/interval"]


def test_a_crew_hears_its_own_work_orders_and_answers_for_nobody_else(place: Installed) -> None:
    with place.crew("north") as crew, place.service("kenh") as kenh:
        crew.listen("#")
        assert taken(kenh.publish("kenh/v1/crews/south/work-orders/8"))
        assert kenh.publish("kenh/v1/crews/north/work-orders/7") == "Success"
        wait_until(lambda: crew.heard, "its own work order")
        assert crew.heard == ["kenh/v1/crews/north/work-orders/7"]
        assert taken(crew.publish("kenh/v1/crews/north/work-orders/7/status"))
        assert crew.publish("kenh/v1/crews/south/work-orders/8/status") == REFUSED
        assert crew.publish("kenh/v1/crews/north/work-orders/7") == REFUSED
        assert crew.publish("kenh/v1/d2/up") == REFUSED


def test_a_crew_and_a_device_of_one_id_share_nothing(place: Installed) -> None:
    assert place.password(Kind.CREW, "twin")[0] == "twin"
    assert place.password(Kind.DEVICE, "twin")[0] == "twin@device"
    with place.crew("twin") as crew, place.device("twin") as device, place.service("kenh") as kenh:
        assert crew.publish("kenh/v1/twin/up") == REFUSED
        assert device.publish("kenh/v1/crews/twin/work-orders/1/status") == REFUSED
        crew.listen("#")
        device.listen("#")
        assert kenh.publish("kenh/v1/twin/cmd/interval") == "Success"
        assert kenh.publish("kenh/v1/crews/twin/work-orders/1") == "Success"
        wait_until(lambda: crew.heard and device.heard, "each its own")
        assert crew.heard == ["kenh/v1/crews/twin/work-orders/1"]
        assert device.heard == ["kenh/v1/twin/cmd/interval"]


def test_an_id_with_a_colon_signs_in_under_a_name_without(place: Installed) -> None:
    assert place.password(Kind.DEVICE, "eui:70b3")[0] == "eui~70b3"
    with place.device("eui:70b3") as device:
        assert taken(device.publish("kenh/v1/eui:70b3/up"))


def test_a_network_server_publishes_what_is_its_own_only(place: Installed) -> None:
    with place.service("chirpstack") as server:
        assert taken(server.publish("application/1/device/d2/event/up"))
        assert server.publish("kenh/v1/d2/up") == REFUSED
        assert server.publish("application/1/device/d2/command/down") == REFUSED
    with place.service("tts") as server:
        assert taken(server.publish("v3/app@ttn/devices/d2/up"))
        assert server.publish("application/1/device/d2/event/up") == REFUSED


@pytest.mark.parametrize("listener", ["services", "field"])
def test_nobody_comes_in_without_the_right_password(place: Installed, listener: str) -> None:
    port = place.field_port if listener == "field" else place.broker.port
    for user, password in (("", ""), ("d2", "wrong"), ("kenh", "wrong"), ("nobody", "x"), ("d2", "")):
        with knocking(place, port, user, password) as guest:
            assert guest.answers == [REFUSED]


def test_a_password_counts_on_its_own_listener_only(place: Installed) -> None:
    with knocking(place, place.broker.port, *place.password(Kind.DEVICE, "d2")) as guest:
        assert guest.answers == [REFUSED]
    with knocking(place, place.field_port, *place.password(Kind.SERVICE, "kenh")) as guest:
        assert guest.answers == [REFUSED]


def test_a_device_cannot_take_over_the_session_of_kenh(place: Installed) -> None:
    user, password = place.password(Kind.DEVICE, "d2")
    with (
        receiving(place) as (receiver, kept),
        signed_in(place, place.field_port, user, password, "kenh-ingest") as device,
    ):
        assert device.publish("kenh/v1/d2/up") == "Success"
        wait_until(lambda: kept, "Kênh is still there")
        assert receiver.counters.connects == 1


def test_what_is_too_large_reaches_nobody(place: Installed) -> None:
    with receiving(place) as (_, kept):
        with place.device("d2") as device:
            # QoS 0: to a client of MQTT 5 Mosquitto 2.0 would send a PUBACK that paho cannot read.
            device.client.publish("kenh/v1/d2/up", bytes(MESSAGE_LIMIT + 1), 0)
            assert device.publish("kenh/v1/d2/up", bytes(MESSAGE_LIMIT)) == "Success"
            device.client.publish("kenh/v1/d2/up", bytes(PACKET_LIMIT), 0)
            wait_until(lambda: len(device.answers) > 1, "it was sent away and came again")
            assert device.publish("kenh/v1/d2/up", b"last") == "Success"
        wait_until(lambda: kept and kept[-1].payload == b"last", "the last one")
    assert [len(raw.payload) for raw in kept] == [MESSAGE_LIMIT, 4]


def test_who_comes_later_gets_in_who_was_there_keeps_the_password_and_who_left_is_out(tmp_path: Path) -> None:
    with installed(tmp_path, commune(["d1", "d2"], ["north"])) as place:
        d1, d2 = (place.password(Kind.DEVICE, each) for each in ("d1", "d2"))
        unchanged = (place.folder / "passwords-services").stat().st_mtime_ns
        place.run_again(commune(["d1", "d3"], ["north"]))
        assert place.password(Kind.DEVICE, "d1") == d1
        assert (place.folder / "passwords-services").stat().st_mtime_ns == unchanged
        d3 = place.password(Kind.DEVICE, "d3")

        def lets_in(user: str, password: str) -> bool:
            with knocking(place, place.field_port, user, password) as guest:
                return guest.answers == ["Success"]

        wait_until(lambda: lets_in(*d3), "the broker has read the new files")
        assert lets_in(*d1)
        assert not lets_in(*d2)
        with place.device("d3") as device:
            assert taken(device.publish("kenh/v1/d3/up"))
