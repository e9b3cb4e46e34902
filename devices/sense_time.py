"""Do the times of a device make sense, and do its values move?"""

from collections.abc import Iterable, Sequence

from devices.readings import Qc
from devices.signs import Heard, Sign, SignState, lasting

#: A reading that arrives later than this was stored, or dated by a clock that is wrong.
_LATE_MS = 3_600_000
#: So many values exactly alike are a stuck sensor rather than still water.
ALIKE = 24


def clock_sign(heard: Iterable[Heard]) -> list[Sign]:
    """The sign `clock`: the newest reading's time against that of its receipt; nothing without a reading.

    The quality code of a signal strength tells of the clock and of nothing else.
    """
    newest = max(heard, key=lambda one: (one.time_ms, one.key.quantity == "rssi_dbm"), default=None)
    if newest is None:
        return []
    if newest.key.quantity == "rssi_dbm" and newest.qc >= Qc.SUSPECT:
        return [
            Sign(
                "clock",
                SignState.WARN,
                "đồng hồ thiết bị chạy nhanh: đang dùng giờ nhận; hãy chỉnh giờ",
                "the device's clock is ahead: the time of receipt is used; set its clock",
            )
        ]
    late_ms = newest.received_ms - newest.time_ms
    if late_ms > _LATE_MS:
        vi, en = lasting(late_ms)
        return [
            Sign(
                "clock",
                SignState.WARN,
                f"số đo đến muộn {vi}: bản tin được lưu lại, hoặc đồng hồ thiết bị sai",
                f"the newest value came {en} late: it was stored on the way, or the device's clock is wrong",
            )
        ]
    return [Sign("clock", SignState.OK, "giờ đo hợp lý", "the times make sense")]


def frozen_sign(values: Sequence[float]) -> list[Sign]:
    """The sign `moving`, once there are `ALIKE` values of the device's main quantity (oldest first)."""
    if len(values) < ALIKE:
        return []
    last = values[-ALIKE:]
    if min(last) < max(last):
        return [Sign("moving", SignState.OK, "số đo có thay đổi", "the values move")]
    return [
        Sign(
            "moving",
            SignState.WARN,
            f"{ALIKE} số đo gần nhất y hệt nhau: cảm biến bị kẹt, hoặc thật sự không đổi",
            f"the last {ALIKE} values are exactly alike: the sensor is stuck, or nothing moves",
        )
    ]
