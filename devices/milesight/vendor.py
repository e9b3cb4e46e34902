"""What Milesight's codecs call what several models measure."""

from devices.vendor_fields import VendorField

_WORDS = {"normal": 0.0, "tilt": 1.0}

BATTERY = VendorField("battery", "battery_pct", maximum=100)
DISTANCE = VendorField("distance", "distance_mm")
STORED_DISTANCE = VendorField("history[].distance", "distance_mm", time="timestamp")
TEMPERATURE = VendorField("temperature", "temperature_c")
#: "normal" or "tilt"; one codec calls the field itself `tilt`.
POSITION = VendorField("position", "tilt", words=_WORDS)
TILT = VendorField("tilt", "tilt", words=_WORDS)
