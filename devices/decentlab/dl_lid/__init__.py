"""Decentlab DL-LID: laser distance to 40 m, for canals seen from a bridge.

Payload on port 1, words of 16 bits, big end first: protocol 2 (one byte), device number, flags; then for
every flag that is set, in this order:

    bit 0  eleven words: distance in mm as average, minimum, maximum, median, 10th, 25th, 75th and 90th
           percentile and most frequent value; number of samples; time they took
    bit 1  battery voltage in mV

The median is what is kept: rain in the beam and spray pull at the average. No samples is no echo.
"""

import math

from devices.decentlab import frame
from devices.decentlab.dl_lid.decode import decode
from devices.model import Model
from devices.vendor_fields import VendorField

MODEL = Model(
    name="decentlab/dl-lid",
    maker="Decentlab",
    product="DL-LID",
    use="water level of canals under bridges",
    decode=decode,
    interval_s=600,
    dead_zone_mm=100.0,
    max_range_mm=40000.0,
    quantities=("distance_mm", "battery_v"),
    datasheet="https://www.decentlab.com/products/laser-distance-level-sensor-for-lorawan",
    fields=(
        VendorField("battery_voltage", "battery_v"),
        VendorField(
            "distance_median",
            "distance_mm",
            minimum=1,
            witness="number_of_samples",
            believed=(1, math.inf),
        ),
    ),
    encode_interval=frame.encode_interval,
)
