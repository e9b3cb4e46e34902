"""Dragino LDS12-LB: laser distance, 100 to 12000 mm, for containers and narrow shafts.

Payload on port 2, eleven bytes, big end first:

    0-1   battery      mV in the low 14 bits
    2-3   temperature  i16, tenths of a degree, of an optional DS18B20
    4-5   distance     mm
    6-7   signal       strength of the echo; to be believed only above 100 and below 65535
    8     interrupt    1 if the external pin caused this report
    9     temperature  i8, degrees, inside the laser
    10    kind         1 measurements, 2 settings

Stored values on port 3: two bytes of flags, distance, signal, temperature of the laser, epoch seconds.
"""

from devices.dragino import distance_fields, frame
from devices.dragino.lds12_lb.decode import STRONGEST_CREDIBLE, WEAKEST_CREDIBLE, decode
from devices.model import Model
from devices.vendor_fields import VendorField

MODEL = Model(
    name="dragino/lds12-lb",
    maker="Dragino",
    product="LDS12-LB",
    use="fill level of containers",
    decode=decode,
    interval_s=1200,
    dead_zone_mm=100.0,
    max_range_mm=12000.0,
    quantities=("distance_mm", "temperature_c", "battery_v"),
    datasheet="http://wiki.dragino.com/xwiki/bin/view/Main/User%20Manual%20for%20LoRaWAN%20End%20Nodes/"
    "LDS12-LB_LoRaWAN_LiDAR_ToF_Distance_Sensor_User_Manual/",
    fields=(
        *distance_fields.BATTERY,
        VendorField(
            "Lidar_distance",
            "distance_mm",
            scale=10.0,
            faulty=(0, 6553.5),
            witness="Lidar_signal",
            believed=(WEAKEST_CREDIBLE, STRONGEST_CREDIBLE),
        ),
        *distance_fields.PROBE,
    ),
    encode_interval=frame.encode_interval,
)
