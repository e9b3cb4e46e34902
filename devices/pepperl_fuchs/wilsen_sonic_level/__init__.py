"""Pepperl+Fuchs WILSEN.sonic.level: ultrasonic distance with temperature and place, for containers.

Payload on any port: packages one behind the other, each a length u8, a name of two bytes and a value, big end
first; the length counts name and value.

    0b01  distance     u16  cm            0b02  distance  u16  mm
    0b06  fill level   u8   %             0201  temperature  float32, degrees
    5101  battery      u8   tenths of a volt
    2a25, 3101..3103, 5001, 5002, ...     serial number, counters, place, settings: read over

The device reckons the fill from a full and an empty distance set in it. Where a distance stands beside it,
only the distance is read: the mounting's own geometry makes the fill, and both would be one series. Alone it
is taken as it is. No word for "no echo" is documented; a distance beyond the range is none.

The maker states that nothing can be set by LoRaWAN. Its interval and the limits of sight depend on the order
code and were not seen in a data sheet: give the device and the mounting their own.
"""

from devices.model import Model
from devices.pepperl_fuchs.wilsen_sonic_level.decode import decode
from devices.vendor_fields import VendorField

MODEL = Model(
    name="pepperl-fuchs/wilsen-sonic-level",
    maker="Pepperl+Fuchs",
    product="WILSEN.sonic.level",
    use="fill level of containers",
    decode=decode,
    interval_s=3600,
    dead_zone_mm=250.0,
    max_range_mm=4000.0,
    quantities=("distance_mm", "fill_pct", "temperature_c", "battery_v"),
    datasheet="https://www.pepperl-fuchs.com/en/products-gp25581/wireless-ultrasonic-sensors-wilsen",
    # `fillinglvl` is left out: it never stands without a distance, see above.
    fields=(
        VendorField("proxx_mm", "distance_mm"),
        VendorField("proxx", "distance_mm", scale=10),
        VendorField("temp", "temperature_c"),
        VendorField("battery_vol", "battery_v"),
    ),
)
