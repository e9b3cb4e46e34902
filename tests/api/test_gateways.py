"""`/gateways`: how much each of them hears."""

from desk.keys import Scope
from desk.uplinks import UplinkBook
from devices.frames import Frame
from tests.api.house import HOUR, NOW, House


def _gateways(house: House) -> dict[str, dict[str, object]]:
    told = house.ask("/api/v1/gateways", scope=Scope.VIEWER)
    assert told.status_code == 200, told.text
    return {one["id"]: one for one in told.json()["items"]}


def test_a_gateway_says_how_many_devices_and_frames_it_heard_in_a_day(house: House) -> None:
    frames = [Frame("d", "aa", n, ("gw-1",) if n % 4 else ("gw-1", "gw-2"), NOW - HOUR) for n in range(8)]
    UplinkBook(house.state).framed(frames)
    with house.state.transaction() as tx:
        tx.devices_seen.touch([("d", NOW - HOUR, "gw-2")])
    told = _gateways(house)
    assert (told["gw-1"]["devices_24h"], told["gw-1"]["frames_24h"], told["gw-1"]["share_24h"]) == (1, 8, 1.0)
    assert (told["gw-2"]["frames_24h"], told["gw-2"]["share_24h"]) == (2, 0.25)


def test_a_gateway_that_heard_nothing_for_a_day_is_still_listed(house: House) -> None:
    UplinkBook(house.state).framed([Frame("d", "aa", 1, ("gw-1",), NOW - 30 * HOUR)])
    told = _gateways(house)["gw-1"]
    assert (told["name"], told["devices_24h"], told["frames_24h"], told["share_24h"]) == (
        "UBND xã",
        0,
        0,
        0.0,
    )
