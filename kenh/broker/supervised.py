"""The broker as a child process: started, watched, started again if it dies, ended with its parent."""

import ctypes
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from kenh.broker import mosquitto

log = logging.getLogger(__name__)
START_TIMEOUT_S = 10.0
_SET_PARENT_DEATH_SIGNAL = 1


class BrokerError(Exception):
    """The broker does not start."""


def ends_with_parent() -> Callable[[], None] | None:
    """What a child runs so that the kernel ends it with us, even after kill -9 (Linux only)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)

    return ask


class SupervisedBroker:
    """mosquitto if there is one, else amqtt, on a loopback port with a password."""

    def __init__(
        self, folder: Path, host: str, port: int, users: dict[str, str], wanted: str = "auto"
    ) -> None:
        """`wanted` is `mosquitto`, `amqtt` or `auto`.

        Raises:
            BrokerError: mosquitto is wanted and there is none.
        """
        self.host, self.port = host, port
        program = None if wanted == "amqtt" else mosquitto.find()
        if program is None and wanted == "mosquitto":
            raise BrokerError("KENH_MQTT__BROKER asks for mosquitto, and there is none on this machine")
        self.kind = "mosquitto" if program else "amqtt"
        folder.mkdir(parents=True, exist_ok=True)
        if program:
            config = mosquitto.configure(folder, host, port, users)
            self._command = [str(program), "-c", str(config)]
        else:
            from kenh.broker import amqtt_server

            config = amqtt_server.configure(folder, host, port, users)
            self._command = [sys.executable, "-m", "kenh.broker.amqtt_server", str(config)]
        self._log_path = folder / "broker.log"
        self._pid_path = folder / "broker.pid"
        self._process: subprocess.Popen[bytes] | None = None
        self._stop = threading.Event()
        self._up = threading.Event()
        self._failure = ""
        self._thread = threading.Thread(target=self._supervise, name="broker", daemon=True)

    def start(self) -> None:
        """Start and wait until it accepts connections.

        Raises:
            BrokerError: it does not; the message says where to read why.
        """
        self._thread.start()
        self._up.wait(START_TIMEOUT_S + 2)
        if self._failure or not self._up.is_set():
            self.stop()
            raise BrokerError(f"{self.kind} does not start ({self._failure}); see {self._log_path}")

    def stop(self) -> None:
        """End the child and wait for it."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(15)

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def _supervise(self) -> None:
        """Spawns from one long-lived thread: the parent-death signal follows the thread that forked."""
        while not self._stop.is_set():
            with self._log_path.open("ab") as output:
                self._process = subprocess.Popen(  # noqa: S603  our own command line, no shell
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    # Ctrl-C goes to the whole group; the broker must outlive what still talks to it.
                    start_new_session=True,
                    preexec_fn=ends_with_parent(),  # noqa: PLW1509  one call into a loaded library
                )
            self._pid_path.write_text(str(self._process.pid))
            if self._await_port():
                self._up.set()
            elif not self._up.is_set():
                self._failure = f"exit code {self._process.poll()}"
                self._up.set()
            self._await_end()
            if not self._stop.is_set():
                log.warning("the broker ended with code %s; starting it again", self._process.returncode)
                self._stop.wait(1)
        self._end(self._process)

    def _await_port(self) -> bool:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and not self._stop.is_set():
            if self._process is None or self._process.poll() is not None:
                return False
            try:
                socket.create_connection((self.host, self.port), 0.5).close()
            except OSError:
                self._stop.wait(0.05)
            else:
                return True
        return False

    def _await_end(self) -> None:
        while not self._stop.is_set() and self._process is not None and self._process.poll() is None:
            self._stop.wait(0.3)

    @staticmethod
    def _end(process: "subprocess.Popen[bytes] | None") -> None:
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(8)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def await_predecessor(folder: Path, timeout_s: float = 6.0) -> None:
    """After kill -9 the previous broker is still saving its queue: let it finish first."""
    pid_path = folder / "broker.pid"
    try:
        pid = int(pid_path.read_text())
        command = Path(f"/proc/{pid}/cmdline")
        deadline = time.monotonic() + timeout_s
        while str(folder).encode() in command.read_bytes() and time.monotonic() < deadline:
            time.sleep(0.05)
    except (OSError, ValueError):
        return
