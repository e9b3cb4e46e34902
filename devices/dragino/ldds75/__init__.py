"""Dragino LDDS75: ultrasonic distance, 280 to 7500 mm; the forerunner of DDS75-LB, still in many drains.

From firmware 1.1.4 on, port 2 holds the eight bytes of DDS75-LB. Before that:

    0-1  battery    mV in the low 14 bits
    2-3  distance   mm; missing if no sensor was found; below 20 the reading is invalid, 20 nearer than 280 mm
    4    interrupt  1 if the external pin caused this report

It stores nothing. The codec in The Things Network's collection writes the battery into `distance` and
the distance into `value`: so `value` is looked at first.
"""

from devices.dragino import distance_fields, frame
from devices.dragino.ldds75.decode import decode
from devices.model import Model
from devices.vendor_fields import VendorField

_FAULTY = (0, "No Sensor", "Invalid Reading")

MODEL = Model(
    name="dragino/ldds75",
    maker="Dragino",
    product="LDDS75",
    use="water level of drains and ditches",
    decode=decode,
    interval_s=1200,
    dead_zone_mm=280.0,
    max_range_mm=7500.0,
    quantities=("distance_mm", "temperature_c", "battery_v"),
    datasheet="http://wiki.dragino.com/xwiki/bin/view/Main/User%20Manual%20for%20LoRaWAN%20End%20Nodes/"
    "LDDS75%20-%20LoRaWAN%20Distance%20Detection%20Sensor%20User%20Manual/",
    fields=(
        VendorField("value", "distance_mm", faulty=_FAULTY, clipped=(20,)),
        *distance_fields.fields(faulty=_FAULTY, clipped=(20,)),
    ),
    encode_interval=frame.encode_interval,
)
