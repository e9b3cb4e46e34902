"""MQTT receivers that only count, to measure Kênh against: paho as it comes, and paho at its best.

The second reads its socket in large pieces and sends its acknowledgements together: as fast as paho's own
code gets, and so the limit for anything that has every message go through paho.
"""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode

_CHUNK = 65_536


@contextmanager
def turning(client: Client) -> Iterator[None]:
    """A connected client turned in a thread: by paho itself, or as a `BufferedClient` wants it."""
    if not isinstance(client, BufferedClient):
        client.loop_start()
        try:
            yield
        finally:
            client.disconnect()
            client.loop_stop()
        return
    stop = threading.Event()
    thread = threading.Thread(target=client.turn_until, args=(stop,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)
        client.disconnect()
        client.loop_write()


class BufferedClient(Client):
    """paho over a socket that is read and written in large pieces."""

    def _create_socket(self) -> "_Buffered":
        # Registered, it keeps paho from writing every acknowledgement at once.
        self.on_socket_register_write = lambda *_: None
        self._buffered = _Buffered(super()._create_socket())  # type: ignore[arg-type]  # always a socket here
        return self._buffered

    def turn_until(self, stop: threading.Event) -> None:
        """Read what has come, then write what there is to say."""
        while not stop.is_set():
            select.select([self._buffered], [], [], 0.1)
            while self.loop_read() == MQTTErrorCode.MQTT_ERR_SUCCESS and self._buffered.left:
                pass
            self.loop_write()
            self._buffered.flush()


class _Buffered:
    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._in = b""
        self._at = 0
        self._out = bytearray()

    @property
    def left(self) -> int:
        return len(self._in) - self._at

    def recv(self, size: int) -> bytes:
        if not self.left:
            self._in, self._at = self._socket.recv(_CHUNK), 0
        piece = self._in[self._at : self._at + size]
        self._at += len(piece)
        return piece

    def send(self, data: bytes | bytearray) -> int:
        self._out += data
        return len(data)

    def flush(self) -> None:
        if self._out:
            del self._out[: self._socket.send(self._out)]

    def fileno(self) -> int:
        return self._socket.fileno()

    def setblocking(self, flag: bool) -> None:
        self._socket.setblocking(flag)

    def close(self) -> None:
        self.flush()
        self._socket.close()
