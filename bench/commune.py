"""The fleet that the measurements of ingest hear: five hundred devices, each at a site of its own."""

from base64 import b64encode
from datetime import UTC, datetime

import orjson

from devices.milesight.em310_udl import MODEL
from devices.milesight.em310_udl.encode import encode
from devices.sites import Device, Geometry, Mounting, Registry, Site, SiteKind

DEVICES = 500
_GATEWAY = "0016c001f1500812"


#: What the maker's codec of that device does, written for this measurement.
CODEC = """
function decodeUplink(input) {
  var bytes = input.bytes, data = {}, at = 0;
  while (at < bytes.length) {
    var channel = bytes[at++], type = bytes[at++];
    if (channel === 0x01 && type === 0x75) data.battery = bytes[at++];
    else if (channel === 0x03 && type === 0x82) { data.distance = bytes[at] | bytes[at + 1] << 8; at += 2; }
    else if (channel === 0x04 && type === 0x00) data.position = bytes[at++] === 0 ? "normal" : "tilt";
    else break;
  }
  return { data: data };
}
"""


def filters_of(kind: str) -> tuple[str, ...]:
    """What a receiver of this kind subscribes to."""
    return ("application/+/device/+/event/+",) if kind in ("chirpstack", "javascript") else ("kenh/v1/+/up",)


def own_json(number: int, time_ms: int) -> tuple[str, bytes]:
    """One uplink of a device that names its quantity itself."""
    body = {"ts": time_ms, "seq": number, "readings": {"water_level_m": round(0.1 + number % 700 / 1000, 3)}}
    return f"kenh/v1/d{number % DEVICES:03d}/up", orjson.dumps(body)


def chirpstack(number: int, time_ms: int) -> tuple[str, bytes]:
    """One uplink of an EM310-UDL as ChirpStack 4 publishes it."""
    eui = _eui(number % DEVICES)
    f_port, payload = encode(distance_mm=600 + number % 1500, battery_pct=92, tilted=False)
    time = datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds")
    body = {
        "deduplicationId": f"7f3c2c1e-6b0c-4a57-9d5e-{number:012x}",
        "time": time,
        "deviceInfo": {
            "tenantId": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
            "tenantName": "Bat Trang",
            "applicationId": "17c82e96-be03-4f38-aef3-f83d48582d97",
            "applicationName": "thoat-nuoc",
            "deviceProfileId": "14855bf7-d10d-4aee-b618-ebfcb64dc7ad",
            "deviceProfileName": "EM310-UDL",
            "deviceName": f"thung-{number % DEVICES:03d}",
            "devEui": eui,
            "tags": {"village": "da-ton"},
        },
        "devAddr": "00e5e007",
        "adr": True,
        "dr": 3,
        "fCnt": number // DEVICES,
        "fPort": f_port,
        "confirmed": False,
        "data": b64encode(payload).decode(),
        "rxInfo": [
            {
                "gatewayId": _GATEWAY,
                "uplinkId": number,
                "gwTime": time,
                "nsTime": time,
                "rssi": -101,
                "snr": 4.5,
                "channel": 2,
                "location": {"latitude": 20.977, "longitude": 105.915},
                "context": "AQHIfA==",
                "crcStatus": "CRC_OK",
            }
        ],
        "txInfo": {
            "frequency": 921400000,
            "modulation": {"lora": {"bandwidth": 125000, "spreadingFactor": 9, "codeRate": "CR_4_5"}},
        },
        "regionConfigId": "as923_2",
    }
    return f"application/17c82e96/device/{eui}/event/up", orjson.dumps(body)


def _eui(number: int) -> str:
    return f"24e124713b49{number:04x}"


def registry(model: str = MODEL.name) -> Registry:
    """Both halves of the fleet: `d000` to `d499` at drains, and the DevEUIs at waste points."""
    own = [f"d{number:03d}" for number in range(DEVICES)]
    bins = [_eui(number) for number in range(DEVICES)]
    seen_from = Geometry(mount_height_mm=2500, full_distance_mm=300)
    return Registry(
        version=1,
        sites={f"s-{name}": Site(f"s-{name}", SiteKind.DRAIN) for name in own}
        | {f"s-{name}": Site(f"s-{name}", SiteKind.WASTE_POINT) for name in bins},
        devices={name: Device(name) for name in own} | {name: Device(name, model) for name in bins},
        mountings={name: (Mounting(name, f"s-{name}"),) for name in own}
        | {name: (Mounting(name, f"s-{name}", geometry=seen_from),) for name in bins},
    )
