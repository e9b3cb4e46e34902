"""Devices of Dragino: payloads of fixed length, one layout a port."""
