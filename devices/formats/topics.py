"""MQTT topics and topic filters (MQTT 5, section 4.7)."""

from collections.abc import Sequence
from typing import Final

MAX_LENGTH: Final = 65535


def filter_problem(levels: Sequence[str]) -> str | None:
    """What is wrong with a topic filter, given level by level; None if nothing is."""
    text = "/".join(levels)
    if not text:
        return "a topic filter may not be empty"
    if "\0" in text or len(text.encode(errors="replace")) > MAX_LENGTH:
        return f"{text[:64]!r} is too long, or holds a zero character"
    if levels[0] == "$share":
        return f"{text[:64]!r}: name the plain filter; Kênh shares subscriptions by itself"
    for place, level in enumerate(levels):
        if len(level) > 1 and ("+" in level or "#" in level):
            return f"{text[:64]!r}: + and # each stand for a whole level between two slashes"
        if level == "#" and place != len(levels) - 1:
            return f"{text[:64]!r}: # may only stand at the end"
    return None


def is_topic(text: str) -> bool:
    """Is this a topic that one message can be published on?"""
    return bool(text) and not any(sign in text for sign in "+#\0") and len(text) <= MAX_LENGTH


def matches(filter_levels: Sequence[str], levels: Sequence[str]) -> bool:
    """Does a topic match a filter? Both level by level; `$SYS` and its like match no leading wildcard."""
    if levels[0].startswith("$") and filter_levels[0] in ("+", "#"):
        return False
    if filter_levels[-1] == "#":
        filter_levels = filter_levels[:-1]
        levels = levels[: len(filter_levels)]  # a/# matches a, a/b, a/b/c
    return len(filter_levels) == len(levels) and all(
        wanted in ("+", level) for wanted, level in zip(filter_levels, levels, strict=True)
    )
