"""The Things Stack v3, MQTT: `v3/{application}@{tenant}/devices/{device}/up` and `/join`.

Values that are 0 or empty are left out, so an absent `f_cnt` is 0. Three clocks stand in a message: the
gateway's (`rx_metadata[].time`) is nearest to the measurement and taken if it agrees with the network
server's (`uplink_message.received_at`), which is taken otherwise.
"""

from collections.abc import Mapping

from devices.formats.fields import MAX_WARNING, a_count, a_list, a_number, a_text, an_object, some_bytes
from devices.formats.json_text import load_envelope
from devices.formats.times import rfc3339_ms
from devices.sites import is_id
from devices.uplinks import GatewayRx, Rejected, RejectReason, Uplink, UplinkKind

TOPIC_FILTERS = ("v3/+/devices/+/up", "v3/+/devices/+/join")

#: A gateway clock further than this from the network server's is not believed.
_GATEWAY_DRIFT_MS = 30_000
_MAX_APPLICATION = 128
_MAX_WARNINGS = 8


def reads(event: list[str]) -> bool:
    """Is this end of a topic one of The Things Stack's messages from a device?"""
    return event in (["up"], ["join"], ["location", "solved"], ["service", "data"])


def parse(
    application: str, topic_device_id: str, event: str, payload: bytes, received_ms: int
) -> Uplink | Rejected:
    """The uplink in one message of the device and application (`app@tenant`) named in the topic.

    The DevEUI, in lower case, is the device's id; the id given in the console is its name.
    """
    body = load_envelope(payload)
    if isinstance(body, Rejected):
        return Rejected(body.reason, body.detail, topic_device_id if is_id(topic_device_id) else "")
    if not isinstance(body, dict):
        return Rejected(
            RejectReason.BAD_SHAPE, "a message of The Things Stack is a JSON object", topic_device_id
        )
    ids = an_object(body.get("end_device_ids"))
    device_id = a_text(ids.get("dev_eui")).lower() or topic_device_id
    if not is_id(device_id):
        return Rejected(RejectReason.BAD_DEVICE_ID, f"{device_id[:64]!r} is no DevEUI")
    if event == "up":
        return _up(application, device_id, body, ids, received_ms)
    time_ms = rfc3339_ms(body.get("received_at"))
    return Uplink(
        device_id,
        UplinkKind.JOIN if event == "join" else UplinkKind.OTHER,
        time_ms,
        dev_addr=a_text(ids.get("dev_addr")).lower(),
        name=a_text(ids.get("device_id")) or topic_device_id,
        simulated=body.get("simulated") is True,
        gateway_ms=time_ms,
        application=application[:_MAX_APPLICATION],
    )


def _up(
    application: str,
    device_id: str,
    body: Mapping[str, object],
    ids: Mapping[str, object],
    received_ms: int,
) -> Uplink | Rejected:
    message = body.get("uplink_message")
    if not isinstance(message, dict):
        return Rejected(RejectReason.BAD_SHAPE, "uplink_message is missing", device_id)
    payload = some_bytes(message.get("frm_payload"))
    if payload is None:
        return Rejected(RejectReason.BAD_SHAPE, "frm_payload is not base64", device_id)
    seq = a_count(message.get("f_cnt", 0))
    f_port = a_count(message.get("f_port", 0), 256)
    if seq is None or f_port is None:
        return Rejected(RejectReason.BAD_SHAPE, "f_cnt or f_port is no frame counter or port", device_id)
    heard = [entry for entry in a_list(message.get("rx_metadata")) if isinstance(entry, dict)]
    time_ms = _time_ms(body, message, heard, received_ms)
    return Uplink(
        device_id,
        UplinkKind.DATA if payload else UplinkKind.OTHER,
        time_ms,
        seq,
        f_port,
        payload or None,
        gateways=_gateways(heard),
        dev_addr=a_text(ids.get("dev_addr")).lower(),
        name=a_text(ids.get("device_id")),
        model_hint=_model_hint(message),
        simulated=body.get("simulated") is True,
        warnings=_warnings(message),
        gateway_ms=time_ms,
        application=application[:_MAX_APPLICATION],
        spreading_factor=_spreading_factor(message),
    )


def _warnings(message: Mapping[str, object]) -> tuple[str, ...]:
    """What the codec of the network server found odd."""
    said = a_list(message.get("decoded_payload_warnings"))
    return tuple(warning[:MAX_WARNING] for warning in said[:_MAX_WARNINGS] if isinstance(warning, str))


def _spreading_factor(message: Mapping[str, object]) -> int | None:
    """7 to 12; None for a frame that was not LoRa."""
    rate = an_object(an_object(message.get("settings")).get("data_rate"))
    return a_count(an_object(rate.get("lora")).get("spreading_factor"), 13) or None


def _time_ms(
    body: Mapping[str, object],
    message: Mapping[str, object],
    heard: list[dict[str, object]],
    received_ms: int,
) -> int | None:
    server_ms = rfc3339_ms(message.get("received_at"))
    if server_ms is None:
        server_ms = rfc3339_ms(body.get("received_at"))
    judge_ms = received_ms if server_ms is None else server_ms
    for entry in heard:
        gateway_ms = rfc3339_ms(entry.get("time"))
        if gateway_ms is not None and abs(gateway_ms - judge_ms) <= _GATEWAY_DRIFT_MS:
            return gateway_ms
    return server_ms


def _gateways(heard: list[dict[str, object]]) -> tuple[GatewayRx, ...]:
    """Who heard the uplink; entries without an id are passed over."""
    gateways: list[GatewayRx] = []
    for entry in heard:
        ids = an_object(entry.get("gateway_ids"))
        gateway_id = (a_text(ids.get("eui")) or a_text(ids.get("gateway_id"))).lower()
        if is_id(gateway_id):
            rssi = a_number(entry.get("rssi"))
            snr = a_number(entry.get("snr", None if rssi is None else 0.0))
            gateways.append(GatewayRx(gateway_id, rssi, snr))
    return tuple(gateways)


def _model_hint(message: Mapping[str, object]) -> str:
    version = an_object(message.get("version_ids"))
    brand, model = a_text(version.get("brand_id")), a_text(version.get("model_id"))
    return f"{brand}/{model}" if brand and model else model
