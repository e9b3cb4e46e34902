"""Decentlab DL-MBX: ultrasonic distance, for canals and open channels.

Payload on port 1, words of 16 bits, big end first: protocol 2 (one byte), device number, flags; then for
every flag that is set, in this order:

    bit 0  distance in mm, number of valid samples (0: no echo)
    bit 1  battery voltage in mV

It is sold with probes of 300 to 5000 mm and of 500 to 10000 mm: give the mounting its own limits. A probe
without an echo may report the end of its range: 9999 mm is taken as none. The probe corrects for temperature.
"""

import math

from devices.decentlab import frame
from devices.decentlab.dl_mbx.decode import decode
from devices.model import Model
from devices.vendor_fields import VendorField

MODEL = Model(
    name="decentlab/dl-mbx",
    maker="Decentlab",
    product="DL-MBX",
    use="water level of canals and open channels",
    decode=decode,
    interval_s=600,
    dead_zone_mm=300.0,
    max_range_mm=9998.0,
    quantities=("distance_mm", "battery_v"),
    datasheet="https://www.decentlab.com/products/ultrasonic-distance-/-level-sensor-for-lorawan",
    fields=(
        VendorField("battery_voltage", "battery_v"),
        VendorField(
            "distance",
            "distance_mm",
            minimum=1,
            maximum=9998,
            witness="number_of_valid_samples",
            believed=(1, math.inf),
        ),
    ),
    encode_interval=frame.encode_interval,
)
