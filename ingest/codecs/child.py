"""One worker process as its parent sees it: lines out, lines in, never blocking, killed without regret."""

import importlib.util
import os
import subprocess
import sys
from collections import deque
from pathlib import Path
from typing import NamedTuple

import orjson

from ingest.codecs.codec import Call, Limits

_READ = 1 << 16
_PROGRAM = Path(__file__).with_name("worker.py")


class Asked(NamedTuple):
    """A line that was sent and is not answered yet; `call` is None where the codec was being loaded."""

    number: int
    call: int | None
    key: str


class ChildError(Exception):
    """The worker has ended, or says what no worker of ours would say."""


class Child:
    """A running worker. `asked` are the lines not answered yet; `head_s` since when the first runs."""

    def __init__(self, limits: Limits, now_s: float) -> None:
        """Start it. OSError if the machine will not."""
        self._line_most = 8 * limits.output_chars
        self._process = subprocess.Popen(  # noqa: S603  our own program, no shell
            [
                *(sys.executable, "-I", "-S", str(_PROGRAM), _engine_folder(), str(os.getpid())),
                *(str(limits.cpu_s), str(limits.heap_bytes), str(limits.output_chars)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            env={"TZ": "UTC"},
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.in_fd, self.out_fd = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self.in_fd, False)
        os.set_blocking(self.out_fd, False)
        self.ready = False
        self.head_s = now_s
        self.asked: deque[Asked] = deque()
        self.loaded: set[str] = set()
        self.refused: dict[str, str] = {}
        self._number = 0
        self._out = bytearray()
        self._in = bytearray()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_sending(self) -> bool:
        """Is there something the pipe had no room for?"""
        return bool(self._out)

    @property
    def ended(self) -> str:
        """How it ended, for people; empty while it runs."""
        code = self._process.poll()
        if code is None:
            return ""
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def ask(self, index: int, call: Call, key: str, now_s: float) -> None:
        """Put a call on its way, and the codec (`key`) before it if this worker has not got it."""
        if key not in self.loaded:
            self.loaded.add(key)
            self._line(None, key, b"load", orjson.dumps(call.codec.source), now_s)
        request = {"bytes": list(call.payload), "fPort": call.f_port, "recvTime": call.received_ms}
        self._line(index, key, b"call", orjson.dumps(request), now_s)

    def _line(self, index: int | None, key: str, verb: bytes, body: bytes, now_s: float) -> None:
        self._number += 1
        if not self.asked:
            self.head_s = now_s
        self.asked.append(Asked(self._number, index, key))
        self._out += b"%d %s %s %s\n" % (self._number, verb, key.encode(), body)

    def send(self) -> None:
        """Write as much as the pipe takes now. ChildError if nobody reads it any more."""
        try:
            while self._out:
                del self._out[: os.write(self.in_fd, self._out)]
        except BlockingIOError:
            return
        except OSError as error:
            raise ChildError(self.ended or str(error)) from error

    def receive(self, now_s: float) -> list[tuple[Asked, bytes, bytes]]:
        """What it has answered: the question, the sign, the rest of the line. ChildError if it has ended."""
        try:
            part = os.read(self.out_fd, _READ)
        except BlockingIOError:
            return []
        except OSError as error:
            raise ChildError(str(error)) from error
        if not part:
            self._process.wait(5)
            raise ChildError(self.ended)
        self._in += part
        *lines, rest = self._in.split(b"\n")
        self._in = bytearray(rest)
        if len(rest) > self._line_most:
            raise ChildError("a line without end")
        if lines:
            self.head_s = now_s
        return [answer for line in lines if (answer := self._understand(bytes(line))) is not None]

    def _understand(self, line: bytes) -> tuple[Asked, bytes, bytes] | None:
        number, _, rest = line.partition(b" ")
        sign, _, said = rest.partition(b" ")
        if not self.ready and number == b"0":
            self.ready = True
            return None
        if not self.asked or number != b"%d" % self.asked[0].number or sign not in (b"=", b"!", b"?"):
            raise ChildError("an answer to nothing that was asked")
        return self.asked.popleft(), sign, said

    def end(self) -> None:
        """Kill it and leave nothing behind."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def _engine_folder() -> str:
    spec = importlib.util.find_spec("_quickjs")
    if spec is None or spec.origin is None:
        raise OSError("the JavaScript engine (quickjs-ng) is not installed")
    return str(Path(spec.origin).parent)
