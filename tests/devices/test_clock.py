"""Which clock is believed: the device's, the gateway's, or our own."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.clock import MAX_AHEAD_MS, Moment, moment, moment_of
from devices.formats import parse
from devices.readings import Qc
from devices.sites import Clock, Device
from devices.uplinks import GatewayRx, Uplink
from tests.devices.messages import MEASURED_MS, RECEIVED_MS

SECOND_MS = 1_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
#: A gateway heard it a second before we did.
HEARD_MS = RECEIVED_MS - SECOND_MS
UNSET = [
    0,
    1,
    946_684_800_000,
    1_577_836_799_999,
    0xFFFFFFFF,
    0xFFFFFFFF * 1000,
    (0xFFFFFFFF + 25_200) * 1000,
]

GOOD, SUSPECT = Qc.GOOD, Qc.SUSPECT


def test_a_device_that_agrees_with_the_receipt_is_believed() -> None:
    assert moment(MEASURED_MS, RECEIVED_MS) == Moment(MEASURED_MS, GOOD)


def test_a_message_without_a_time_is_filed_under_the_gateways_and_else_under_our_own() -> None:
    assert moment(None, RECEIVED_MS, gateway_ms=HEARD_MS) == Moment(HEARD_MS, GOOD)
    assert moment(None, RECEIVED_MS) == Moment(RECEIVED_MS, GOOD)


@pytest.mark.parametrize("stated_ms", UNSET)
def test_a_clock_never_set_is_passed_over_and_nothing_held_against_the_message(stated_ms: int) -> None:
    assert moment(stated_ms, RECEIVED_MS, gateway_ms=HEARD_MS) == Moment(HEARD_MS, GOOD)
    assert moment(stated_ms, RECEIVED_MS) == Moment(RECEIVED_MS, GOOD)
    assert moment(stated_ms, RECEIVED_MS, gateway_ms=stated_ms) == Moment(RECEIVED_MS, GOOD)


@pytest.mark.parametrize("ahead_ms", [MAX_AHEAD_MS + 1, HOUR_MS, DAY_MS, 20 * 365 * DAY_MS])
def test_a_clock_in_the_future_is_passed_over_and_the_reading_suspect(ahead_ms: int) -> None:
    stated_ms = RECEIVED_MS + ahead_ms
    assert moment(stated_ms, RECEIVED_MS) == Moment(RECEIVED_MS, SUSPECT)
    assert moment(stated_ms, RECEIVED_MS, gateway_ms=HEARD_MS) == Moment(HEARD_MS, SUSPECT)
    assert moment(stated_ms, RECEIVED_MS, gateway_ms=stated_ms) == Moment(RECEIVED_MS, SUSPECT)


def test_a_clock_a_little_ahead_keeps_its_time_so_that_a_message_sent_twice_is_one_reading() -> None:
    stated_ms = RECEIVED_MS + 90 * SECOND_MS
    assert moment(stated_ms, RECEIVED_MS) == Moment(stated_ms, GOOD)
    assert moment(stated_ms, RECEIVED_MS + 30 * SECOND_MS) == Moment(stated_ms, GOOD)


def test_a_day_behind_is_a_lost_day_where_a_gateway_says_so_and_a_long_wait_where_none_does() -> None:
    stated_ms = RECEIVED_MS - DAY_MS
    assert moment(stated_ms, RECEIVED_MS, gateway_ms=HEARD_MS) == Moment(HEARD_MS, SUSPECT)
    assert moment(stated_ms, RECEIVED_MS) == Moment(stated_ms, GOOD)


def test_a_message_that_waited_with_the_network_server_keeps_the_time_both_clocks_say() -> None:
    stated_ms = RECEIVED_MS - DAY_MS
    assert moment(stated_ms, RECEIVED_MS, gateway_ms=stated_ms + SECOND_MS) == Moment(stated_ms, GOOD)


def test_a_gateway_that_lost_a_day_does_not_outweigh_a_device_that_agrees_with_us() -> None:
    assert moment(MEASURED_MS, RECEIVED_MS, gateway_ms=MEASURED_MS - DAY_MS) == Moment(MEASURED_MS, GOOD)
    assert moment(MEASURED_MS, RECEIVED_MS, gateway_ms=MEASURED_MS + DAY_MS) == Moment(MEASURED_MS, GOOD)


def test_the_order_of_trust_begins_where_the_device_says() -> None:
    stated_ms = RECEIVED_MS - 20 * SECOND_MS

    def by(clock: Clock) -> int:
        return moment(stated_ms, RECEIVED_MS, gateway_ms=HEARD_MS, clock=clock).time_ms

    assert (by(Clock.DEVICE), by(Clock.GATEWAY), by(Clock.RECEIPT)) == (stated_ms, HEARD_MS, RECEIVED_MS)


def test_a_devices_own_limit_is_narrower_or_wider_but_never_wider_into_the_future() -> None:
    behind_ms, ahead_ms = RECEIVED_MS - HOUR_MS, RECEIVED_MS + MAX_AHEAD_MS + 1
    assert moment(RECEIVED_MS + 11_000, RECEIVED_MS, max_skew_s=10) == Moment(RECEIVED_MS, SUSPECT)
    assert moment(behind_ms, RECEIVED_MS, gateway_ms=HEARD_MS, max_skew_s=7200) == Moment(behind_ms, GOOD)
    assert moment(ahead_ms, RECEIVED_MS, max_skew_s=7200) == Moment(RECEIVED_MS, SUSPECT)


@pytest.mark.parametrize(
    ("ts", "expected_ms"),
    [
        ("2026-11-23T08:15:02.744554123Z", MEASURED_MS),
        ("2026-11-23T15:15:02.7449+07:00", MEASURED_MS),
        (1795421702, MEASURED_MS - 744),
        (1795421702.744, MEASURED_MS),
        (1795421702744, MEASURED_MS),
    ],
)
def test_a_time_is_the_same_instant_however_finely_it_is_written(ts: object, expected_ms: int) -> None:
    payload = json.dumps({"ts": ts, "readings": {"fill_pct": 68}}).encode()
    (uplink,) = parse("kenh/v1/bin07/up", payload, RECEIVED_MS)
    assert isinstance(uplink, Uplink)
    assert moment_of(uplink, RECEIVED_MS) == Moment(expected_ms, GOOD)


def test_where_a_network_server_states_one_time_it_is_the_gateways_too() -> None:
    device = Device("dev", clock=Clock.GATEWAY)
    heard = Uplink("dev", time_ms=MEASURED_MS, gateways=(GatewayRx("gw"),))
    assert moment_of(heard, RECEIVED_MS, device).time_ms == MEASURED_MS
    assert moment_of(Uplink("dev", time_ms=MEASURED_MS), RECEIVED_MS, device).time_ms == RECEIVED_MS


TIMES = (
    st.none()
    | st.integers(RECEIVED_MS - 2 * HOUR_MS, RECEIVED_MS + 2 * HOUR_MS)
    | st.sampled_from([*UNSET, RECEIVED_MS, RECEIVED_MS - DAY_MS, RECEIVED_MS + DAY_MS])
    | st.integers(-(2**50), 2**50)
)


@given(TIMES, TIMES, st.sampled_from(Clock), st.integers(0, 100_000))
def test_the_moment_is_one_of_the_clocks_never_unset_and_never_far_in_the_future(
    stated_ms: int | None, gateway_ms: int | None, clock: Clock, max_skew_s: int
) -> None:
    uplink = Uplink("dev", time_ms=stated_ms, gateway_ms=gateway_ms)
    found = moment_of(uplink, RECEIVED_MS, Device("dev", clock=clock, max_skew_s=max_skew_s))
    assert found == moment(stated_ms, RECEIVED_MS, gateway_ms=gateway_ms, clock=clock, max_skew_s=max_skew_s)
    assert found.time_ms in (stated_ms, gateway_ms, RECEIVED_MS)
    assert 1_577_836_800_000 <= found.time_ms <= RECEIVED_MS + MAX_AHEAD_MS
