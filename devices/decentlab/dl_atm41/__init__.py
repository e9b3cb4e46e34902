"""Decentlab DL-ATM41: weather station without moving parts, for rain.

Payload on port 1, words of 16 bits, big end first: protocol 2 (one byte), device number, flags; then for
every flag that is set, in this order:

    bit 0  seventeen words, each + 32768: radiation, precipitation in 0.001 mm, lightning (two), wind (three),
           air temperature in 0.1 degrees, vapour pressure, air pressure in 0.01 kPa, humidity in 0.1 %,
           temperature inside, tilt (two), heading, wind (two)
    bit 1  battery voltage in mV

Precipitation is what fell since the report before, not a counter: its word ends at 32.767 mm, and the second
generation (DL-ATM41G2, another layout) has a counter beside it. The rain of a lost report is lost. Radiation,
lightning, wind and tilt have no quantity here.
"""

from devices.decentlab import frame
from devices.decentlab.dl_atm41.decode import decode
from devices.model import Model
from devices.vendor_fields import VendorField

MODEL = Model(
    name="decentlab/dl-atm41",
    maker="Decentlab",
    product="DL-ATM41",
    use="rain and weather",
    decode=decode,
    interval_s=600,
    dead_zone_mm=None,
    max_range_mm=None,
    quantities=("rain_mm", "temperature_c", "humidity_pct", "pressure_hpa", "battery_v"),
    datasheet="https://www.decentlab.com/products/eleven-parameter-weather-station-for-lorawan",
    fields=(
        VendorField("battery_voltage.value", "battery_v"),
        VendorField("precipitation.value", "rain_mm", minimum=0),
        VendorField("air_temperature.value", "temperature_c"),
        VendorField("relative_humidity.value", "humidity_pct"),
        VendorField("atmospheric_pressure.value", "pressure_hpa", scale=10.0),
    ),
    encode_interval=frame.encode_interval,
)
