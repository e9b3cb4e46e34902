"""Complete messages as network servers publish them, with the parts a test cares about as arguments."""

import json
from base64 import b64encode
from typing import Any

DEV_EUI = "24e124713b494221"
CHIRPSTACK_UP = f"application/17c82e96-be03-4f38-aef3-f83d48582d97/device/{DEV_EUI}/event/up"
CHIRPSTACK_STATUS = CHIRPSTACK_UP.replace("/up", "/status")
TTS_UP = "v3/bat-trang@ttn/devices/thung-rac-07/up"
TTS_JOIN = "v3/bat-trang@ttn/devices/thung-rac-07/join"

EM310_PAYLOAD = bytes.fromhex("01755C03824408040000")
#: 2026-11-23 08:15:02.744 UTC, and a quarter of a second later.
MEASURED_MS = 1795421702744
RECEIVED_MS = 1795421703000


def device_info() -> dict[str, Any]:
    """`deviceInfo` of a ChirpStack event."""
    return {
        "tenantId": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
        "tenantName": "Bát Tràng",
        "applicationId": "17c82e96-be03-4f38-aef3-f83d48582d97",
        "applicationName": "thoat-nuoc",
        "deviceProfileId": "14855bf7-d10d-4aee-b618-ebfcb64dc7ad",
        "deviceProfileName": "EM310-UDL",
        "deviceName": "kenh-da-ton-03",
        "devEui": DEV_EUI,
        "deviceClassEnabled": "CLASS_A",
        "tags": {"village": "da-ton", "kind": "drain"},
    }


def chirpstack_up(**changes: Any) -> dict[str, Any]:
    """A ChirpStack v4 `up` event; a change to None takes the key away."""
    body: dict[str, Any] = {
        "deduplicationId": "7f3c2c1e-6b0c-4a57-9d5e-0f1f2a3b4c5d",
        "time": "2026-11-23T08:15:02.744554+00:00",
        "deviceInfo": device_info(),
        "devAddr": "00e5e007",
        "adr": True,
        "dr": 3,
        "fCnt": 1834,
        "fPort": 85,
        "confirmed": False,
        "data": b64encode(EM310_PAYLOAD).decode(),
        "object": {"battery": 92, "distance": 2116, "position": "normal"},
        "rxInfo": [
            {
                "gatewayId": "0016c001f1500812",
                "uplinkId": 48620,
                "gwTime": "2026-11-23T08:15:02.744554+00:00",
                "nsTime": "2026-11-23T08:15:02.861+00:00",
                "timeSinceGpsEpoch": "1479456920.744554s",
                "rssi": -101,
                "snr": 4.5,
                "channel": 2,
                "rfChain": 1,
                "location": {"latitude": 20.977, "longitude": 105.915},
                "context": "AQHIfA==",
                "metadata": {"region_config_id": "as923_2", "region_common_name": "AS923_2"},
                "crcStatus": "CRC_OK",
            }
        ],
        "txInfo": {
            "frequency": 921400000,
            "modulation": {"lora": {"bandwidth": 125000, "spreadingFactor": 9, "codeRate": "CR_4_5"}},
        },
        "regionConfigId": "as923_2",
    }
    return _changed(body, changes)


def tts_up(message: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A The Things Stack v3 uplink; `message` changes its `uplink_message`, None takes a key away."""
    body: dict[str, Any] = {
        "end_device_ids": {
            "device_id": "thung-rac-07",
            "application_ids": {"application_id": "bat-trang"},
            "dev_eui": DEV_EUI.upper(),
            "join_eui": "24E124C0002A0001",
            "dev_addr": "260BABCD",
        },
        "correlation_ids": ["gs:uplink:01HX6YGQ7AS3VTM5W5W36YV1F1"],
        "received_at": "2026-11-23T08:15:03.014773143Z",
        "uplink_message": _changed(_tts_message(), message or {}),
    }
    return _changed(body, changes)


def _tts_message() -> dict[str, Any]:
    return {
        "session_key_id": "AXA50tHUGUucuzS/bCGMNw==",
        "f_port": 85,
        "f_cnt": 1834,
        "frm_payload": b64encode(EM310_PAYLOAD).decode(),
        "decoded_payload": {"battery": 92, "distance": 2116, "position": "normal"},
        "rx_metadata": [
            {
                "gateway_ids": {"gateway_id": "gw-bt-1", "eui": "9C5C8E00001A05C4"},
                "time": "2026-11-23T08:15:02.744Z",
                "timestamp": 2463457000,
                "rssi": -101,
                "channel_rssi": -101,
                "snr": 4.5,
                "uplink_token": "ChIKEA==",
                "channel_index": 2,
            }
        ],
        "settings": {
            "data_rate": {"lora": {"bandwidth": 125000, "spreading_factor": 9, "coding_rate": "4/5"}},
            "frequency": "921400000",
            "timestamp": 2463457000,
            "time": "2026-11-23T08:15:02.744Z",
        },
        "received_at": "2026-11-23T08:15:02.789585559Z",
        "consumed_airtime": "0.205824s",
        "version_ids": {"brand_id": "milesight-iot", "model_id": "em310-udl", "band_id": "AS_923_2"},
        "network_ids": {"net_id": "000013", "tenant_id": "ttn", "cluster_id": "au1"},
    }


def as_bytes(body: object) -> bytes:
    """The message as it travels."""
    return json.dumps(body, ensure_ascii=False).encode()


def _changed(body: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**body, **changes}.items() if value is not None}
