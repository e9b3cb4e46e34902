"""Devices of Milesight: payloads are streams of (channel, type, value)."""
