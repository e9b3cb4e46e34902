"""What is sent to devices through their network server.

ChirpStack v4 takes a message for a device on its application's topic and sends it after the device's next
uplink. The Things Stack wants the name the device has in its console, which an uplink need not be filed
under here, and the address of its own broker; it is not served.
"""

import json
import re
from base64 import b64encode

from devices.sites import is_id
from dispatch.orders import Outgoing

CHANNEL = "downlink"
_EUI = re.compile(r"[0-9a-f]{16}")


def is_reachable(application: str, device_id: str) -> bool:
    """Can this device be sent something? An application of The Things Stack (`app@tenant`) is no id."""
    return is_id(application) and _EUI.fullmatch(device_id) is not None


def topic(application: str, device_id: str) -> str:
    """Where ChirpStack v4 takes messages for a device."""
    return f"application/{application}/device/{device_id}/command/down"


def to_device(
    application: str, device_id: str, f_port: int, payload: bytes, *, key: str, now_ms: int
) -> Outgoing:
    """One message for a device, unconfirmed: whether it was heard shows in how the device goes on."""
    body = {
        "devEui": device_id,
        "confirmed": False,
        "fPort": f_port,
        "data": b64encode(payload).decode(),
    }
    written = json.dumps(body, separators=(",", ":")).encode()
    return Outgoing(CHANNEL, topic(application, device_id), written, key, now_ms)
