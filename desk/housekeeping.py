"""Letting go of what nobody needs any more, so that the state does not grow for ever."""

from desk.context import Desk

DAY_MS = 86_400_000
#: Settled messages are kept this long, for whoever asks whether one left.
MESSAGES_KEPT_MS = 30 * DAY_MS
#: Which frames arrived is asked for the last day, and for the last month in reports.
FRAMES_KEPT_MS = 40 * DAY_MS


def tidy(desk: Desk, now_ms: int) -> None:
    """Forget old settled messages, expired sessions, spent sign-in links, and frames of long ago."""
    with desk.state.transaction() as tx:
        tx.outbox.forget(now_ms - MESSAGES_KEPT_MS)
        tx.keys.forget_expired(now_ms)
        tx.frames.trim(now_ms - FRAMES_KEPT_MS)
