"""What people call the things they measure, and in which unit, in messages that carry plain names.

One table for SenML, Tasmota, ESPHome, plain JSON and discovery. `DistanceCm`, `distance_cm` and a `distance`
whose unit is told as `cm` are the same. What is not in the table is not guessed at: `battery_temperature`
says nothing about the weather.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from devices.quantities import known
from devices.vendor_units import convert, unit_of


class Meaning(NamedTuple):
    """A number so named is `scale * number + offset` of the quantity."""

    quantity: str
    scale: float = 1.0
    offset: float = 0.0

    def of(self, number: float) -> float:
        """The value in the quantity's unit, without the dust of binary fractions."""
        if self.scale == 1.0 and self.offset == 0.0:
            return number
        return round(number * self.scale + self.offset, 6)


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


#: Quantities a name can stand for, the likelier first, with the unit assumed where none is told. "?": one has
#: to be told. Names are without case and signs.
_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "distance dist proximity waterdistance": ("mm", "distance_mm"),
    "level waterlevel stage waterstage": ("m", "water_level_m fill_pct"),
    "depth waterdepth": ("?", "depth_mm"),
    "fill filllevel fillinglevel fillpercent fillpercentage fullness": ("%", "fill_pct"),
    "heap heapheight": ("m", "heap_m"),
    "rain rainfall precipitation": ("mm", "rain_mm"),
    "raintotal totalrain rainfalltotal totalrainfall": ("mm", "rain_total_mm"),
    # A percentage taken for volts is out of bounds and seen; volts taken for a percentage would be an alarm.
    "bat batt": ("V", "battery_v battery_pct"),
    "vbat vbatt batvolt batvoltage battvoltage batteryvolt batteryvolts batteryvoltage": ("V", "battery_v"),
    "battery batterylevel batterypercent batterypercentage soc": ("%", "battery_pct battery_v"),
    "voltage volt volts": ("?", "battery_v"),
    "temperature temp airtemperature airtemp ambienttemperature": ("°C", "temperature_c"),
    "humidity hum rh relativehumidity airhumidity": ("%", "humidity_pct"),
    "pressure airpressure barometer barometricpressure atmosphericpressure": ("hPa", "pressure_hpa"),
    "pm25 pm2p5": ("µg/m³", "pm2_5_ug_m3"),
    "pm10": ("µg/m³", "pm10_ug_m3"),
    # Gases: parts per billion and micrograms cannot be told apart by looking.
    "o3 ozone": ("?", "o3_ug_m3"),
    "no2 nitrogendioxide": ("?", "no2_ug_m3"),
    "so2 sulphurdioxide sulfurdioxide": ("?", "so2_ug_m3"),
    "co carbonmonoxide": ("?", "co_ug_m3"),
    "rssi wifirssi wifisignal signalstrength": ("dBm", "rssi_dbm"),
    "snr": ("dB", "snr_db"),
    "tilt tilted": ("1", "tilt"),
    "vibration": ("1", "vibration"),
    "pump pumprunning": ("1", "pump_running"),
}
_MEANT: Final = {
    name: (unit, tuple(quantities.split()))
    for names, (unit, quantities) in _NAMES.items()
    for name in names.split()
}
#: A nameless value with one of these units can only be this.
_BY_UNIT: Final = {
    "Cel": "temperature_c",
    "K": "temperature_c",
    "%RH": "humidity_pct",
    "%EL": "battery_pct",
    "hPa": "pressure_hpa",
    "dBm": "rssi_dbm",
}
#: Units as the last words of a name.
_UNIT_WORDS: Final = _words(
    "mm cm dm m in ft pct percent v mv c f k degc degf celsius hpa pa kpa mbar bar",
    "ugm3 ug/m3 mgm3 mg/m3 ppb ppm dbm db",
)
#: Words before a name that leave its meaning as it is.
_LEADING: Final = _words(
    "fill bin drain canal river pond gate air outdoor outside ambient external ultrasonic radar lidar laser",
    "sonar tof sensor measured current average avg mean median bme280 bmp280 bme680 dht11 dht22 am2301 sht30",
    "sht31 sht40 aht20 ds18b20 pms5003 sds011 sps30 sen55 sr04 hcsr04 jsn a02yyuw vl53l0x vl53l1x",
)
_TRAILING: Final = frozenset(("concentration", "value", "reading", "measurement", "sensor"))

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SIGNS = re.compile(r"[^0-9a-zµμ³%°]+")


@lru_cache(maxsize=2048)
def meaning(name: str, unit: str = "", length: str = "mm") -> Meaning | None:
    """What a field is, by its name and the unit told beside it; None if it is none of ours.

    `length` is the unit of a distance where neither the name nor anybody else tells one.
    """
    if known(name):
        return in_unit(name, unit)
    words = [word for word in _SIGNS.split(_HUMP.sub("_", name[:128]).lower()) if word]
    if not words:
        return in_unit(_BY_UNIT[unit], unit) if unit in _BY_UNIT else None
    words, told = _split_unit(words)
    found = _found(words)
    if found is None:
        return None
    assumed, quantities = found
    unit = unit or told
    if not unit:
        if assumed == "?":
            return None
        unit = length if quantities[0] == "distance_mm" else assumed
    return next((fit for quantity in quantities if (fit := in_unit(quantity, unit))), None)


def in_unit(quantity: str, unit: str) -> Meaning | None:
    """The quantity told in that unit ("" is its own); None if it cannot be told in it."""
    own = unit_of(quantity)
    if unit in ("", own):
        return Meaning(quantity)
    if own == "%" and unit in ("/", "/100"):  # SenML: a ratio, and a hundredth of one
        return Meaning(quantity, 100.0 if unit == "/" else 1.0)
    nothing, one = convert(0.0, unit, quantity), convert(1.0, unit, quantity)
    if nothing is None or one is None:
        return None
    return Meaning(quantity, round(one - nothing, 12), round(nothing, 12))


def _split_unit(words: list[str]) -> tuple[list[str], str]:
    """The words of a name without the unit they end in, and the unit."""
    if len(words) > 2 and f"{words[-2]}/{words[-1]}" in _UNIT_WORDS:
        return words[:-2], f"{words[-2]}/{words[-1]}"
    if len(words) > 1 and words[-1] in _UNIT_WORDS:
        return words[:-1], words[-1]
    return words, ""


def _found(words: list[str]) -> tuple[str, tuple[str, ...]] | None:
    """The entry for a name, without words that change nothing."""
    while words:
        found = _MEANT.get("".join(words))
        if found is not None:
            return found
        if words[-1] in _TRAILING:
            words = words[:-1]
        elif words[0] in _LEADING:
            words = words[1:]
        else:
            return None
    return None
