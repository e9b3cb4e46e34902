"""Waiting for something that another thread or process does: bounded, and never longer than needed."""

import time
from collections.abc import Callable


def wait_until(check: Callable[[], object], what: str, *, timeout_s: float = 10.0) -> None:
    """Return as soon as `check()` is true; fail with `what` after `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while not check():
        if time.monotonic() > deadline:
            message = f"waited {timeout_s} s in vain: {what}"
            raise AssertionError(message)
        time.sleep(0.01)
