"""Downlinks that set how often a Milesight device reports."""

_PORT = 85
_SHORTEST_S = 60
_LONGEST_S = 64800


def encode_interval(interval_s: int) -> tuple[int, bytes]:
    """Port and payload that make a device report every `interval_s` seconds: FF 03 and two bytes of seconds.

    The makers' tools take 60 to 64800 s; ValueError beyond. The port can be changed on the device.
    """
    _check(interval_s, _LONGEST_S)
    return _PORT, b"\xff\x03" + interval_s.to_bytes(2, "little")


def encode_interval_in_minutes(interval_s: int) -> tuple[int, bytes]:
    """The same for devices that count minutes: FF 8E 00 and two bytes of minutes, rounded up.

    60 to 86400 s; ValueError beyond.
    """
    _check(interval_s, 24 * 3600)
    return _PORT, b"\xff\x8e\x00" + (-(-interval_s // 60)).to_bytes(2, "little")


def _check(interval_s: int, longest_s: int) -> None:
    if not _SHORTEST_S <= interval_s <= longest_s:
        message = f"{interval_s} s is no interval: {_SHORTEST_S} to {longest_s}"
        raise ValueError(message)
