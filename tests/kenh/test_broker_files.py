"""Names, rights and sizes, before any broker reads them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.sites import Crew, Device, Mounting, Registry
from kenh.broker.acl import acl, rights_of
from kenh.broker.credentials import Credential, mosquitto_line, password_file
from kenh.broker.identities import RESERVED, Identity, Kind, identities
from kenh.broker.installation import write
from kenh.broker.planning import Endpoint, fleet_of, read_endpoint
from kenh.broker.sizing import LEAST_QUEUE, MOST_QUEUE, Fleet, size_for

IDS = st.lists(
    st.sampled_from(["kenh", "demo", "a", "a:b", "crews", "x:y:z", "twin", "A", "-", "tts"]), unique=True
)


def registry(devices: list[str], crews: list[str]) -> Registry:
    return Registry(
        devices={each: Device(each) for each in devices}, crews={each: Crew(each, each) for each in crews}
    )


@given(IDS, IDS, st.permutations(["a:b", "twin", "a"]))
def test_everybody_has_a_name_of_their_own_and_keeps_it(
    devices: list[str], crews: list[str], later: list[str]
) -> None:
    first = identities(registry(devices, crews), ["kenh"], {}, 0)
    names = [each.user for each in first]
    assert len(set(names)) == len(names) == len(devices) + len(crews) + 1
    assert not any(":" in name for name in names)
    assert not {each.user for each in first if each.kind is not Kind.SERVICE} & RESERVED
    known = {(each.kind, each.id): each.user for each in first}
    more = identities(registry([*{*devices, *later}], [*{*crews, *later}]), ["kenh"], known, 0)
    again = {(each.kind, each.id): each.user for each in more}
    assert len(set(again.values())) == len(again)
    assert known.items() <= again.items()


def test_a_device_whose_last_mounting_has_ended_signs_in_no_more() -> None:
    mounted = Registry(devices={"d": Device("d")}, mountings={"d": (Mounting("d", "s", to_ms=100),)})
    assert [each.id for each in identities(mounted, [], {}, 99)] == ["d"]
    assert identities(mounted, [], {}, 100) == []


def test_a_device_called_crews_cannot_read_the_work_orders_of_a_crew_called_cmd() -> None:
    rights = rights_of(Identity("crews", Kind.DEVICE, "crews"))
    assert rights == ["write kenh/v1/crews/up", "write kenh/v1/crews/status"]


def test_rights_are_written_out_for_each_and_never_by_pattern() -> None:
    text = acl(identities(registry(["d1"], ["north"]), ["kenh"], {}, 0))
    assert "pattern" not in text
    assert text.splitlines()[0] == "user kenh"  # What stands before the first user would hold for nobody.
    assert text.count("user ") == 3


def test_a_line_of_a_password_file_stays_as_long_as_the_password_does() -> None:
    known = mosquitto_line("d1", "secret")
    one = Credential(Identity("d1", Kind.DEVICE, "d1"), "secret")
    assert password_file([one], known + "\n") == known + "\n"
    changed = Credential(one.identity, "other")
    assert password_file([changed], known) != known + "\n"
    assert password_file([one], "d1:rubbish$7$\n").startswith("d1:$7$")


def test_the_queue_is_messages_a_second_times_the_outage() -> None:
    size = size_for(Fleet(devices=500, interval_s=600, outage_h=72))
    assert size.expected == size.queue == 216_000
    assert size.holds_all
    assert 1 <= size.autosave_s <= 60


def test_a_small_fleet_has_room_for_bursts_and_a_huge_one_is_told_that_it_does_not_fit() -> None:
    assert size_for(Fleet(devices=0)).queue == LEAST_QUEUE
    huge = size_for(Fleet(devices=1_000_000, interval_s=10))
    assert huge.queue == MOST_QUEUE
    assert not huge.holds_all
    assert huge.autosave_s == 60


@pytest.mark.parametrize("fleet", [Fleet(-1), Fleet(1, 0), Fleet(1, outage_h=0), Fleet(1, message_bytes=0)])
def test_a_fleet_that_cannot_be_is_refused(fleet: Fleet) -> None:
    with pytest.raises(ValueError, match="positive"):
        size_for(fleet)


def test_the_fleet_is_what_hangs_somewhere_at_the_pace_each_is_known_to_have() -> None:
    hanging = Registry(
        devices={"a": Device("a", expected_interval_s=60), "b": Device("b"), "stored": Device("stored")},
        mountings={each: (Mounting(each, "s"),) for each in ("a", "b")},
    )
    assert fleet_of(Registry(), 0) == (0, 600.0)
    count, interval_s = fleet_of(hanging, 0)
    assert count == 2
    assert count / interval_s == pytest.approx(1 / 60 + 1 / 600)


@pytest.mark.parametrize(
    ("text", "endpoint", "local"),
    [
        ("127.0.0.1:1883", Endpoint("127.0.0.1", 1883), True),
        ("localhost:1883", Endpoint("localhost", 1883), True),
        ("[::1]:1883", Endpoint("::1", 1883), True),
        (":8883", Endpoint("", 8883), False),
        ("0.0.0.0:8883", Endpoint("0.0.0.0", 8883), False),
        ("127.0.0.1.example:8883", Endpoint("127.0.0.1.example", 8883), False),
    ],
)
def test_only_loopback_is_local(text: str, endpoint: Endpoint, local: bool) -> None:
    assert read_endpoint(text) == endpoint
    assert endpoint.is_local is local


@pytest.mark.parametrize("text", ["", "1883", "host:", "host:0", "host:70000", "host:x", "a b:1", "host:１"])
def test_what_is_no_endpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"HOST:PORT|spaces"):
        read_endpoint(text)


def test_what_is_written_is_the_same_file_if_it_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "acl"
    write(path, "one\n")
    path.chmod(0o640)  # As the operator may have it, for the broker's group.
    before = path.stat()
    write(path, "one\n")
    assert path.stat() == before
    write(path, "two\n")
    assert path.stat().st_mode == before.st_mode
    write(path, "two\n", private=True)
    assert path.stat().st_mode & 0o777 == 0o600
