"""Which of two clocks to believe: the message's or our own at receipt."""

from typing import NamedTuple

from devices.readings import Qc

#: Clocks of devices run ahead a little; more than this is wrong.
MAX_AHEAD_MS = 5 * 60_000
#: 2020-01-01: no device of ours measured before; an earlier time is a clock that was never set.
UNSET_BEFORE_MS = 1_577_836_800_000


class Moment(NamedTuple):
    """When something happened, and whether the clock that said so is to be trusted."""

    time_ms: int
    qc: Qc


def is_plausible(time_ms: int, received_ms: int) -> bool:
    """Can a message received then be about that time?"""
    return UNSET_BEFORE_MS <= time_ms <= received_ms + MAX_AHEAD_MS


def moment(stated_ms: int | None, received_ms: int) -> Moment:
    """The time to file a message under.

    Its own where it has a plausible one, else the time of receipt. A clock that runs ahead makes the
    message suspect; one that is missing or was never set does not.
    """
    if stated_ms is None or stated_ms < UNSET_BEFORE_MS:
        return Moment(received_ms, Qc.GOOD)
    if stated_ms > received_ms + MAX_AHEAD_MS:
        return Moment(received_ms, Qc.SUSPECT)
    return Moment(stated_ms, Qc.GOOD)
