"""What somebody on a ladder wants to read first: is it reporting, and do the numbers make sense?"""

from collections.abc import Sequence
from dataclasses import dataclass

from api.board.words import say
from api.wire_devices import SignOut
from devices.quantities import QUANTITIES
from devices.signs import SignState
from dispatch.words import Lang

#: What a sign shows beside its word, so that it reads without colour.
GLYPHS = {SignState.OK: "✓", SignState.WARN: "!", SignState.BAD: "✕", SignState.UNKNOWN: "?"}
#: Signs that carry the name of a quantity are of what is measured there, but for this one of the device.
_VALUES = frozenset(QUANTITIES) - {"tilt"}
_GRAVEST_FIRST = (SignState.BAD, SignState.WARN)


@dataclass(frozen=True, slots=True)
class Verdict:
    """All signs in one line. `why` are the sentences of those that are not as they should be."""

    state: SignState
    headline: str
    why: tuple[str, ...]

    @property
    def glyph(self) -> str:
        """Its mark."""
        return GLYPHS[self.state]


def verdict(
    signs: Sequence[SignOut], *, is_mounted: bool, is_heard: bool, lang: Lang, refused: str = ""
) -> Verdict:
    """Nothing is called well of a device that is silent, or that has said nothing yet.

    `refused` says why its newest uplink could not be used; the numbers are older than that.
    """
    if not is_mounted:
        return Verdict(SignState.UNKNOWN, say("verdict_loose", lang), ())
    states = {sign.name: SignState(sign.state) for sign in signs}
    reporting = states.get("reporting", SignState.UNKNOWN)
    wrong = [
        sign
        for state in _GRAVEST_FIRST
        for sign in signs
        if sign.state == state and not (sign.name == "reporting" and is_heard)
    ]
    why = tuple(text_of(sign, lang) for sign in wrong)
    if refused:
        why = (say("newest_refused", lang, reason=refused), *why)
    if not is_heard:
        return Verdict(reporting, say("verdict_unheard", lang), why)
    if reporting is SignState.BAD:
        return _of(reporting, "verdict_silent", "values_unknown", why, lang)
    # That the site has no position yet is told, and no reason to doubt the numbers.
    others = [
        state
        for name, state in states.items()
        if name != "reporting" and (name, state) != ("place", SignState.WARN)
    ]
    values = [state for name, state in states.items() if name in _VALUES]
    if refused:
        others.append(SignState.WARN)
    punctual = "verdict_late" if reporting is SignState.WARN else "verdict_ok"
    if SignState.BAD in others:
        return _of(SignState.BAD, punctual, "values_bad", why, lang)
    if SignState.OK not in values:
        state = SignState.WARN if SignState.WARN in (*others, reporting) else SignState.UNKNOWN
        return _of(state, punctual, "values_none", why, lang)
    if SignState.WARN in others:
        return _of(SignState.WARN, punctual, "values_warn", why, lang)
    return _of(reporting, punctual, "values_ok", why, lang)


def text_of(sign: SignOut, lang: Lang) -> str:
    """The sign's sentence."""
    return sign.text_vi if lang == "vi" else sign.text_en


def _of(state: SignState, first: str, second: str, why: tuple[str, ...], lang: Lang) -> Verdict:
    return Verdict(state, f"{say(first, lang)} · {say(second, lang)}", why)
