"""What codecs of models nobody here knows usually call things.

Names are compared without case and separators, so `batv` also finds `BatV` and `Bat_V`, and `pm25` finds
`PM2.5`. A unit that stands in the value outweighs the one assumed here: millimetres for a distance,
centimetres for a depth or level, hectopascals for air pressure. Gases without a unit in their name are left
alone: parts per billion and micrograms cannot be told apart.
"""

from collections.abc import Iterable

from devices.quantities import DEVICE_QUANTITIES, QUANTITIES
from devices.vendor_fields import VendorField
from devices.vendor_units import convert

#: Quantity -> assumed unit -> names.
_NAMES: dict[str, dict[str, str]] = {
    "distance_mm": {
        "mm": "distance distancemm dist distmm distancemedian distanceaverage proxxmm rangemm",
        "cm": "distancecm distcm proxx lidardistance",
        "m": "distancem distm",
    },
    "depth_mm": {
        "mm": "depthmm waterdepth waterdepthmm levelmm waterlevelmm waterlevel",
        "cm": "depth depthcm level levelcm waterlevelcm waterdeepcm waterdepthcm",
        "m": "depthm levelm waterdepthm",
    },
    "fill_pct": {"%": "fillinglvl filllevel fillinglevel fill fillpercent"},
    "rain_total_mm": {"mm": "rainfalltotal raintotal totalrain totalrainfall"},
    "rain_mm": {"mm": "precipitation rainmm"},
    "battery_pct": {"%": "battery batterylevel batterypercent batterypercentage batpct batlevel"},
    "battery_v": {
        "V": "batteryvoltage bat batv batteryvol batteryv batvoltage vbat",
        "mV": "batterymv batmv batteryvoltagemv",
    },
    "temperature_c": {
        "°C": "temperature temp tempc airtemperature tempcsht temperaturec ambienttemperature",
        "°F": "temperaturef tempf",
    },
    "humidity_pct": {"%": "humidity hum airhumidity humsht relativehumidity rh"},
    "pressure_hpa": {
        "hPa": "pressure airpressure barometricpressure barometer pressurehpa",
        "kPa": "pressurekpa",
        "Pa": "pressurepa",
    },
    "pm2_5_ug_m3": {"µg/m³": "pm25 pm25massconcentration pm25concentration"},
    "pm10_ug_m3": {"µg/m³": "pm10 pm10massconcentration pm10concentration"},
    "o3_ug_m3": {"ppb": "o3ppb", "ppm": "o3ppm"},
    "no2_ug_m3": {"ppb": "no2ppb", "ppm": "no2ppm"},
    "so2_ug_m3": {"ppb": "so2ppb", "ppm": "so2ppm"},
    "co_ug_m3": {"ppb": "coppb", "ppm": "coppm"},
}
_TILT = {"normal": 0.0, "upright": 0.0, "tilt": 1.0, "tilted": 1.0}


def _fields() -> Iterable[VendorField]:
    for quantity in (*QUANTITIES, *DEVICE_QUANTITIES):
        yield VendorField(quantity, quantity, words=_TILT if quantity == "tilt" else {})
    for quantity, by_unit in _NAMES.items():
        for unit, names in by_unit.items():
            offset = convert(0.0, unit, quantity) or 0.0
            scale = (convert(1.0, unit, quantity) or 1.0) - offset
            for name in names.split():
                yield VendorField(name, quantity, scale, offset)
    yield VendorField("position", "tilt", words=_TILT)
    yield VendorField("tilted", "tilt", words=_TILT)


#: For `read_output` where a codec's model has no table of its own; the first name that is there counts.
GENERIC_FIELDS: tuple[VendorField, ...] = tuple(_fields())
