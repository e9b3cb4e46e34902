"""The socket under paho: published messages go straight on, everything else is paho's.

paho reads one byte at a time, makes several objects of every message, and sends every acknowledgement alone.
Here the stream is read in large pieces, PUBLISH is taken out of it (`ingest.publishes`), and acknowledgements
leave together, between two packets of paho's. One thread turns it; others may only call `acknowledge`.
"""

import select
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress

from paho.mqtt.client import Client

from ingest.publishes import Split, Splitter

_CHUNK = 256 * 1024
_GOODBYE_S = 1.0
_WANTS_MORE = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Pipe:
    """A connected socket, plain or TLS; what paho needs of one, and the ways in and out beside it."""

    def __init__(self, connected: socket.socket, splitter: Splitter) -> None:
        self._socket = connected
        self._splitter = splitter
        self._for_paho = bytearray()
        self._out = bytearray()
        self._acks = bytearray()
        self._mutex = threading.Lock()
        self._called, self._caller = socket.socketpair()
        self._called.setblocking(False)
        self._caller.setblocking(False)
        self._poll = select.poll()
        self._poll.register(self._called, select.POLLIN)
        self.ended = False

    # What paho calls.

    def recv(self, size: int) -> bytes:
        """Bytes of packets that are no PUBLISH; b"" once the stream has ended."""
        if not self._for_paho:
            if self.ended:
                return b""
            raise BlockingIOError
        piece = bytes(self._for_paho[:size])
        del self._for_paho[:size]
        return piece

    def send(self, data: bytes | bytearray) -> int:
        """Take all of it; it leaves as fast as the socket allows, and no acknowledgement cuts into it."""
        self._out += data
        return len(data)

    def fileno(self) -> int:
        """The socket's."""
        return self._socket.fileno()

    def setblocking(self, flag: bool) -> None:
        """The socket's."""
        self._socket.setblocking(flag)

    def close(self) -> None:
        """Send what waits, as far as that goes quickly, and let go of the socket."""
        with suppress(OSError, ValueError):
            self._socket.settimeout(_GOODBYE_S)
            self._socket.sendall(self._waiting())
        self.ended = True
        for one in (self._socket, self._called, self._caller):
            one.close()

    # What the connection calls.

    @property
    def has_for_paho(self) -> bool:
        """Does a packet wait that paho should read?"""
        return bool(self._for_paho)

    def wait(self, timeout_s: float) -> bool:
        """Wait until there is something to read or to acknowledge; False if nothing came."""
        wanted = select.POLLIN | (select.POLLOUT if self._out else 0)
        if isinstance(self._socket, ssl.SSLSocket) and self._socket.pending():
            return True
        self._poll.register(self._socket, wanted)
        ready = self._poll.poll(timeout_s * 1000)
        if any(descriptor == self._called.fileno() for descriptor, _ in ready):
            with suppress(BlockingIOError):
                self._called.recv(4096)
        return bool(ready)

    def read(self, clock: Callable[[], int]) -> Split | None:
        """What has arrived, stamped with the time of this reading; None if nothing has.

        Raises:
            MalformedPacketError: the stream cannot be followed.
            OSError: the connection broke.
        """
        try:
            data = self._socket.recv(_CHUNK)
        except _WANTS_MORE:
            return None
        if not data:
            self.ended = True
            return None
        split = self._splitter.split(data, clock())
        self._for_paho += split.others
        return split

    def flush(self) -> None:
        """Send what waits as far as the socket takes it. Raises OSError."""
        self._out = self._waiting()
        if not self._out:
            return
        try:
            sent = self._socket.send(self._out)
        except _WANTS_MORE:
            return
        del self._out[:sent]

    def acknowledge(self, acks: bytes) -> None:
        """Have these PUBACK packets sent soon; from any thread."""
        with self._mutex:
            first = not self._acks
            self._acks += acks
        if first:
            with suppress(OSError):  # closed meanwhile, or full of calls already
                self._caller.send(b"\0")

    def _waiting(self) -> bytearray:
        with self._mutex:
            waiting = self._out + self._acks
            self._acks.clear()
        return waiting


class PipedClient(Client):
    """paho's client with a `Pipe` for a socket."""

    def __init__(self, *arguments: object, splitter: Splitter, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]  # passed on as they are
        self._splitter = splitter
        self.pipe: Pipe | None = None

    def _create_socket(self) -> Pipe:
        self.pipe = Pipe(super()._create_socket(), self._splitter)  # type: ignore[arg-type]  # TCP or TLS
        return self.pipe
