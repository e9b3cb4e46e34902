"""EM400-MUD: measurements to bytes, for the round-trip tests."""

from devices.milesight.em400 import encode

__all__ = ["encode"]
