"""Units as vendors write them ("2821 mm", "3.612 V", "°F", "ug/m3"), turned into a quantity's own."""

from collections.abc import Mapping
from typing import Final

from devices.quantities import DEVICE_QUANTITIES, QUANTITIES

#: Litres one mole of gas fills at 25 °C and 1013.25 hPa, the conditions Vietnamese limits are written for.
_MOLAR_LITRES: Final = 24.45
_GRAMS_A_MOLE: Final[Mapping[str, float]] = {
    "o3_ug_m3": 47.998,
    "no2_ug_m3": 46.006,
    "so2_ug_m3": 64.066,
    "co_ug_m3": 28.010,
}

#: Unit of a quantity -> unit as folded below -> (scale, offset) into it.
_INTO: Final[Mapping[str, Mapping[str, tuple[float, float]]]] = {
    "mm": {
        **dict.fromkeys(("mm", "millimeter", "millimeters", "millimetre", "millimetres"), (1.0, 0.0)),
        **dict.fromkeys(("cm", "centimeter", "centimeters", "centimetre", "centimetres"), (10.0, 0.0)),
        "dm": (100.0, 0.0),
        **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), (1000.0, 0.0)),
        **dict.fromkeys(("in", "inch", "inches"), (25.4, 0.0)),
        **dict.fromkeys(("ft", "feet", "foot"), (304.8, 0.0)),
    },
    "%": dict.fromkeys(("%", "pct", "percent", "%rh", "%r.h.", "rh%", "%el"), (1.0, 0.0)),
    "V": {**dict.fromkeys(("v", "volt", "volts"), (1.0, 0.0)), "mv": (0.001, 0.0)},
    "°C": {
        **dict.fromkeys(("°c", "c", "degc", "cel", "celsius"), (1.0, 0.0)),
        **dict.fromkeys(("°f", "f", "degf", "fahrenheit"), (5 / 9, -160 / 9)),
        "k": (1.0, -273.15),
    },
    "hPa": {
        **dict.fromkeys(("hpa", "mbar"), (1.0, 0.0)),
        "pa": (0.01, 0.0),
        "kpa": (10.0, 0.0),
        "bar": (1000.0, 0.0),
        "mmhg": (1.333224, 0.0),
    },
    "µg/m³": {"ug/m3": (1.0, 0.0), "ugm3": (1.0, 0.0), "mg/m3": (1000.0, 0.0)},
    "dBm": {"dbm": (1.0, 0.0)},
    "dB": {"db": (1.0, 0.0)},
}
_SPELLINGS = str.maketrans({"μ": "u", "µ": "u", "³": "3", "²": "2", "º": "°", "^": None, " ": None})


def unit_of(quantity: str) -> str:
    """The unit a quantity is kept in; KeyError for one that does not exist."""
    known = QUANTITIES.get(quantity) or DEVICE_QUANTITIES[quantity]
    return known.unit


def convert(number: float, unit: str, quantity: str) -> float | None:
    """`number` of a vendor's `unit` in the quantity's own unit; None for a unit of another kind.

    Parts per million or billion of a gas are micrograms at 25 °C and 1013.25 hPa.
    """
    folded = unit.translate(_SPELLINGS).casefold()
    target = unit_of(quantity)
    if target == "m":
        step = _INTO["mm"].get(folded)
        return None if step is None else number * step[0] / 1000
    grams = _GRAMS_A_MOLE.get(quantity)
    if grams is not None and folded in ("ppb", "ppm"):
        return number * (1000.0 if folded == "ppm" else 1.0) * grams / _MOLAR_LITRES
    step = _INTO.get(target, {}).get(folded)
    return None if step is None else number * step[0] + step[1]
