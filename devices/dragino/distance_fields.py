"""What Dragino's codecs call the values of its distance sensors, in all their dialects.

Its own files say `Bat`, `Distance`, `TempC_DS18B20`; those in The Things Network's collection `battery`,
`distance`, `temperature_pro`; the ChirpStack file of LDDS75 writes units behind the numbers. Stored values
are one long text in all of them and cannot be had this way.
"""

from devices.vendor_fields import VendorField

#: 0 degrees and 327.67 degrees stand for "no probe".
PROBE = (
    VendorField("TempC_DS18B20", "temperature_c", absent=(0.0, 3276.7, -3276.8, 327.67)),
    VendorField("temperature_pro", "temperature_c", absent=(0.0, 3276.7, -3276.8, 327.67)),
)
BATTERY = (VendorField("Bat", "battery_v"), VendorField("battery", "battery_v"))


def fields(*, faulty: tuple[float | str, ...], clipped: tuple[float | str, ...]) -> tuple[VendorField, ...]:
    """The table of a model with these sentinels."""
    return (*BATTERY, VendorField("Distance", "distance_mm", faulty=faulty, clipped=clipped), *PROBE)
