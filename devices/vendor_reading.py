"""Reads the output of a vendor's codec by a model's table of fields, whatever shape the numbers come in."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from devices.readings import Qc
from devices.uplinks import Decoded, Measured
from devices.vendor_fields import VendorField
from devices.vendor_paths import Found, Search
from devices.vendor_units import convert, unit_of

_MAX_WARNINGS: Final = 16
#: Words of codecs for "nothing here", in any field.
_NOTHING: Final = frozenset(("", "-", "--", "null", "none", "nan", "n/a", "na", "undefined", "unknown"))
_TRUTHS: Final = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0, "on": 1.0, "off": 0.0}
_NUMBER: Final = re.compile(r"([+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?)\s*(\D.{0,23})?", re.DOTALL)
_MILLISECONDS_FROM: Final = 1e11
#: A unit of the sister's kind means the sister: "battery": "3.612 V" is no per cent.
_SISTERS: Final = {"battery_pct": "battery_v", "battery_v": "battery_pct"}


class _Unreadable(NamedTuple):
    """Why a value gives no reading although one stands there."""

    why: str


class _Number(NamedTuple):
    """A number as the vendor wrote it, with the unit if one stood beside it."""

    value: float
    unit: str = ""


def read_output(output: object, fields: Sequence[VendorField], *, lenient: bool = True) -> Decoded:
    """The readings in a vendor codec's output (the `data` of `decodeUplink`), each in its quantity's unit.

    Numbers may be texts ("28.10"), may carry their unit ("2821 mm", `{"value": 2821, "unit": "mm"}`), and
    that unit then outweighs the table's scale. Fields the table does not name are ignored. Where several
    fields give the same quantity at the same time, the first of the table counts. A value of a list with
    a `time` carries its own time; without one that can be read it is left out. What stands there and
    cannot be read is a warning, never an exception; only an output that is no object is an error.

    Beyond `VendorField`, a path may pick elements: `messages[measurementId=4097].value`, `samples[0]`.

    Args:
        output: JSON as Python has it (dict, list, str, float, int, bool, None).
        fields: What the model's maker calls things.
        lenient: Also find names written in other case or with other separators (`BatV` for `bat_v`).
    """
    if not isinstance(output, dict | list):
        return Decoded(errors=("the codec gave no object",))
    search = Search(lenient)
    readings: dict[tuple[str, int | None], Measured] = {}
    warnings: list[str] = []
    for field in fields:
        try:
            results = [_measure(found, field) for found in search.find(output, field.path)]
        except (ValueError, TypeError, LookupError, ArithmeticError) as error:
            # Tables come from users too: an entry that makes no sense must not cost the other values.
            results = [_Unreadable(f"its entry in the table of fields cannot be used ({error})")]
        for result in results:
            if isinstance(result, _Unreadable):
                warnings.append(f"{field.path}: {result.why}")
            elif result is not None:
                readings.setdefault((result.quantity, result.time_ms), result)
    if output and not readings and not warnings:
        warnings.append(f"nothing in it is known here: {', '.join(_names(output))[:120]}")
    return Decoded(tuple(readings.values()), tuple(warnings[:_MAX_WARNINGS]))


def _names(output: dict[str, object] | list[object]) -> list[str]:
    return [str(name) for name in output] if isinstance(output, dict) else ["a list"]


def _measure(found: Found, field: VendorField) -> Measured | _Unreadable | None:
    """The reading of one value, None where nothing was measured."""
    value = found.value
    if (type(value) is float or type(value) is int) and _is_plain(field) and -1e300 < value < 1e300:
        # The usual case, and every value of every uplink passes here.
        qc = Qc.GOOD if _within(value, field) else Qc.FAIL
        return Measured(field.quantity, field.scale * value + field.offset, unit_of(field.quantity), qc)
    judged = _judge(found.value, field)
    if judged is None or isinstance(judged, _Unreadable):
        return judged
    number, qc = judged
    if not math.isfinite(number.value):
        return _Unreadable("no finite number")
    placed = _placed(number, field)
    if isinstance(placed, _Unreadable):
        return placed
    quantity, value = placed
    vendors = (value - field.offset) / field.scale if quantity == field.quantity else number.value
    if not _within(vendors, field) or (field.witness and not _is_believed(found, field)):
        qc = max(qc, Qc.FAIL)
    time_ms = None
    if field.time:
        time_ms = _time_ms(_own_time(found, field))
        if time_ms is None:
            return _Unreadable(f"a stored value without a time that can be read in {field.time!r}")
    return Measured(quantity, value, unit_of(quantity), qc, time_ms)


def _is_plain(field: VendorField) -> bool:
    return not (field.absent or field.clipped or field.faulty or field.time or field.witness)


def _is_believed(found: Found, field: VendorField) -> bool:
    """Does the witness, where there is one, keep its bounds?"""
    witness = found.beside.get(field.witness)
    if isinstance(witness, dict):
        witness = witness.get("value")
    number = _number(witness, witness.casefold() if isinstance(witness, str) else None, field)
    low, high = field.believed
    return number is None or low <= number.value <= high


def _judge(value: object, field: VendorField) -> tuple[_Number, Qc] | _Unreadable | None:
    """The vendor's number and what its own words and sentinels say of it."""
    unit = ""
    if isinstance(value, dict):
        unit = value["unit"] if isinstance(value.get("unit"), str) else ""
        value = value.get("value")
    if value is None:
        return None
    text = value.strip().casefold() if isinstance(value, str) else None
    if text is not None:
        meant = _word(text, field)
        if meant is not None:
            return _Number(meant), Qc.GOOD
    number = _number(value, text, field)
    for sentinels, qc in ((field.absent, None), (field.clipped, Qc.SUSPECT), (field.faulty, Qc.FAIL)):
        if sentinels and _is_one_of(number, text, sentinels):
            return None if qc is None else (number or _Number(0.0), qc)
    if text in _NOTHING:
        return None
    if number is None:
        return _Unreadable(f"{str(value)[:40]!r} is no number")
    return (number._replace(unit=unit) if unit else number), Qc.GOOD


