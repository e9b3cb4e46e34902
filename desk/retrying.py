"""On a conflict the loser decides again: load afresh, ask the pure floors afresh, save."""

from collections.abc import Callable
from typing import TypeVar

from storage.errors import ConflictError

Result = TypeVar("Result")

#: Two writers meeting five times in a row on one order is not contention, it is a bug.
ATTEMPTS = 5


def decide_again(once: Callable[[], Result]) -> Result:
    """Run `once` (a whole transaction) until it saves without a conflict.

    Raises:
        ConflictError: it still conflicted on the last attempt.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return once()
        except ConflictError:
            continue
    return once()
