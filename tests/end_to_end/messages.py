"""Complete messages of real devices as their network servers publish them, at a time of the test's choice."""

from base64 import b64encode
from datetime import UTC, datetime

from tests.devices.messages import as_bytes, chirpstack_up, device_info, tts_up


def em310_payload(distance_mm: int, battery_pct: int = 92) -> bytes:
    """Milesight EM310-UDL: battery, distance, position normal."""
    head = bytes([0x01, 0x75, battery_pct, 0x03, 0x82])
    return head + distance_mm.to_bytes(2, "little") + bytes([0x04, 0x00, 0x00])


def dds75_payload(distance_mm: int, battery_mv: int = 3600) -> bytes:
    """Dragino DDS75-LB: battery, distance, no interrupt, no temperature probe, sensor present."""
    return battery_mv.to_bytes(2, "big") + distance_mm.to_bytes(2, "big") + bytes([0, 0, 0, 1])


def chirpstack(dev_eui: str, payload: bytes, time_ms: int, f_cnt: int) -> tuple[str, bytes]:
    """A ChirpStack v4 uplink event: topic and body."""
    time = datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="microseconds")
    info = device_info() | {"devEui": dev_eui}
    body = chirpstack_up(
        time=time, deviceInfo=info, fCnt=f_cnt, data=b64encode(payload).decode(), object=None
    )
    topic = f"application/{info['applicationId']}/device/{dev_eui}/event/up"
    return topic, as_bytes(body)


def things_stack(dev_eui: str, payload: bytes, time_ms: int, f_cnt: int) -> tuple[str, bytes]:
    """A The Things Stack v3 uplink: topic and body."""
    time = datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="microseconds")
    time = time.replace("+00:00", "Z")
    body = tts_up(
        {
            "f_port": 2,
            "f_cnt": f_cnt,
            "frm_payload": b64encode(payload).decode(),
            "decoded_payload": None,
            "received_at": time,
            "rx_metadata": [
                {"gateway_ids": {"gateway_id": "gw-bt-1"}, "time": time, "rssi": -101, "snr": 4.5}
            ],
        },
        received_at=time,
    )
    body["end_device_ids"]["dev_eui"] = dev_eui.upper()
    return "v3/thoat-nuoc@ttn/devices/ga-g07/up", as_bytes(body)
