"""Milesight EM410-RDL: 80 GHz radar distance with temperature and tilt, for canals and sewers.

Payload on port 85, channels in any order:

    01 75  battery      u8      %
    03 67  temperature  i16 LE  tenths of a degree
    04 82  distance     i16 LE  mm
    84 82  distance and an alarm byte (0 over, 1 threshold)
    94 82  distance, i16 LE how far it jumped, and an alarm byte (2 jump)
    b4 82  distance and an exception: 0 no longer too near, 1 too near, 2 no target, 3 the sensor failed
    05 00  position     u8      0 upright, 1 tilted
    06 c7  strength of the echo, read over
    20 ce  stored       u32 LE epoch seconds, distance, temperature, i16 LE jump, u8 events
                        (bit 0 threshold, 1 over, 2 too near, 3 over, 4 jump, 5 tilted)
    ff ..  about itself, once after joining; fe .. and f8 .. answers to downlinks

FFFD in place of a distance is no target, FFFF a failed sensor, FFFE a sensor that is switched off; of a
temperature FFFF and FFFE mean the same. The maker states that of stored values and exceptions; it is taken
to hold everywhere, so that a true -0.1 or -0.2 degrees goes with it. The maker's table does not list 06 c7;
its codec and the published example have it.

Too near stands as 0 mm and suspect: normalising makes the end of the dead zone of it, and a full drain. The
distance a device gives beside that word is inside its blind zone and says nothing.

The limits are not confirmed by a data sheet we saw; the device tells itself when something is too near.
"""

from devices.milesight import vendor
from devices.milesight.downlink import encode_interval_in_minutes
from devices.milesight.em410_rdl.decode import decode
from devices.model import Model
from devices.vendor_fields import VendorField

_TOO_NEAR = ("blind spot alarm", "blind alarm", "blind zone alarm")
_NOTHING_SEEN = ("no target", "sensor exception", "unknown")
_OVER = ("blind spot alarm release", "blind alarm release", "blind zone alarm release")
_OTHER_EVENTS = ("threshold alarm", "threshold alarm release", "mutation alarm", "tilt alarm")
#: What the sentinels become in a codec that reads them as numbers, signed or not.
_FAILED = (-3, -1, 0xFFFD, 0xFFFF)
_OFF = (-2, 0xFFFE)


def _exception(path: str) -> VendorField:
    return VendorField(path, "distance_mm", absent=_OVER, clipped=_TOO_NEAR, faulty=_NOTHING_SEEN)


MODEL = Model(
    name="milesight/em410-rdl",
    maker="Milesight",
    product="EM410-RDL",
    use="water level of canals and sewers",
    decode=decode,
    interval_s=600,
    dead_zone_mm=100.0,
    max_range_mm=10000.0,
    quantities=("distance_mm", "temperature_c", "tilt", "battery_pct"),
    datasheet="https://resource.milesight-iot.com/milesight/document/em410-rdl-datasheet-en.pdf",
    # Of fields with the same meaning the first that is there counts: what is wrong stands before the number.
    fields=(
        vendor.BATTERY,
        VendorField("temperature", "temperature_c", absent=(-0.2,), faulty=(-0.1,)),
        _exception("event[].distance_exception"),
        _exception("distance_exception"),
        VendorField("distance", "distance_mm", absent=_OFF, faulty=_FAILED),
        VendorField("event[].distance", "distance_mm", absent=_OFF, faulty=_FAILED),
        vendor.POSITION,
        VendorField(
            "history[].distance_sensor_status",
            "distance_mm",
            absent=("disabled",),
            faulty=_NOTHING_SEEN,
            time="timestamp",
        ),
        VendorField(
            "history[].event[]",
            "distance_mm",
            absent=(*_OVER, *_OTHER_EVENTS),
            clipped=_TOO_NEAR,
            time="timestamp",
        ),
        VendorField(
            "history[].event[]",
            "tilt",
            words={"tilt alarm": 1.0},
            absent=(*_TOO_NEAR, *_OVER, *_OTHER_EVENTS),
            time="timestamp",
        ),
        VendorField("history[].distance", "distance_mm", absent=_OFF, faulty=_FAILED, time="timestamp"),
        VendorField(
            "history[].temperature_sensor_status",
            "temperature_c",
            absent=("disabled",),
            faulty=_NOTHING_SEEN,
            time="timestamp",
        ),
        VendorField(
            "history[].temperature", "temperature_c", absent=(-0.2,), faulty=(-0.1,), time="timestamp"
        ),
    ),
    encode_interval=encode_interval_in_minutes,
)
