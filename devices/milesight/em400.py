"""What the Milesight EM400 family shares: distance, temperature and tilt of a unit under a lid.

Payload on port 85, channels in any order:

    01 75  battery      u8      %
    03 67  temperature  i16 LE  tenths of a degree
    83 67  the same with an alarm byte behind it (it jumped by more than the device allows)
    04 82  distance     u16 LE  mm
    84 82  the same with an alarm byte behind it (0 over, 1 threshold)
    05 00  position     u8      0 upright, 1 tilted by 20 degrees or more
    06 88  place        9 bytes, of NB-IoT devices only
    ff ..  about itself, once after joining; fe .. the answer to a downlink
"""

from devices.milesight import stream, vendor
from devices.uplinks import Decoded

FIELDS: stream.Fields = {
    b"\x01\x75": stream.Field(1, stream.battery),
    b"\x03\x67": stream.Field(2, stream.temperature),
    b"\x83\x67": stream.Field(3, stream.temperature),
    b"\x04\x82": stream.Field(2, stream.distance),
    b"\x84\x82": stream.Field(3, stream.distance),
    b"\x05\x00": stream.Field(1, stream.position),
    b"\x06\x88": stream.Field(9, stream.nothing),
    **stream.ABOUT_ITSELF,
}

VENDOR_FIELDS = (vendor.BATTERY, vendor.TEMPERATURE, vendor.DISTANCE, vendor.POSITION)
QUANTITIES = ("distance_mm", "temperature_c", "tilt", "battery_pct")


def decode(payload: bytes, _f_port: int) -> Decoded:
    """Measurements of one payload; the port can be changed on the device and is not looked at."""
    return stream.decode(payload, FIELDS)


def encode(
    *, distance_mm: int, temperature_c: float, battery_pct: int | None = None, tilted: bool = False
) -> tuple[int, bytes]:
    """Port and payload of one report; OverflowError where a value does not fit its field."""
    battery = b"" if battery_pct is None else b"\x01\x75" + battery_pct.to_bytes(1)
    temperature = b"\x03\x67" + round(temperature_c * 10).to_bytes(2, "little", signed=True)
    distance = b"\x04\x82" + distance_mm.to_bytes(2, "little")
    return 85, battery + temperature + distance + b"\x05\x00" + bytes([tilted])
