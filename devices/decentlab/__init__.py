"""Devices of Decentlab: a header with flags, then the words of each part the flags name."""
