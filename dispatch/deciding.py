"""Every decision about work orders, in one place to import from: pure, with `now_ms` as an argument.

Whoever calls loads the order, lets one of these decide, and saves order and events together.
"""

from dispatch.answering import allowed_answers, on_answer
from dispatch.commanding import (
    CLOSE_REASONS,
    Command,
    CommandName,
    Refused,
    allowed_commands,
    on_command,
)
from dispatch.raising import needs_crew, on_finding
from dispatch.steps import Decision
from dispatch.ticking import VERIFY_WITHIN_MS, on_tick

__all__ = [
    "CLOSE_REASONS",
    "VERIFY_WITHIN_MS",
    "Command",
    "CommandName",
    "Decision",
    "Refused",
    "allowed_answers",
    "allowed_commands",
    "needs_crew",
    "on_answer",
    "on_command",
    "on_finding",
    "on_tick",
]
