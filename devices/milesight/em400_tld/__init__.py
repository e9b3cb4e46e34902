"""Milesight EM400-TLD: laser distance (time of flight) with temperature and tilt, for narrow containers.

The layout is that of its family (`devices.milesight.em400`). 2 cm to 3.5 m; sunlight in the
container shortens that: give the mounting its own limits. A distance behind the range is no echo.
"""

from devices.milesight import em400
from devices.milesight.downlink import encode_interval
from devices.milesight.em400_tld.decode import decode
from devices.model import Model

MODEL = Model(
    name="milesight/em400-tld",
    maker="Milesight",
    product="EM400-TLD",
    use="fill level of narrow containers",
    decode=decode,
    interval_s=600,
    dead_zone_mm=20.0,
    max_range_mm=3500.0,
    quantities=em400.QUANTITIES,
    datasheet="https://resource.milesight-iot.com/milesight/document/em400-tld-datasheet-en.pdf",
    fields=em400.VENDOR_FIELDS,
    encode_interval=encode_interval,
)
