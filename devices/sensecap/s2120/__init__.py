"""SenseCAP S2120: a weather station of eight sensors, for rain, temperature, humidity and pressure.

Payload on any port: frames one behind the other, each a number and so many bytes, big end first:

    01, 4a  temperature i16 tenths of a degree, humidity u8 %, light u32, UV u8, wind u16
    02, 4b  wind direction u16, rain u32 thousandths of a mm per hour, pressure u16 tens of pascals
    4c      strongest gust u16, rain so far u32 thousandths of a mm
    03      battery u8 %
    04      battery u8 %, versions 4 bytes, intervals of measuring and of its place u16 minutes each
    05      intervals u16 each       06  error u8       10  which probe, 9 bytes

or the older records of this maker (`devices.sensecap.records`).

The rain of 02 and 4b is what the maker calls hourly rainfall: a rate, and not what fell since the last
report, so no rain is made of it, and a warning says so. 4c, of newer devices, is a counter (whether it starts
again at midnight is not stated; what fell is made of it either way). Wind and light have no quantity here.
Of battery the device knows only 0 and 100. An error frame is a warning. No downlink is confirmed.
"""

from devices.model import Model
from devices.sensecap.s2120.decode import decode
from devices.vendor_fields import VendorField

_PA_TO_HPA = 0.01
_MEASUREMENTS = (
    (4097, "temperature_c", 1.0),
    (4098, "humidity_pct", 1.0),
    (4101, "pressure_hpa", _PA_TO_HPA),
    (4213, "rain_total_mm", 1.0),
)


def _fields(messages: str) -> tuple[VendorField, ...]:
    return tuple(
        VendorField(f"{messages}[measurementId={number}].measurementValue", quantity, scale)
        for number, quantity, scale in _MEASUREMENTS
    )


MODEL = Model(
    name="sensecap/s2120",
    maker="Seeed SenseCAP",
    product="S2120",
    use="rain and weather",
    decode=decode,
    interval_s=600,
    dead_zone_mm=None,
    max_range_mm=None,
    quantities=("rain_total_mm", "temperature_c", "humidity_pct", "pressure_hpa", "battery_pct"),
    datasheet="https://files.seeedstudio.com/products/SenseCAP/101990961_SenseCAP%20S2120/"
    "SenseCAP%20S2120%20LoRaWAN%208-in-1%20Weather%20Station%20User%20Guide.pdf",
    # Newer codecs give a list of messages for each frame, older ones one list.
    fields=(
        *_fields("messages[]"),
        VendorField("messages[][].Battery(%)", "battery_pct"),
        *_fields("messages"),
        VendorField("messages[].battery", "battery_pct"),
    ),
)
