"""What Mosquitto keeps for Kênh while one of the two is away, on the files Kênh writes for it."""

from pathlib import Path

from kenh.broker.installation import CONF
from tests.brokers import connected, needs_mosquitto, start_mosquitto
from tests.end_to_end.broker_files import Installed, commune, installed, listening, receiving
from tests.polling import wait_until

pytestmark = needs_mosquitto


def uplinks(first: int, count: int) -> list[bytes]:
    return [
        b'{"readings": {"battery_pct": 92}, "seq": %d}' % number for number in range(first, first + count)
    ]


def received(place: Installed, count: int) -> set[bytes]:
    """What Kênh gets when it comes back: at least so many."""
    with receiving(place) as (_, kept):
        wait_until(lambda: len(kept) >= count, f"{count} messages; {len(kept)} came")
    return {raw.payload for raw in kept}


def await_save(place: Installed, marker: Path) -> None:
    """Until the queue was saved after now: the broker's one thread does nothing else meanwhile."""
    marker.touch()
    saved = place.folder / "mosquitto.db"
    after = marker.stat().st_mtime_ns
    wait_until(lambda: saved.exists() and saved.stat().st_mtime_ns > after, "the next save")


def test_what_is_published_while_kenh_is_away_waits_for_it_at_qos_0_too(tmp_path: Path) -> None:
    with installed(tmp_path, commune(["d1"])) as place:
        with receiving(place):
            pass
        with place.device("d1") as device, place.service("chirpstack") as server:
            device.publish_all("kenh/v1/d1/up", uplinks(0, 3000))
            server.client.publish("application/1/device/d1/event/up", b"qos 0", 0)
            assert server.publish("application/1/device/d1/event/up", b"qos 1") == "Success"
        assert received(place, 3002) == {*uplinks(0, 3000), b"qos 0", b"qos 1"}


def test_a_restarted_broker_has_the_queue_and_goes_on_queueing_for_who_is_still_away(tmp_path: Path) -> None:
    with installed(tmp_path, commune(["d1"])) as place:
        with receiving(place):
            pass
        with place.device("d1") as device:
            device.publish_all("kenh/v1/d1/up", uplinks(0, 100))
        place.broker.stop()
        place.broker.start()
        with place.device("d1") as device:
            device.publish_all("kenh/v1/d1/up", uplinks(100, 100))
        assert received(place, 200) == set(uplinks(0, 200))


def test_a_killed_broker_has_everything_that_is_older_than_its_last_save(tmp_path: Path) -> None:
    with installed(tmp_path, commune(["d1"])) as place:
        with receiving(place):
            pass
        with place.device("d1") as device:
            device.publish_all("kenh/v1/d1/up", uplinks(0, 100))
            await_save(place, tmp_path / "marker")
            device.publish_all("kenh/v1/d1/up", uplinks(100, 100))
        place.broker.kill()  # Acknowledged to the device, and perhaps in memory only: these may be gone.
        place.broker.start()
        assert set(uplinks(0, 100)) <= received(place, 100) <= set(uplinks(0, 200))


def test_a_killed_broker_loses_nothing_that_kenh_has_acknowledged_and_kenh_comes_back(tmp_path: Path) -> None:
    with installed(tmp_path, commune(["d1"])) as place, receiving(place) as (receiver, kept):
        with place.device("d1") as device:
            device.publish_all("kenh/v1/d1/up", uplinks(0, 100))
            wait_until(lambda: receiver.counters.acked == 100, "all are acknowledged")
        place.broker.kill()
        wait_until(lambda: not receiver.healthy(), "the loss is noticed")
        place.broker.start()
        wait_until(receiver.healthy, "it is back")
        with place.device("d1") as device:
            device.publish_all("kenh/v1/d1/up", uplinks(100, 1))
        wait_until(lambda: uplinks(100, 1)[0] in {raw.payload for raw in kept}, "and hears")
        assert {raw.payload for raw in kept} == set(uplinks(0, 101))


def test_a_bridge_in_a_file_beside_ours_brings_a_network_servers_uplinks(tmp_path: Path) -> None:
    with (
        start_mosquitto(tmp_path, users={"app@ttn": "secret"}) as remote,
        installed(tmp_path, commune(["d1"])) as place,
    ):
        (place.folder / "tts-bridge.conf").write_text(
            f"connection tts\naddress {remote.host}:{remote.port}\n"
            "remote_username app@ttn\nremote_password secret\ntopic v3/+/devices/+/up in 0\n"
        )
        place.broker.stop()
        main = tmp_path / "main.conf"
        main.write_text(f"include_dir {place.folder}\n")
        place.broker._command = [*place.broker._command[:-1], str(main)]
        assert (place.folder / CONF).exists()
        place.broker.start()
        with receiving(place) as (_, kept), connected(remote) as server:

            def arrives() -> bool:
                server.publish("v3/app@ttn/devices/d1/up", b"{}", 0)
                return bool(kept)

            wait_until(arrives, "an uplink through the bridge")
        assert kept[0].mid > 0  # It came at QoS 0, and to us at QoS 1.


def test_a_wrong_password_of_kenh_is_said_and_nothing_arrives(tmp_path: Path) -> None:
    with installed(tmp_path, commune(["d1"])) as place:
        place.broker.password = "wrong"
        with listening(place, []) as receiver:
            wait_until(lambda: "Not authorized" in (receiver.problem() or ""), "the reason is given")
