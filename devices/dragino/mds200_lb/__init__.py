"""Dragino MDS200-LB: 24 GHz radar, the nearest target and the one behind it, 200 to 20000 mm.

Payload on port 2, seven bytes, big end first:

    0-1  battery   mV
    2-3  distance  of the nearest target, mm; 0 or 65535 none
    4-5  distance  of the target behind it
    6    flags     bits 2-7 how often the distance alarm fired, bit 1 distance alarm, bit 0 interrupt

Stored values on port 3: the same seven bytes and four of epoch seconds. The nearest target is what is kept:
over water it is the surface. That both distances are millimetres is what the maker's other radars do; the
manual was not seen to say it for this one, so compare the first reading with a tape.
"""

from devices.dragino import distance_fields, frame
from devices.dragino.mds200_lb.decode import decode
from devices.model import Model
from devices.vendor_fields import VendorField

_NONE = (0, 65535, "Invalid Reading")

MODEL = Model(
    name="dragino/mds200-lb",
    maker="Dragino",
    product="MDS200-LB",
    use="water level of canals and sewers",
    decode=decode,
    interval_s=1200,
    dead_zone_mm=200.0,
    max_range_mm=20000.0,
    quantities=("distance_mm", "battery_v"),
    datasheet="http://wiki.dragino.com/xwiki/bin/view/Main/User%20Manual%20for%20LoRaWAN%20End%20Nodes/"
    "MDS200-LB_LoRaWAN_Microwave_Radar_Distance_Sensor_User_Manual/",
    fields=(
        *distance_fields.BATTERY,
        VendorField("dis1", "distance_mm", faulty=_NONE),
        VendorField("distance1", "distance_mm", faulty=_NONE),
    ),
    encode_interval=frame.encode_interval,
)
