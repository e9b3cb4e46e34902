"""Milesight EM500-UDL: ultrasonic distance on a cable, for canals and manholes; keeps what it could not send.

Payload on port 85, channels in any order:

    01 75  battery          u8      %
    03 82  distance         u16 LE  mm
    83 82  the same distance with an alarm byte behind it
    20 ce  stored distance  u32 LE epoch seconds, u16 LE mm
    ff ..  about itself, once after joining

The probe comes in two lengths of sight (0.3 to 5 m, 0.5 to 10 m): give the mounting its own limits.
"""

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
)
