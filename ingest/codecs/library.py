"""The codecs users dropped into a folder. One may run when every one of its vectors came out right."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from devices.codecs.names import named
from ingest.codecs.checking import Checked, Run, check
from ingest.codecs.codec import Codec

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 5.0
_MOST_FILES = 1_000


class CodecLibrary:
    """What lies in a folder: `vendor/model-codec.yaml` and the JavaScript it names, in any depth.

    Looked at again every few seconds when asked: a changed file is checked anew, and until it passes its
    codec does not run. `run` is the `CodecPool.run` of a pool that is only for checks, because a codec under
    test may be stopped again and again.
    """

    def __init__(self, folder: Path, run: Run, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._run = run
        self._clock_s = clock_s
        self._looked_s = -_LOOK_EVERY_S
        self._stamps: dict[Path, tuple[int, int]] = {}
        self._codecs: dict[str, Codec] = {}
        self._problems: dict[str, str] = {}
        self._mutex = threading.Lock()

    def codecs(self) -> Mapping[str, Codec]:
        """What may run now, by model."""
        with self._mutex:
            now_s = self._clock_s()
            if now_s - self._looked_s >= _LOOK_EVERY_S:
                self._looked_s = now_s
                self._look()
            return self._codecs

    def problems(self) -> Mapping[str, str]:
        """Why files in the folder are not in service, by file."""
        self.codecs()
        return self._problems

    def _look(self) -> None:
        stamps = self._stamped()
        if stamps == self._stamps:
            return
        self._stamps = stamps
        codecs: dict[str, Codec] = {}
        problems: dict[str, str] = {}
        described: set[Path] = set()
        for path in sorted(stamps):
            if path.suffix != ".js":
                self._take(check(path, named(self._relative(path)), self._run), codecs, problems)
                described.add(path.parent)
        for path in sorted(stamps):
            if path.suffix == ".js" and path.parent not in described:
                problems[self._relative(path)] = (
                    "no YAML with vectors lies beside it, so it cannot be checked"
                )
        for file, problem in problems.items():
            if problem != self._problems.get(file):
                _log.warning("codecs: %s is not in service: %s", file, problem)
        # Replaced, not changed: who asked a moment ago goes on with what was true then.
        self._codecs, self._problems = codecs, problems

    def _take(self, checked: Checked, codecs: dict[str, Codec], problems: dict[str, str]) -> None:
        file = self._relative(checked.path)
        if not checked.fine or checked.codec is None:
            problems[file] = checked.complaint
        elif not checked.codec.name:
            problems[file] = "its folder must be the maker's: vendor/model-codec.yaml"
        elif checked.codec.name in codecs:
            problems[file] = f"another file is the codec of {checked.codec.name} already"
        else:
            codecs[checked.codec.name] = checked.codec

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()

    def _stamped(self) -> dict[Path, tuple[int, int]]:
        """Every file that matters, with what tells whether it has changed."""
        stamps: dict[Path, tuple[int, int]] = {}
        for path in self._folder.rglob("*"):
            if path.suffix in (".yaml", ".yml", ".js") and len(stamps) < _MOST_FILES:
                try:
                    state = path.stat()
                except OSError:
                    continue  # gone meanwhile
                stamps[path] = (state.st_mtime_ns, state.st_size)
        return stamps
