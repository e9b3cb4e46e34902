"""Which of three clocks to believe: the device's, the gateway's, or our own at receipt.

A device's clock is nearest to the measurement and the least cared for; ours is the best kept and the
furthest away. So each clock is believed while the better ones do not contradict it, and whatever it says is
judged by the same fixed numbers: a replay of the journal files everything where it was.
"""

from typing import NamedTuple

from devices.readings import Qc
from devices.sites import Clock, Device
from devices.uplinks import Uplink

#: Nothing is ever filed further ahead of its receipt than this, whatever a device's own limit allows.
MAX_AHEAD_MS = 5 * 60_000
#: 2020-01-01: no device of ours measured before; an earlier time (1970, 2000) is a clock never set.
UNSET_BEFORE_MS = 1_577_836_800_000
#: 2100-01-01: a register of nothing but ones is 2106, and no clock either.
UNSET_FROM_MS = 4_102_444_800_000

#: Looked up once: reading a member off its Enum takes longer than comparing with it, and this runs for
#: every reading there is.
_GOOD, _SUSPECT = Qc.GOOD, Qc.SUSPECT
_DEVICE, _GATEWAY, _RECEIPT = Clock.DEVICE, Clock.GATEWAY, Clock.RECEIPT
_ANY = Device("any")


class Moment(NamedTuple):
    """When something happened, and whether the clock that said so is to be trusted."""

    time_ms: int
    qc: Qc


def is_set(time_ms: int) -> bool:
    """Was the clock that says so ever set?"""
    return UNSET_BEFORE_MS <= time_ms < UNSET_FROM_MS


def is_plausible(time_ms: int, received_ms: int) -> bool:
    """Can a message received then be about that time?"""
    return UNSET_BEFORE_MS <= time_ms <= received_ms + MAX_AHEAD_MS


def moment(
    stated_ms: int | None,
    received_ms: int,
    *,
    gateway_ms: int | None = None,
    clock: Clock = Clock.DEVICE,
    max_skew_s: int = 300,
) -> Moment:
    """The time to file what was measured just now under: device, else gateway, else receipt.

    `clock` is where that order begins. A clock that is missing or was never set is passed over, and nothing
    is held against the message. One that contradicts a better one is passed over and the moment is SUSPECT:
    it runs more than `max_skew_s` ahead of the receipt, or it is that far from the gateway's (a device that
    lost a day) without agreeing with the receipt (then it is the gateway's clock that is wrong). Without a
    gateway's word a time long past stands: a message may have waited days for a network.

    A clock a little ahead, up to `max_skew_s` and at most MAX_AHEAD_MS, keeps its time and is not cut back
    to the receipt. The time is part of the reading's key: cut back, the same message sent twice would be two
    readings.
    """
    if clock is _RECEIPT:
        return Moment(received_ms, _GOOD)
    skew_ms = max_skew_s * 1000
    latest_ms = received_ms + min(skew_ms, MAX_AHEAD_MS)
    heard_ms = gateway_ms if gateway_ms is not None and is_set(gateway_ms) else received_ms
    better = Moment(received_ms, _SUSPECT) if heard_ms > latest_ms else Moment(heard_ms, _GOOD)
    if clock is _GATEWAY or stated_ms is None or not is_set(stated_ms):
        return better
    if stated_ms > latest_ms:
        return Moment(better.time_ms, _SUSPECT)
    agrees = stated_ms >= received_ms - skew_ms or abs(stated_ms - better.time_ms) <= skew_ms
    if agrees or gateway_ms is None or better.qc is not _GOOD or not is_set(gateway_ms):
        return Moment(stated_ms, _GOOD)
    return Moment(better.time_ms, _SUSPECT)


def moment_of(uplink: Uplink, received_ms: int, device: Device | None = None) -> Moment:
    """When what an uplink measured just now is filed under, by its device's clock rule.

    Where a network server speaks for the device and states one time only, that is a gateway's time too.
    """
    stated_ms, gateway_ms = uplink.time_ms, uplink.gateway_ms
    if device is None:
        device = _ANY
    if gateway_ms is None and uplink.gateways:
        gateway_ms = stated_ms
    if (
        stated_ms is not None
        and UNSET_BEFORE_MS <= stated_ms <= received_ms <= stated_ms + device.max_skew_s * 1000
        and device.clock is _DEVICE
    ):
        # Nearly every message there is; what follows would come to the same and take three times as long.
        return tuple.__new__(Moment, (stated_ms, _GOOD))
    return moment(
        stated_ms, received_ms, gateway_ms=gateway_ms, clock=device.clock, max_skew_s=device.max_skew_s
    )
