"""The child process that runs codecs: lines in, lines out, and nothing else it could reach.

Started by `ingest.codecs.child` as `python -I -S worker.py FOLDER PARENT CPU_S HEAP OUTPUT`: FOLDER holds
the JavaScript engine's library. This file imports nothing of Kênh, so that it starts as fast as possible.

It says `0 = "ready"` when it can begin. Every line in is answered by one line out, in order, with the number
it came with:

    <number> load <codec> <JSON text of the source>
    <number> call <codec> <JSON of the request>

    <number> = <JSON of the result>          it answered
    <number> ! <JSON text of the reason>     it could not: endless, out of memory or stack, does not load
    <number> ? "..."                         the codec is not loaded here (it was thrown away)
"""

import ctypes
import importlib
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

#: Address space of the whole process: the engine's own limit comes first.
ADDRESS_SPACE = 512 << 20
STACK = 512 << 10
#: Calls after which a codec gets a new context, whatever it may have piled up.
CALLS_A_CONTEXT = 2000
_SET_PARENT_DEATH_SIGNAL = 1
_HERE = Path(__file__).parent
_SCRIPTS = ("console", "buffer", "harness")


class Engine:
    """One context a codec; all of them under the same limits."""

    def __init__(self, cpu_s: float, heap: int, output: int) -> None:
        # The package around this library pulls in a thread pool, which triples the time to start.
        self._context: Any = importlib.import_module("_quickjs").Context
        self._cpu_s, self._heap, self._output = cpu_s, heap, output
        self._scripts = {name: (_HERE / f"{name}.js").read_text("utf-8") for name in _SCRIPTS}
        self._sources: dict[str, str] = {}
        self._running: dict[str, tuple[Any, Any]] = {}
        self._calls: dict[str, int] = {}

    def load(self, codec: str, source: str) -> None:
        """Take in a codec, or a new version of it; whatever the engine has against it is raised."""
        self._running.pop(codec, None)
        self._sources.pop(codec, None)
        context = self._context()
        context.set_memory_limit(self._heap)
        context.set_max_stack_size(STACK)
        context.set_time_limit(self._cpu_s)
        context.eval(self._scripts["console"])
        if "Buffer" in source or "buffer" in source:
            context.eval(self._scripts["buffer"])
        run = context.eval(self._scripts["harness"])(source, self._output)
        self._sources[codec] = source
        self._running[codec] = context, run
        self._calls[codec] = 0

    def call(self, codec: str, request: str) -> str | None:
        """The result as JSON, None for a codec that is not loaded; what the engine throws is raised."""
        if self._calls.get(codec, 0) >= CALLS_A_CONTEXT or (
            codec in self._sources and codec not in self._running
        ):
            self.load(codec, self._sources[codec])
        running = self._running.get(codec)
        if running is None:
            return None
        self._calls[codec] += 1
        try:
            said: str = running[1](request)
        except BaseException:
            del self._running[codec]
            raise
        return said


def _cage(parent: int) -> None:
    """Give up what a codec could do harm with; end with the parent."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            raise SystemExit(0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to act on
    for what, limit in (
        (resource.RLIMIT_AS, ADDRESS_SPACE),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        resource.setrlimit(what, (limit, limit))


def _write(text: str) -> None:
    """At once, one line a write: whoever watches the clock must see which call is the slow one."""
    out = memoryview(text.encode())
    while out:
        out = out[os.write(1, out) :]


def _answer(engine: Engine, verb: bytes, codec: str, rest: str) -> tuple[str, str]:
    try:
        if verb == b"load":
            engine.load(codec, json.loads(rest))
            return "=", "null"
        said = engine.call(codec, rest)
    except Exception as error:  # noqa: BLE001  the engine's errors, MemoryError: all are answers
        return "!", json.dumps(_reason(error))
    return ("?", '"not loaded"') if said is None else ("=", said)


def _reason(error: Exception) -> str:
    """The first line and, for a mistake in the source, where it is."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if not lines:
        return type(error).__name__
    if lines[0] == "null":  # what the engine throws when it has no room left even for an error
        return "InternalError: out of memory"
    what = lines[0].removeprefix("Error: ")
    if what.startswith("SyntaxError") and len(lines) > 1 and "<input>:" in lines[1]:
        line, _, column = lines[1].rpartition("<input>:")[2].rstrip(")").partition(":")
        # Two lines stand before the source in the function that is made of it.
        return f"{what} (line {int(line) - 2}, column {column})"
    return what


def main() -> None:
    """Answer until the parent closes the pipe."""
    folder, parent, cpu_s, heap, output = sys.argv[1:6]
    sys.path.append(folder)
    engine = Engine(float(cpu_s), int(heap), int(output))
    lines = sys.stdin.buffer
    _cage(int(parent))
    _write('0 = "ready"\n')
    for line in lines:
        number, verb, codec, rest = line.split(b" ", 3)
        sign, said = _answer(engine, verb, codec.decode(), rest.decode())
        _write(f"{number.decode()} {sign} {said}\n")


if __name__ == "__main__":
    main()
