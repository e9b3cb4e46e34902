"""Uplinks as a network server publishes them (ChirpStack v4, The Things Stack v3), and Kênh's own JSON."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from devices.models import MODELS
from devices.simulated.sensors import Probe

_APPLICATION = "17c82e96-be03-4f38-aef3-f83d48582d97"
_CHANNELS_HZ = (921_400_000, 921_600_000, 922_200_000, 922_400_000)


class Heard(NamedTuple):
    """One gateway's copy of an uplink."""

    gateway_id: str
    lat: float
    lon: float
    rssi_dbm: int
    snr_db: float


class Frame(NamedTuple):
    """One uplink before it is wrapped."""

    probe: Probe
    time_ms: int
    counter: int
    f_port: int
    payload: bytes
    heard: Sequence[Heard]


def rfc3339(time_ms: int) -> str:
    """`2026-11-23T08:15:02.744Z`."""
    moment = datetime.fromtimestamp(time_ms / 1000, tz=UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time_ms % 1000:03d}Z"


def chirpstack(frame: Frame, village_id: str) -> tuple[str, bytes]:
    """Topic and payload of a ChirpStack v4 `up` event."""
    device = frame.probe.device
    model = MODELS[device.model]
    time = rfc3339(frame.time_ms)
    body = {
        "deduplicationId": _uuid(f"{device.id}/{frame.counter}"),
        "time": time,
        "deviceInfo": {
            "tenantId": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
            "tenantName": "Bat Trang",
            "applicationId": _APPLICATION,
            "applicationName": "kenh",
            "deviceProfileId": _uuid(device.model),
            "deviceProfileName": model.product,
            "deviceName": device.name,
            "devEui": device.id,
            "deviceClassEnabled": "CLASS_A",
            "tags": {"village": village_id, "kind": frame.probe.site.kind.value},
        },
        "devAddr": _dev_addr(device.id),
        "adr": True,
        "dr": 3,
        "fCnt": frame.counter,
        "fPort": frame.f_port,
        "confirmed": False,
        "data": b64encode(frame.payload).decode(),
        "rxInfo": [_rx_info(frame, heard, time) for heard in frame.heard],
        "txInfo": {
            "frequency": _frequency_hz(frame),
            "modulation": {"lora": {"bandwidth": 125000, "spreadingFactor": 9, "codeRate": "CR_4_5"}},
        },
        "regionConfigId": "as923_2",
    }
    return f"application/{_APPLICATION}/device/{device.id}/event/up", _json(body)


def _rx_info(frame: Frame, heard: Heard, time: str) -> dict[str, object]:
    return {
        "gatewayId": heard.gateway_id,
        "uplinkId": int.from_bytes(_digest(frame, heard.gateway_id)[:2], "big"),
        "gwTime": time,
        "nsTime": rfc3339(frame.time_ms + 117),
        "rssi": heard.rssi_dbm,
        "snr": heard.snr_db,
        "channel": frame.counter % len(_CHANNELS_HZ),
        "rfChain": 1,
        "location": {"latitude": heard.lat, "longitude": heard.lon},
        "context": b64encode(_digest(frame, "context")[:4]).decode(),
        "metadata": {"region_config_id": "as923_2", "region_common_name": "AS923_2"},
        "crcStatus": "CRC_OK",
    }


def things_stack(frame: Frame) -> tuple[str, bytes]:
    """Topic and payload of an uplink as The Things Stack v3 publishes it."""
    device = frame.probe.device
    brand, _, model = device.model.partition("/")
    time, received = rfc3339(frame.time_ms), f"{rfc3339(frame.time_ms + 105)[:-1]}014773Z"
    lora = {"bandwidth": 125000, "spreading_factor": 9, "coding_rate": "4/5"}
    body = {
        "end_device_ids": {
            "device_id": device.name,
            "application_ids": {"application_id": "bat-trang"},
            "dev_eui": device.id.upper(),
            "join_eui": "24E124C0002A0001",
            "dev_addr": _dev_addr(device.id).upper(),
        },
        "correlation_ids": [f"gs:uplink:{_digest(frame, 'correlation').hex()[:26].upper()}"],
        "received_at": f"{rfc3339(frame.time_ms + 232)[:-1]}773143Z",
        "uplink_message": {
            "session_key_id": b64encode(sha256(device.id.encode()).digest()[:16]).decode(),
            "f_port": frame.f_port,
            "f_cnt": frame.counter,
            "frm_payload": b64encode(frame.payload).decode(),
            "rx_metadata": [_rx_metadata(frame, heard, time) for heard in frame.heard],
            "settings": {
                "data_rate": {"lora": lora},
                "frequency": str(_frequency_hz(frame)),
                "timestamp": frame.time_ms * 1000 % 2**32,
                "time": time,
            },
            "received_at": received,
            "consumed_airtime": "0.205824s",
            "version_ids": {
                "brand_id": "milesight-iot" if brand == "milesight" else brand,
                "model_id": model,
                "hardware_version": "1.0",
                "firmware_version": "1.0",
                "band_id": "AS_923_2",
            },
            "network_ids": {"net_id": "000013", "tenant_id": "ttn", "cluster_id": "au1"},
        },
    }
    return f"v3/bat-trang@ttn/devices/{device.name}/up", _json(body)


def _rx_metadata(frame: Frame, heard: Heard, time: str) -> dict[str, object]:
    return {
        "gateway_ids": {"gateway_id": f"gw-{heard.gateway_id[-2:]}", "eui": heard.gateway_id.upper()},
        "time": time,
        "timestamp": frame.time_ms * 1000 % 2**32,
        "rssi": heard.rssi_dbm,
        "channel_rssi": heard.rssi_dbm,
        "snr": heard.snr_db,
        "uplink_token": b64encode(_digest(frame, heard.gateway_id)[:8]).decode(),
        "channel_index": frame.counter % len(_CHANNELS_HZ),
    }


def own_json(device_id: str, time_ms: int, seq: int, fields: Mapping[str, float]) -> tuple[str, bytes]:
    """Topic and payload of a device that speaks Kênh's own JSON."""
    return f"kenh/v1/{device_id}/up", _json({"ts": rfc3339(time_ms), "seq": seq, "readings": dict(fields)})


def _json(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _uuid(text: str) -> str:
    return str(UUID(bytes=sha256(text.encode()).digest()[:16], version=4))


def _dev_addr(device_id: str) -> str:
    return "00" + sha256(f"address/{device_id}".encode()).hexdigest()[:6]


def _digest(frame: Frame, what: str) -> bytes:
    return sha256(f"{frame.probe.device.id}/{frame.counter}/{what}".encode()).digest()


def _frequency_hz(frame: Frame) -> int:
    return _CHANNELS_HZ[frame.counter % len(_CHANNELS_HZ)]
