"""Milesight WTS506: a weather station with a tipping bucket, for rain, temperature, humidity and pressure.

Payload on port 85, channels in any order:

    01 75  battery      u8      %
    03 67  temperature  i16 LE  tenths of a degree
    04 68  humidity     u8      half per cents
    06 73  pressure     u16 LE  tenths of a hectopascal
    08 77  rain, v1     u16 LE  hundredths of a millimetre since it was mounted, u8 tips
    08 ec  rain, v2     u32 LE  the same, u8 tips
    83 67, 86 73, 88 ec         the same with an alarm byte behind it
    05 84, 07 92, 87 92         direction and speed of the wind: no quantity here, read over
    20 ce  stored, v1   u32 LE epoch seconds, temperature, humidity, pressure, direction, speed, rain u16 LE
    21 ce  stored, v2   the same with rain u32 LE
    ff ..  about itself, once after joining; fe .. the answer to a downlink

The rain is a counter; what fell between two reports is made of it later. With two bytes it begins again
after 655.35 mm.
"""

from dataclasses import replace

from devices.milesight import vendor
from devices.milesight.downlink import encode_interval
from devices.milesight.wts506.decode import decode
from devices.model import Model
from devices.vendor_fields import VendorField

_FIELDS = (
    VendorField("rainfall_total", "rain_total_mm"),
    vendor.TEMPERATURE,
    VendorField("humidity", "humidity_pct", maximum=100),
    VendorField("pressure", "pressure_hpa"),
)

MODEL = Model(
    name="milesight/wts506",
    maker="Milesight",
    product="WTS506",
    use="rain and weather",
    decode=decode,
    interval_s=600,
    dead_zone_mm=None,
    max_range_mm=None,
    quantities=("rain_total_mm", "temperature_c", "humidity_pct", "pressure_hpa", "battery_pct"),
    datasheet="https://resource.milesight-iot.com/milesight/document/wts506-datasheet-en.pdf",
    fields=(
        vendor.BATTERY,
        *_FIELDS,
        *(replace(one, path=f"history[].{one.path}", time="timestamp") for one in _FIELDS),
    ),
    encode_interval=encode_interval,
)
