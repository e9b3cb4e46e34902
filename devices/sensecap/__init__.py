"""Devices of Seeed SenseCAP: frames with a number in front, each of a known length."""
