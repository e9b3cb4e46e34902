"""Milesight EM310-UDL: ultrasonic distance with a tilt sensor, for containers and covers.

Payload on port 85, channels in any order:

    01 75  battery    u8      %
    03 82  distance   u16 LE  mm
    83 82  the same distance with an alarm byte behind it
    04 00  position   u8      0 upright, 1 tilted
    ff ..  about itself, once after joining; fe .. the answer to a downlink

It stores no measurements. The alarm frame is as sister models send it; the maker's table of this one does
not list it.
"""

from devices.milesight import vendor
from devices.milesight.downlink import encode_interval
from devices.milesight.em310_udl.decode import decode
from devices.model import Model

MODEL = Model(
    name="milesight/em310-udl",
    maker="Milesight",
    product="EM310-UDL",
    use="fill level of containers, covers",
    decode=decode,
    interval_s=600,
    dead_zone_mm=30.0,
    max_range_mm=4500.0,
    quantities=("distance_mm", "tilt", "battery_pct"),
    datasheet="https://resource.milesight-iot.com/milesight/document/em310-udl-datasheet-en.pdf",
    fields=(vendor.BATTERY, vendor.DISTANCE, vendor.POSITION, vendor.TILT),
    encode_interval=encode_interval,
)
