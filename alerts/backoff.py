"""How long to wait before trying a delivery again."""

FIRST_MS = 2_000
CEILING_MS = 15 * 60_000
#: After a day of trying the message is dead: somebody has to look.
TRIES = 100


def next_try_ms(now_ms: int, attempts: int, jitter: float) -> int:
    """When to try again after `attempts` failures; doubles up to 15 minutes, with `jitter` in [0, 1)."""
    wait = min(CEILING_MS, FIRST_MS * 2 ** min(attempts, 20))
    return now_ms + int(wait * (0.75 + 0.5 * jitter))
