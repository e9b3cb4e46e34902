"""Decentlab DL-PM: particulate matter, air temperature and humidity, pressure.

Payload on port 1, words of 16 bits, big end first: protocol 2 (one byte), device number, flags; then for
every flag that is set, in this order:

    bit 0  battery voltage      mV
    bit 1  ten words            PM1, PM2.5, PM4, PM10 in 0.1 µg/m³; typical size in nm; five counts
    bit 2  two words            air temperature 175.72 w / 65536 - 46.85; humidity 125 w / 65536 - 6
    bit 3  barometric pressure  2 Pa
"""

from devices.decentlab import frame
from devices.decentlab.dl_pm.decode import decode
from devices.model import Model
from devices.vendor_fields import VendorField

MODEL = Model(
    name="decentlab/dl-pm",
    maker="Decentlab",
    product="DL-PM",
    use="dust in the air",
    decode=decode,
    interval_s=600,
    dead_zone_mm=None,
    max_range_mm=None,
    quantities=("pm2_5_ug_m3", "pm10_ug_m3", "temperature_c", "humidity_pct", "pressure_hpa", "battery_v"),
    datasheet="https://www.decentlab.com/products/"
    "particulate-matter-temperature-humidity-and-barometric-pressure-sensor-for-lorawan",
    fields=(
        VendorField("battery_voltage.value", "battery_v"),
        VendorField("pm2_5_mass_concentration.value", "pm2_5_ug_m3"),
        VendorField("pm10_mass_concentration.value", "pm10_ug_m3"),
        VendorField("air_temperature.value", "temperature_c"),
        VendorField("air_humidity.value", "humidity_pct"),
        VendorField("barometric_pressure.value", "pressure_hpa", scale=0.01),
    ),
    encode_interval=frame.encode_interval,
)
