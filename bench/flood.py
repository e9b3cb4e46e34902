"""Publishing as fast as a broker takes it: packets made by hand, acknowledged in bulk.

A client library would spend most of a measurement's time here, on the side that is not measured.
"""

import socket
import struct
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Self

from bench.brokers import HOST, Address

_CONNACK_BYTES = 4
_PUBACK_BYTES = 4
_AT_ONCE = 400
_PATIENCE_S = 60.0


class Flood:
    """A publisher's connection. Raises ConnectionError if the broker refuses, TimeoutError if it hangs."""

    def __init__(self, address: Address) -> None:
        self._socket = socket.create_connection((HOST, address.port), _PATIENCE_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(_connect("local", address.users["local"]))
        if _exactly(self._socket, _CONNACK_BYTES)[3] != 0:
            raise ConnectionError("the broker refused the publisher")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._socket:
            self._socket.sendall(b"\xe0\x00")

    def send(self, batch: Sequence[tuple[str, bytes]]) -> None:
        """Publish messages at QoS 1, in order; returns when the broker has acknowledged the last."""
        packets = [_publish(topic, body, mid) for mid, (topic, body) in enumerate(batch, 1)]
        self._socket.sendall(b"".join(packets))
        _exactly(self._socket, _PUBACK_BYTES * len(batch))


def flood(address: Address, messages: Iterable[tuple[str, bytes]]) -> None:
    """Publish all of it as fast as the broker takes it."""
    source = iter(messages)
    with Flood(address) as publisher:
        while batch := list(islice(source, _AT_ONCE)):
            publisher.send(batch)


def _connect(user: str, password: str) -> bytes:
    body = b"\x00\x04MQTT\x04\xc2\x00\x00" + b"".join(map(_text, ("", user, password)))
    return b"\x10" + _length(len(body)) + body


def _publish(topic: str, payload: bytes, mid: int) -> bytes:
    body = _text(topic) + struct.pack(">H", mid) + payload
    return b"\x32" + _length(len(body)) + body


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack(">H", len(data)) + data


def _length(size: int) -> bytes:
    digits = bytearray()
    while size >= 0x80:
        digits.append(size & 0x7F | 0x80)
        size >>= 7
    digits.append(size)
    return bytes(digits)


def _exactly(broker: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = broker.recv(65_536)
        if not piece:
            raise ConnectionError("the broker closed the publisher's connection")
        data += piece
    return data
