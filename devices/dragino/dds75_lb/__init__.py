"""Dragino DDS75-LB: ultrasonic distance, 280 to 7500 mm, for drains.

Payload on port 2, eight bytes, big end first:

    0-1  battery      mV in the low 14 bits
    2-3  distance     mm; 0 no sensor found, 20 nearer than 280 mm
    4    interrupt    1 if the external pin caused this report
    5-6  temperature  i16, tenths of a degree, of an optional DS18B20
    7    sensor flag  1 if the ultrasonic sensor was found

Stored values on port 3, eleven bytes each: battery, distance, temperature, flags, epoch seconds. The probe
corrects for temperature itself.
"""

from devices.dragino import distance_fields, frame
from devices.dragino.dds75_lb.decode import decode
from devices.model import Model

MODEL = Model(
    name="dragino/dds75-lb",
    maker="Dragino",
    product="DDS75-LB",
    use="water level of drains and ditches",
    decode=decode,
    interval_s=1200,
    dead_zone_mm=280.0,
    max_range_mm=7500.0,
    quantities=("distance_mm", "temperature_c", "battery_v"),
    datasheet="http://wiki.dragino.com/xwiki/bin/view/Main/User%20Manual%20for%20LoRaWAN%20End%20Nodes/"
    "DDS75-LB_LoRaWAN_Distance_Detection_Sensor_User_Manual/",
    fields=distance_fields.fields(faulty=(0, "No Sensor", "Invalid Reading"), clipped=(20,)),
    encode_interval=frame.encode_interval,
)
