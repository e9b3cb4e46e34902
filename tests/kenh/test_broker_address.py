"""The broker's address as people write it."""

import pytest

from kenh.broker.address import parse
from kenh.errors import StartError


@pytest.mark.parametrize(
    ("url", "host", "port", "username", "tls"),
    [
        ("mqtt://broker.example", "broker.example", 1883, "", False),
        ("mqtt://me:p%40ss@10.0.0.9:1884", "10.0.0.9", 1884, "me", False),
        ("mqtts://broker.example", "broker.example", 8883, "", True),
    ],
)
def test_an_address_is_read(url: str, host: str, port: int, username: str, tls: bool) -> None:
    address = parse(url, "", "")
    assert (address.host, address.port, address.username, address.tls) == (host, port, username, tls)


def test_a_percent_encoded_password_is_decoded() -> None:
    assert parse("mqtt://me:p%40ss@host", "", "").password == "p@ss"


def test_credentials_given_apart_win() -> None:
    assert parse("mqtt://me:old@host", "you", "new").username == "you"


@pytest.mark.parametrize("url", ["broker", "http://broker", "mqtt://", "mqtt://host:notaport"])
def test_what_is_no_address_is_refused_with_the_setting_named(url: str) -> None:
    with pytest.raises(StartError, match="KENH_MQTT__URL"):
        parse(url, "", "")