def _word(text: str, field: VendorField) -> float | None:
    for word, meant in field.words.items():
        if word.casefold() == text:
            return meant
    return _TRUTHS.get(text) if unit_of(field.quantity) == "1" else None


def _number(value: object, text: str | None, field: VendorField) -> _Number | None:
    if isinstance(value, bool):
        return _Number(float(value)) if unit_of(field.quantity) == "1" else None
    if isinstance(value, int | float):
        return _Number(float(value)) if -1e300 < value < 1e300 else _Number(math.nan)
    match = _NUMBER.fullmatch(text or "")
    if match is None:
        return None
    digits, comma, decimals = match[1].partition(",")
    if comma and len(decimals) == 3:
        return None  # "1,234": a thousand or a decimal comma, nobody can know
    return _Number(float(f"{digits}.{decimals}" if comma else digits), (match[2] or "").strip())


def _is_one_of(number: _Number | None, text: str | None, sentinels: tuple[float | str, ...]) -> bool:
    return any(
        text == one.strip().casefold() if isinstance(one, str) else number is not None and number.value == one
        for one in sentinels
    )


def _placed(number: _Number, field: VendorField) -> tuple[str, float] | _Unreadable:
    """The quantity and the value in its unit; a unit that was written outweighs the table's scale."""
    by_table = field.scale * number.value + field.offset
    if not number.unit:
        return field.quantity, by_table
    by_unit = convert(number.value, number.unit, field.quantity)
    if by_unit is not None:
        return field.quantity, by_table if math.isclose(by_unit, by_table, rel_tol=1e-9) else by_unit
    sister = _SISTERS.get(field.quantity)
    by_sister = None if sister is None else convert(number.value, number.unit, sister)
    if sister is not None and by_sister is not None:
        return sister, by_sister
    if field.scale != 1 or field.offset != 0:
        return field.quantity, by_table  # the table turns volts or milliamperes into this on purpose
    return _Unreadable(f"{number.unit[:12]!r} is no unit of {field.quantity}")


def _within(number: float, field: VendorField) -> bool:
    slack = 1e-9 * abs(number)
    return (field.minimum is None or number >= field.minimum - slack) and (
        field.maximum is None or number <= field.maximum + slack
    )


def _own_time(found: Found, field: VendorField) -> object:
    value = found.beside.get(field.time)
    return value.get("value") if isinstance(value, dict) else value


def _time_ms(value: object) -> int | None:
    """Epoch seconds or milliseconds, also as a text, or ISO 8601 (codecs run in UTC); None if neither."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return _iso_ms(str(value))
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e15:
        return None
    return round(value if value >= _MILLISECONDS_FROM else value * 1000)


def _iso_ms(text: str) -> int | None:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
