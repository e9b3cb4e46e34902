"""What a sentence is told from: one finding, its facts as far as they are known, and a language."""

import math

from analytics.findings import Finding
from devices.sites import Registry
from dispatch import phrases
from dispatch.words import Lang


class Tale:
    """A finding as material for one sentence. A fact that is absent or no number is None."""

    def __init__(self, finding: Finding, registry: Registry, lang: Lang) -> None:
        self.finding = finding
        self.registry = registry
        self.lang: Lang = lang
        self.place = phrases.place(finding.site_id, registry, lang)
        self.at_ms = self.moment("at_ms") or finding.updated_ms

    def say(self, vi: str, en: str) -> str:
        """The one of the two that is wanted."""
        return vi if self.lang == "vi" else en

    def figure(self, name: str) -> float | None:
        """A fact that is a finite number."""
        value = self.finding.facts.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return None
        return float(value)

    def moment(self, name: str) -> int | None:
        """A fact that is a time in epoch milliseconds."""
        value = self.figure(name)
        return None if value is None else int(value)

    def text(self, name: str) -> str:
        """A fact that is text; empty if it is absent."""
        value = self.finding.facts.get(name)
        return value if isinstance(value, str) else ""

    def flag(self, name: str) -> bool:
        """A fact that is true; absent is not."""
        return self.finding.facts.get(name) is True

    def metres(self, value: float) -> str:
        """`0,82 m`."""
        return phrases.metres(value, self.lang)

    def elevation(self, value: float) -> str:
        """`+3,42 m`."""
        return phrases.elevation(value, self.lang)

    def whole(self, value: float) -> str:
        """`1.250`."""
        return phrases.whole(value, self.lang)

    def at(self, ms: int) -> str:
        """`17:20`, with its day where that is not the day the sentence speaks of."""
        return phrases.at(ms, self.at_ms, self.lang)

    def dry(self) -> str:
        """How long it has not rained; empty where that is not known, under an hour, or it does rain."""
        hours = self.figure("dry_h")
        if hours is None or hours < 1:
            return ""
        if hours >= 720:
            return self.say("lâu nay không mưa", "no rain for weeks")
        if hours >= 48:
            days = int(hours // 24)
            return self.say(f"{days} ngày qua không mưa", f"no rain for {days} days")
        return self.say(f"{int(hours)} giờ qua không mưa", f"no rain for {int(hours)} h")

    def usual(self) -> str:
        """The usual levels at this hour; empty while they are still being learnt."""
        low, high = self.figure("normal_low_m"), self.figure("normal_high_m")
        if low is None or high is None:
            return ""
        span = phrases.metre_range(low, high, self.lang)
        return self.say(f"giờ này thường {span}", f"usually {span} at this hour")


def clauses(*parts: str, by: str = ", ") -> str:
    """The clauses that have something to say."""
    return by.join(part for part in parts if part)
