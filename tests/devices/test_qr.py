"""Labels as they are printed: the LoRa Alliance's code, bare numbers, and makers' own texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.qr import QrDevice, in_vietnamese, read_qr
from devices.uplinks import Rejected

ALLIANCE = "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:OAABBCCDDEEFF:SYYWWNNNNNN:PFOOBAR"
EUI = "24e124713b494221"


def test_the_alliances_code_is_read_with_its_checksum() -> None:
    found = read_qr(f"{ALLIANCE}:CAF2C")
    assert found == QrDevice("aabbccddeeff0011", "1122334455667788", "YYWWNNNNNN")


def test_the_draft_of_the_alliances_code_is_read_too() -> None:
    found = read_qr("URN:LW:DP:1122334455667788:AABBCCDDEEFF0011:AABB1122:%V0102")
    assert found == QrDevice("aabbccddeeff0011", "1122334455667788")


@pytest.mark.parametrize(
    "text",
    [
        "URN:DEV:LW:1122334455667788_AABBCCDDEEFF0011_AABB1122_V0102",
        "URN:LWDP:1122334455667788:AABBCCDDEEFF0011:TBMS100915:4D4483B1",
    ],
)
def test_older_codes_name_the_join_server_first_and_the_device_second(text: str) -> None:
    assert read_qr(text) == QrDevice("aabbccddeeff0011", "1122334455667788")


def test_an_older_code_without_a_whole_deveui_is_refused() -> None:
    assert isinstance(read_qr("URN:LWDP:1122334455667788:E8E1E1XXXXXXXXXX:T:X"), Rejected)


def test_a_code_that_was_misread_is_not_taken() -> None:
    refused = read_qr(f"{ALLIANCE}:CAF2D")
    assert isinstance(refused, Rejected)
    assert "checksum" in refused.detail


def test_what_is_optional_may_be_missing() -> None:
    assert read_qr("LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122") == QrDevice(
        "aabbccddeeff0011", "1122334455667788"
    )


@pytest.mark.parametrize(
    "text",
    [
        "24E124713B494221",
        " 24e124713b494221\n",
        "24-E1-24-71-3B-49-42-21",
        "24:E1:24:71:3B:49:42:21",
        "24 E1 24 71 3B 49 42 21",
        "24E1 2471 3B49 4221",
        "https://maker.example/d?devEUI=24E124713B494221&x=1",
        "https://maker.example/d/24E124713B494221",
        "deveui%3D24E124713B494221",
        '{"sn": "6713B49422120041", "deveui": "24E124713B494221"}',
        "DEV EUI: 24 E1 24 71 3B 49 42 21\nAPP EUI: 24 E1 24 C0 00 2A 00 01",
        "AppEUI=24E124C0002A0001 24E124713B494221",
        "Device EUI 24E124713B494221, AppKey 5572404c696e6b4c6f52613230313823",
        "DEV EUI: 24E124713B494221 APP KEY: 55 72 40 4C 69 6E 6B 4C 6F 52 61 32 30 31 38 23",
    ],
)
def test_a_deveui_is_found_however_it_is_written(text: str) -> None:
    found = read_qr(text)
    assert isinstance(found, QrDevice), found
    assert found.dev_eui == EUI


def test_what_else_a_label_says_comes_along() -> None:
    found = read_qr("Dragino DDS75-LB DEV EUI: A84041AA00000001 APP EUI: A000000000000100 S/N: LB-0042")
    assert found == QrDevice("a84041aa00000001", "a000000000000100", "LB-0042", "dragino/dds75-lb")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no DevEUI"),
        ("hello", "no DevEUI"),
        ("24E124713B4942", "no DevEUI"),
        ("5572404c696e6b4c6f52613230313823", "no DevEUI"),
        ("55 72 40 4C 69 6E 6B 4C 6F 52 61 32 30 31 38 23", "no DevEUI"),
        ("devEUI=1234", "not 16"),
        ("LW:D0:11:22:33", "not 16"),
        ("24E124713B494221 24E124713B494222", "several"),
        ("0000000000000000", "zeros"),
        ("x" * 5000, "too long"),
    ],
)
def test_a_refusal_says_why_in_both_languages(text: str, why: str) -> None:
    refused = read_qr(text)
    assert isinstance(refused, Rejected)
    assert why in refused.detail
    assert in_vietnamese(refused) != refused.detail


@given(st.text(alphabet=st.sampled_from("0123456789abcdefEUIuidvLW:D0 -%\"'=\n") | st.characters()))
def test_no_text_breaks_it(text: str) -> None:
    assert isinstance(read_qr(text), QrDevice | Rejected)
