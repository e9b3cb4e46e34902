"""uvicorn in a thread of its own, on a socket that is already bound, so the real port is known."""

import socket
import threading
import time

import uvicorn
from fastapi import FastAPI

START_TIMEOUT_S = 20.0


class Serving:
    """Serves an app until stopped."""

    def __init__(self, app: FastAPI, bound: socket.socket) -> None:
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=2, server_header=False
        )
        self._server = uvicorn.Server(config)
        self._bound = bound
        self._thread = threading.Thread(target=self._run, name="http", daemon=True)

    def start(self) -> None:
        """Return once requests are answered."""
        self._thread.start()
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._server.started and self._thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.01)

    def stop(self) -> None:
        """Finish what is being answered, then stop."""
        self._server.should_exit = True
        self._thread.join(10)
        self._bound.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._bound])
