"""Milesight EM400-MUD: ultrasonic distance with temperature and tilt, for containers.

The layout is that of its family (`devices.milesight.em400`). 3 cm to 4.5 m; its waste-bin mode sees less far:
give the mounting its own limits.
"""

from devices.milesight import em400
from devices.milesight.downlink import encode_interval
from devices.milesight.em400_mud.decode import decode
from devices.model import Model

MODEL = Model(
    name="milesight/em400-mud",
    maker="Milesight",
    product="EM400-MUD",
    use="fill level of containers",
    decode=decode,
    interval_s=600,
    dead_zone_mm=30.0,
    max_range_mm=4500.0,
    quantities=em400.QUANTITIES,
    datasheet="https://resource.milesight-iot.com/milesight/document/em400-mud-datasheet-en.pdf",
    fields=em400.VENDOR_FIELDS,
    encode_interval=encode_interval,
)
