"""Dragino WSC1-L: a weather station of probes on one RS485 line: rain, dust, temperature, humidity, pressure.

Payload on port 2: type, length, value, again until the end; values are big end first, and each type has one
word for "no sensor" and the next for "the sensor answers nonsense":

    06  temperature  i16  tenths of a degree        02FE 02FF
    07  humidity     u16  tenths of a per cent      03FE 03FF
    08  pressure     u16  tenths of a hectopascal   0000 0001
    09  rain gauge   u16  tenths of a millimetre    03FE 03FF
    0a  PM2.5        u16  µg/m³                     03FE 03FF
    0b  PM10         u16  µg/m³                     03FE 03FF
    0e  temperature  i16  hundredths, of an SHT31   none known
    0f  humidity     u16  hundredths, of an SHT31   none known

Others (battery, wind, light, rain or snow, CO2, radiation, the user's own) are read over: no quantity here,
and the scale of the battery word is not confirmed. Port 5 states the battery in mV instead.

The gauge is read as a counter that may start again at zero; neither that nor the other choice, rain of the
interval, was seen in writing, so compare it with a bucket before its rain is relied on. The maker's codec
for ChirpStack calls temperature, humidity, pressure and rain "No sensor" whenever the CO2 probe is missing,
and a wind of 20.0 m/s as well: the decoder here does neither.
"""

from devices.dragino import frame
from devices.dragino.wsc1_l.decode import decode
from devices.model import Model
from devices.vendor_fields import VendorField

MODEL = Model(
    name="dragino/wsc1-l",
    maker="Dragino",
    product="WSC1-L",
    use="rain and air",
    decode=decode,
    interval_s=1200,
    dead_zone_mm=None,
    max_range_mm=None,
    quantities=(
        "rain_total_mm",
        "pm2_5_ug_m3",
        "pm10_ug_m3",
        "temperature_c",
        "humidity_pct",
        "pressure_hpa",
        "battery_v",
    ),
    datasheet="https://wiki.dragino.com/xwiki/bin/view/Main/User%20Manual%20for%20LoRaWAN%20End%20Nodes/"
    "Dragino%20LoRaWAN%20Weather%20Station%20User%20Manual/",
    fields=(
        VendorField("rain_gauge", "rain_total_mm", absent=("No sensor", 102.2), faulty=(102.3,)),
        VendorField("PM2_5", "pm2_5_ug_m3", absent=("No sensor", 1022), faulty=(1023,)),
        VendorField("PM10", "pm10_ug_m3", absent=("No sensor", 1022), faulty=(1023,)),
        VendorField("TEM", "temperature_c", absent=("No sensor", 76.6), faulty=(76.7,)),
        VendorField("HUM", "humidity_pct", absent=("No sensor", 102.2), faulty=(102.3,)),
        VendorField("pressure", "pressure_hpa", absent=("No sensor", 0), faulty=(0.1,)),
        VendorField("SHT31_TEM", "temperature_c", absent=("No sensor",)),
        VendorField("SHT31_HUM", "humidity_pct", absent=("No sensor",)),
    ),
    encode_interval=frame.encode_interval,
)
