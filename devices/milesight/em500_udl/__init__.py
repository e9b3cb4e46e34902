"""Milesight EM500-UDL: ultrasonic distance on a cable, for canals and manholes; keeps what it could not send.

Payload on port 85, channels in any order:

    01 75  battery          u8      %
    03 82  distance         u16 LE  mm
    83 82  the same distance with an alarm byte behind it
    83 e9  distance alarm   u16 LE  distance, u16 LE how far it jumped, u8 0 over, 1 threshold, 2 jump
    20 ce  stored distance  u32 LE epoch seconds, u16 LE mm
    ff ..  about itself, once after joining; fe .. the answer to a downlink

The maker's table lists 83 e9 and not 83 82, which sister models send. It gives no scale for 83 e9: the
maker's codec divides by ten and calls the result millimetres, which the 10 m of the probe does not fit into.
So it is read as millimetres and kept as suspect; the report that follows says it for certain.

The probe comes in two lengths of sight (0.3 to 5 m, 0.5 to 10 m): give the mounting its own limits.
"""

import math
from dataclasses import replace

from devices.milesight import vendor
from devices.milesight.downlink import encode_interval
from devices.milesight.em500_udl.decode import decode
from devices.model import Model

MODEL = Model(
    name="milesight/em500-udl",
    maker="Milesight",
    product="EM500-UDL",
    use="water level of canals, ponds and manholes",
    decode=decode,
    interval_s=600,
    dead_zone_mm=300.0,
    max_range_mm=10000.0,
    quantities=("distance_mm", "battery_pct"),
    datasheet="https://resource.milesight-iot.com/milesight/document/em500-udl-datasheet-en.pdf",
    fields=(
        vendor.BATTERY,
        # Beside a jump stands a distance of that codec's doubtful scale: a tenth of it would be a flood.
        replace(vendor.DISTANCE, witness="distance_mutation", believed=(math.inf, math.inf)),
        vendor.STORED_DISTANCE,
    ),
    encode_interval=encode_interval,
)
