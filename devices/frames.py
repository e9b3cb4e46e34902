"""Frames: which of a device's numbered uplinks arrived, and which are missing."""

from devices.completeness import Completeness, completeness
from devices.frame_blocks import BLOCK, STRETCH_MS, Frame, FrameBlock, in_blocks

__all__ = ["BLOCK", "STRETCH_MS", "Completeness", "Frame", "FrameBlock", "completeness", "in_blocks"]
