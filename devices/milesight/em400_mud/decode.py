"""EM400-MUD: bytes to measurements."""

from devices.milesight.em400 import decode

__all__ = ["decode"]
