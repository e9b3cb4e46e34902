"""Messages for devices, as ChirpStack v4 takes them."""

import json

import pytest

from dispatch.downlinks import is_reachable, to_device

EUI = "a84041ffff123456"


def test_chirpstack_gets_the_bytes_and_the_port_on_the_devices_own_topic() -> None:
    message = to_device("17c82e96", EUI, 2, b"\x01\x00\x01\x2c", key="k", now_ms=5)
    assert (message.channel, message.target) == (
        "downlink",
        f"application/17c82e96/device/{EUI}/command/down",
    )
    assert json.loads(message.body) == {"devEui": EUI, "confirmed": False, "fPort": 2, "data": "AQABLA=="}
    assert (message.key, message.due_ms) == ("k", 5)


@pytest.mark.parametrize(
    ("application", "device_id"),
    [("", EUI), ("app@tenant", EUI), ("a/b", EUI), ("1", "water-7"), ("1", EUI.upper()), ("1", EUI + "0")],
)
def test_who_has_no_such_topic_cannot_be_reached(application: str, device_id: str) -> None:
    assert not is_reachable(application, device_id)
    assert is_reachable("1", EUI)
