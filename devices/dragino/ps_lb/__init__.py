"""Dragino PS-LB: a pressure probe on a 4-20 mA loop, hung into a drain or a manhole.

Payload on port 2, nine bytes, big end first:

    0-1  battery  mV
    2-3  probe    00 and metres: immersion probe of that range; 01, 02 and a number: pressure of a pipe
    4-5  current  µA of the loop
    6-7  voltage  mV of the other input
    8    pins

4 mA is an empty drain and 20 mA the probe's full range, so depth = (mA - 4) * range / 16. Below 3.6 mA the
cable is cut and above 21 mA it is shorted (NAMUR NE 43): the maker's codec makes an empty drain of the one
and a flood of the other, here both are QC fail. Stored values on port 3, eleven bytes each: probe, voltage,
current, pins, epoch seconds. Port 7 has currents in a row without probe or times: only its battery is read.
The probe gives no depth until its range is set (AT+PROBE); a pipe's pressure is no depth.
"""

from devices.dragino import frame
from devices.dragino.ps_lb.decode import FAULT_ABOVE_MA, FAULT_BELOW_MA, decode
from devices.model import Model
from devices.vendor_fields import VendorField

MODEL = Model(
    name="dragino/ps-lb",
    maker="Dragino",
    product="PS-LB",
    use="water depth in drains and manholes",
    decode=decode,
    interval_s=1200,
    dead_zone_mm=None,
    max_range_mm=None,
    quantities=("depth_mm", "battery_v"),
    datasheet="https://wiki.dragino.com/xwiki/bin/view/Main/User%20Manual%20for%20LoRaWAN%20End%20Nodes/"
    "PS-LB%20--%20LoRaWAN%20Pressure%20Sensor/",
    fields=(
        VendorField("Bat_V", "battery_v"),
        VendorField(
            "Water_deep_cm",
            "depth_mm",
            scale=10.0,
            witness="IDC_intput_mA",
            believed=(FAULT_BELOW_MA, FAULT_ABOVE_MA),
        ),
    ),
    encode_interval=frame.encode_interval,
)
