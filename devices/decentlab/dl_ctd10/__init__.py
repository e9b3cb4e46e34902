"""Decentlab DL-CTD10: pressure probe in the water of rivers and ponds, with temperature and conductivity.

Payload on port 1, words of 16 bits, big end first: protocol 2 (one byte), device number, flags; then for
every flag that is set, in this order:

    bit 0  depth in mm + 32768; temperature of the water in 0.1 degrees + 32768; conductivity; freezing flag
    bit 1  battery voltage in mV

The probe is vented, so air pressure cancels out, and reaches 10 m. Water that has frozen around it makes the
depth suspect. The temperature of water is not that of the air, and conductivity has no quantity here: both
are read over.
"""

from devices.decentlab import frame
from devices.decentlab.dl_ctd10.decode import decode
from devices.model import Model
from devices.vendor_fields import VendorField

MODEL = Model(
    name="decentlab/dl-ctd10",
    maker="Decentlab",
    product="DL-CTD10",
    use="water depth of rivers and ponds",
    decode=decode,
    interval_s=600,
    dead_zone_mm=None,
    max_range_mm=None,
    quantities=("depth_mm", "battery_v"),
    datasheet="https://www.decentlab.com/products/"
    "pressure-/-liquid-level-temperature-and-electrical-conductivity-sensor-for-lorawan",
    fields=(
        VendorField("battery_voltage", "battery_v"),
        VendorField("water_depth", "depth_mm", minimum=-500, maximum=11000),
    ),
    encode_interval=frame.encode_interval,
)
