"""Dragino MDS120-LB: 60 GHz radar distance, 150 to 12000 mm, for canals and sewers with fog or foam.

Port 2 has the eight bytes of DDS75-LB; 0x3FFF for the distance means an invalid reading. Of the stored values
on port 3 (eleven bytes each) only distance and time are read: what stands in bytes 4 and 5 is not confirmed.
"""

from devices.dragino import distance_fields, frame
from devices.dragino.mds120_lb.decode import decode
from devices.model import Model

MODEL = Model(
    name="dragino/mds120-lb",
    maker="Dragino",
    product="MDS120-LB",
    use="water level of canals and sewers",
    decode=decode,
    interval_s=1200,
    dead_zone_mm=150.0,
    max_range_mm=12000.0,
    quantities=("distance_mm", "temperature_c", "battery_v"),
    datasheet="http://wiki.dragino.com/xwiki/bin/view/Main/User%20Manual%20for%20LoRaWAN%20End%20Nodes/"
    "MDS120-LB_LoRaWAN_Microwave_Radar_Distance_Sensor_User_Manual/",
    fields=distance_fields.fields(faulty=(0, 0x3FFF, "Invalid Reading"), clipped=()),
    encode_interval=frame.encode_interval,
)
