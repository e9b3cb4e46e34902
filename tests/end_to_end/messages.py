"""Complete messages of real devices as their network servers publish them."""

from base64 import b64encode
from datetime import UTC, datetime

import orjson

APPLICATION = "17c82e96-be03-4f38-aef3-f83d48582d97"


def rfc3339(time_ms: int) -> str:
    """As both servers write it."""
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="microseconds")


def em310_payload(distance_mm: int, battery_pct: int = 92) -> bytes:
    """Milesight EM310-UDL: battery, distance, position normal."""
    return (
        bytes.fromhex("0175")
        + bytes([battery_pct, 0x03, 0x82])
        + distance_mm.to_bytes(2, "little")
        + b"\x04\0\0"
    )


def dds75_payload(distance_mm: int, battery_mv: int = 3600) -> bytes:
    """Dragino DDS75-LB: battery, distance, no interrupt, no temperature probe, sensor present."""
    return battery_mv.to_bytes(2, "big") + distance_mm.to_bytes(2, "big") + b"\0\0\0\x01"


def chirpstack(dev_eui: str, payload: bytes, time_ms: int, f_cnt: int) -> tuple[str, bytes]:
    """A ChirpStack v4 uplink event: topic and body."""
    time = rfc3339(time_ms)
    body = {
        "deduplicationId": "7f3c2c1e-6b0c-4a57-9d5e-0f1f2a3b4c5d",
        "time": time,
        "deviceInfo": {
            "tenantId": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
            "tenantName": "Bat Trang",
            "applicationId": APPLICATION,
            "applicationName": "thu-gom",
            "deviceProfileId": "14855bf7-d10d-4aee-b618-ebfcb64dc7ad",
            "deviceProfileName": "EM310-UDL",
            "deviceName": "diem-tap-ket-15",
            "devEui": dev_eui,
            "deviceClassEnabled": "CLASS_A",
            "tags": {"village": "kim-lan"},
        },
        "devAddr": "00e5e007",
        "adr": True,
        "dr": 3,
        "fCnt": f_cnt,
        "fPort": 85,
        "confirmed": False,
        "data": b64encode(payload).decode(),
        "rxInfo": [
            {
                "gatewayId": "0016c001f1500812",
                "uplinkId": 48620,
                "gwTime": time,
                "nsTime": time,
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
    return f"application/{APPLICATION}/device/{dev_eui}/event/up", orjson.dumps(body)


def things_stack(dev_eui: str, payload: bytes, time_ms: int, f_cnt: int) -> tuple[str, bytes]:
    """A The Things Stack v3 uplink: topic and body."""
    time = rfc3339(time_ms).replace("+00:00", "Z")
    device = {
        "device_id": "ga-g07",
        "application_ids": {"application_id": "thoat-nuoc"},
        "dev_eui": dev_eui.upper(),
        "join_eui": "A840410000000101",
        "dev_addr": "260BABCD",
    }
    body = {
        "end_device_ids": device,
        "correlation_ids": ["gs:uplink:01HX6YGQ7AS3VTM5W5W36YV1F1"],
        "received_at": time,
        "uplink_message": {
            "session_key_id": "AXA50tHUGUucuzS/bCGMNw==",
            "f_port": 2,
            "f_cnt": f_cnt,
            "frm_payload": b64encode(payload).decode(),
            "rx_metadata": [
                {
                    "gateway_ids": {"gateway_id": "gw-bt-1", "eui": "9C5C8E00001A05C4"},
                    "time": time,
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
                "time": time,
            },
            "received_at": time,
            "consumed_airtime": "0.205824s",
            "version_ids": {"brand_id": "dragino", "model_id": "dds75-lb", "band_id": "AS_923_2"},
            "network_ids": {"net_id": "000013", "tenant_id": "ttn", "cluster_id": "au1"},
        },
    }
    return "v3/thoat-nuoc@ttn/devices/ga-g07/up", orjson.dumps(body)
