"""Milesight EM500-SWL: a pressure probe on a cable, for the depth of water in drains and ponds.

Payload on port 85, channels in any order:

    01 75  battery       u8      %
    03 77  depth         u16 LE  cm of water above the probe; FFFF could not be read, FFFD beyond its range
    20 ce  stored depth  u32 LE epoch seconds, depth
    ff ..  about itself, once after joining (1b: what probe it is); fe .. the answer to a downlink

A depth that could not be read is kept as QC fail with 0 in its place. The frame of a depth alarm is not in
the maker's table, so it is not read; the next report says the same.
"""

from devices.milesight import vendor
from devices.milesight.downlink import encode_interval
from devices.milesight.em500_swl.decode import MM_A_CM, decode
from devices.model import Model
from devices.vendor_fields import VendorField

_PROBLEMS = ("collection failed", "out of range")
_SENTINELS = (0xFFFF, 0xFFFD)

MODEL = Model(
    name="milesight/em500-swl",
    maker="Milesight",
    product="EM500-SWL",
    use="water level of drains and ponds",
    decode=decode,
    interval_s=600,
    dead_zone_mm=None,
    max_range_mm=None,
    quantities=("depth_mm", "battery_pct"),
    datasheet="https://resource.milesight-iot.com/milesight/document/em500-swl-datasheet-en.pdf",
    fields=(
        vendor.BATTERY,
        VendorField("depth_error", "depth_mm", MM_A_CM, faulty=_PROBLEMS),
        VendorField("depth", "depth_mm", MM_A_CM, faulty=_SENTINELS),
        VendorField("level", "depth_mm", MM_A_CM, faulty=_SENTINELS),
        VendorField("history[].depth_error", "depth_mm", MM_A_CM, faulty=_PROBLEMS, time="timestamp"),
        VendorField("history[].depth", "depth_mm", MM_A_CM, faulty=_SENTINELS, time="timestamp"),
        VendorField("history[].level", "depth_mm", MM_A_CM, faulty=_SENTINELS, time="timestamp"),
    ),
    encode_interval=encode_interval,
)
