"""Milesight AM319-O3, for rooms: particulate matter, ozone, temperature, humidity and pressure.

Payload on port 85, channels in any order:

    01 75  battery      u8      %
    03 67  temperature  i16 LE  tenths of a degree
    04 68  humidity     u8      half per cents
    09 73  pressure     u16 LE  tenths of a hectopascal
    0b 7d  PM2.5        u16 LE  µg/m³
    0c 7d  PM10         u16 LE  µg/m³
    0d 7d  ozone        u16 LE  hundredths of a ppm
    05 00, 06 cb, 07 7d, 08 7d, 08 e6, 0e 01   movement, light, CO2, vapours, buzzer: no quantity, read over
    20 ce, 21 ce  stored  u32 LE epoch seconds, temperature, humidity (two bytes here), movement, light,
                          CO2, vapours, pressure, PM2.5, PM10, ozone
    ff ..  about itself, once after joining; fe .. the answer to a downlink

One part per billion of ozone is 1.96 µg/m³ at 25 °C and 1013.25 hPa, the conditions Vietnamese limits are
written for; the device counts in steps of 10 ppb. FFFF and FFFE as a mass or a share are no measurement
(QC fail); that they mean a failed sensor and one that warms up is not confirmed for this model.
"""

from dataclasses import replace

from devices.milesight import vendor
from devices.milesight.am319_o3.decode import O3_UG_M3_A_PPM, decode
from devices.milesight.downlink import encode_interval
from devices.model import Model
from devices.vendor_fields import VendorField

_NO_MASS = (0xFFFE, 0xFFFF)
_FIELDS = (
    VendorField("pm2_5", "pm2_5_ug_m3", faulty=_NO_MASS),
    VendorField("pm10", "pm10_ug_m3", faulty=_NO_MASS),
    VendorField("o3", "o3_ug_m3", O3_UG_M3_A_PPM, faulty=(655.34, 655.35)),
    vendor.TEMPERATURE,
    VendorField("humidity", "humidity_pct", maximum=100),
    VendorField("pressure", "pressure_hpa"),
)

MODEL = Model(
    name="milesight/am319-o3",
    maker="Milesight",
    product="AM319-O3",
    use="particulate matter and ozone, indoors",
    decode=decode,
    interval_s=600,
    dead_zone_mm=None,
    max_range_mm=None,
    quantities=(
        "pm2_5_ug_m3",
        "pm10_ug_m3",
        "o3_ug_m3",
        "temperature_c",
        "humidity_pct",
        "pressure_hpa",
        "battery_pct",
    ),
    datasheet="https://resource.milesight-iot.com/milesight/document/am319-datasheet-en.pdf",
    fields=(
        vendor.BATTERY,
        *_FIELDS,
        *(replace(one, path=f"history[].{one.path}", time="timestamp") for one in _FIELDS),
    ),
    encode_interval=encode_interval,
)
