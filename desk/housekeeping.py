"""Letting go of what nobody needs any more, so that the state does not grow for ever."""

from desk.context import Desk

DAY_MS = 86_400_000
#: Settled messages are kept this long, for whoever asks whether one left.
MESSAGES_KEPT_MS = 30 * DAY_MS


def tidy(desk: Desk, now_ms: int) -> None:
    """Forget old settled messages, expired sessions and spent sign-in links."""
    with desk.state.transaction() as tx:
        tx.outbox.forget(now_ms - MESSAGES_KEPT_MS)
        tx.keys.forget_expired(now_ms)
