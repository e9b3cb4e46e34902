"""Gathering the values of one message whose fields have plain names."""

import math
import re
from dataclasses import dataclass, field
from typing import Final

from devices.formats.aliases import Meaning, meaning
from devices.formats.fields import MAX_WARNING
from devices.quantities import DEVICE_QUANTITIES, QUANTITIES
from devices.uplinks import Measured, Rejected, RejectReason, Uplink, UplinkKind

#: Words for "nothing was measured": a sensor that says so is alive and well.
_NOTHING: Final = frozenset(("", "nan", "-nan", "null", "none", "unknown", "unavailable", "n/a"))
_SWITCHED: Final = {"on": 1.0, "true": 1.0, "off": 0.0, "false": 0.0}
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([^\d\s.,]\S{0,9}|)\s*", re.ASCII)
_AVAILABILITY: Final = frozenset(("online", "offline"))


def read_number(text: str) -> tuple[float, str] | None:
    """The number and unit in a text such as `0.84` or `2821 mm`; None if it is none."""
    if len(text) > 64:
        return None
    found = _NUMBER.fullmatch(text)
    return None if found is None else (float(found[1]), found[2])


def availability(device_id: str, text: str) -> Uplink | None:
    """The uplink in a bare `online` or `offline` (a last will speaks for a device that no longer can)."""
    word = text.strip().lower()
    if word not in _AVAILABILITY:
        return None
    return Uplink(device_id, UplinkKind.STATUS, attributes={"availability": word})


def says_nothing(text: str) -> bool:
    """Is this a word for "nothing was measured"?"""
    return text.strip().lower() in _NOTHING


@dataclass(slots=True)
class Gathering:
    """The values of one device at one time, as they are found. `silent`: a known one was not measured."""

    device_id: str
    time_ms: int | None = None
    seq: int | None = None
    name: str = ""
    measured: dict[str, Measured] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    refused: list[Rejected] = field(default_factory=list)
    silent: bool = False

    def take(self, name: str, value: object, unit: str = "", length: str = "mm") -> None:
        """Look at one field; `unit` and `length` as of `aliases.meaning`."""
        if isinstance(value, str):
            number = read_number(value)
            if number is not None:
                value, unit = number[0], number[1] or unit
        meant = meaning(name, unit, length)
        if meant is not None:
            self.put(name, value, meant)
        elif isinstance(value, int | float | dict | list):
            self.ignored.append(f"{name[:64]} in {unit[:16]}" if unit else name[:64])

    def put(self, name: str, value: object, meant: Meaning) -> None:
        """Keep one value whose meaning is known; the first of a quantity counts."""
        number = _number(value, meant.quantity)
        if number is None:
            self.silent = True
        elif isinstance(number, str):
            self._refuse(RejectReason.BAD_SHAPE, f"{name[:64]} is {number[:40]!r}; send a number")
        elif not math.isfinite(number):
            self._refuse(RejectReason.NOT_FINITE, f"{name[:64]} is {number}; leave out what was not measured")
        elif meant.quantity in self.measured:
            self.ignored.append(f"{name[:64]} (a second {meant.quantity})")
        else:
            unit = (QUANTITIES.get(meant.quantity) or DEVICE_QUANTITIES[meant.quantity]).unit
            self.measured[meant.quantity] = Measured(meant.quantity, meant.of(number), unit)

    def _refuse(self, reason: RejectReason, detail: str) -> None:
        self.refused.append(Rejected(reason, detail, self.device_id))

    def uplinks(self) -> list[Uplink | Rejected]:
        """What became of them all: an uplink and what was refused of it, or a refusal."""
        if not self.measured and not self.silent:
            return [*self.refused] or [self._nothing_understood()]
        warning = f"not understood and left out: {', '.join(self.ignored)}"[:MAX_WARNING]
        uplink = Uplink(
            self.device_id,
            UplinkKind.DATA if self.measured else UplinkKind.STATUS,
            self.time_ms,
            self.seq,
            measured=tuple(self.measured.values()),
            name=self.name,
            warnings=(warning,) if self.ignored else (),
        )
        return [uplink, *self.refused]

    def _nothing_understood(self) -> Rejected:
        found = ", ".join(self.ignored)[:MAX_WARNING] or "no number"
        return Rejected(
            RejectReason.UNKNOWN_QUANTITY,
            f"nothing in it is a quantity Kênh knows (see /api/v1/quantities); found: {found}",
            self.device_id,
        )


def _number(value: object, quantity: str) -> float | str | None:
    """The number; None where nothing was measured; the text of what is neither."""
    if value is None:
        return None
    if isinstance(value, str):
        number = read_number(value)
        if number is not None and not number[1]:
            return number[0]
        if says_nothing(value):
            return None
        switched = _SWITCHED.get(value.strip().lower())
        return switched if switched is not None and _is_yes_or_no(quantity) else value
    if isinstance(value, bool):
        return float(value) if _is_yes_or_no(quantity) else str(value)
    return float(value) if isinstance(value, int | float) else str(value)


def _is_yes_or_no(quantity: str) -> bool:
    known = QUANTITIES.get(quantity)
    return known is not None and known.unit == "1"
