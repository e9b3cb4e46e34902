"""Dragino AQS02-L, for rooms and sheltered places: carbon monoxide, temperature and humidity, pressure.

Payload on port 2, eleven bytes, big end first:

    0-1   battery      mV
    2-3   temperature  i16, tenths of a degree; hundredths if bit 4 of the last byte is set
    4-5   humidity     tenths of a per cent
    6-7   pressure     tenths of a hectopascal
    8-9   CO           ppm
    10    flags        bit 4 as above, bits 0-3 alarms

Stored values on port 3, eleven bytes each: CO, humidity, temperature, flags (bit 0: hundredths), epoch
seconds. The layout is what the maker's own codec reads, its payload page was not seen: a word for a failed
sensor is not known. Parts per million become micrograms at 25 °C and 1013.25 hPa, the conditions Vietnamese
limits are written for.
"""

from devices.dragino import frame
from devices.dragino.aqs02_l.decode import CO_UG_M3_A_PPM, decode
from devices.model import Model
from devices.vendor_fields import VendorField

MODEL = Model(
    name="dragino/aqs02-l",
    maker="Dragino",
    product="AQS02-L",
    use="carbon monoxide in the air",
    decode=decode,
    interval_s=1200,
    dead_zone_mm=None,
    max_range_mm=None,
    quantities=("co_ug_m3", "temperature_c", "humidity_pct", "pressure_hpa", "battery_v"),
    datasheet="https://wiki.dragino.com/xwiki/bin/view/Main/User%20Manual%20for%20LoRaWAN%20End%20Nodes/"
    "AQS02-L%20--%20LoRaWAN%20Indoor%20CO%20Sensor%20User%20Manual/",
    fields=(
        VendorField("BatV", "battery_v"),
        VendorField("co", "co_ug_m3", scale=CO_UG_M3_A_PPM),
        VendorField("temperature", "temperature_c"),
        VendorField("humidity", "humidity_pct"),
        VendorField("air_pressure", "pressure_hpa"),
    ),
    encode_interval=frame.encode_interval,
)
