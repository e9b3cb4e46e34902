"""ChirpStack v4, MQTT integration in JSON: `application/{id}/device/{devEui}/event/{event}`.

Releases before 4.x emitted defaults leave out every key whose value is 0, false or empty, so an absent
`fCnt` is 0 and an absent `snr` beside an `rssi` is 0 dB. `data` is absent on frames that carry only MAC
commands. The top-level `time` is used: ChirpStack has already chosen the best of its clocks for it.
"""

from collections.abc import Mapping

from devices.formats.fields import a_count, a_list, a_number, a_text, an_object, some_bytes
from devices.formats.json_text import load
from devices.formats.times import rfc3339_ms
from devices.quantities import QUANTITIES
from devices.sites import is_id
from devices.uplinks import GatewayRx, Measured, Rejected, RejectReason, Uplink, UplinkKind

TOPIC_FILTER = "application/+/device/+/event/+"


def parse(dev_eui: str, event: str, payload: bytes) -> Uplink | Rejected:
    """The uplink in one event of the device named in the topic, or why it is refused."""
    body = load(payload)
    if isinstance(body, Rejected):
        return Rejected(body.reason, body.detail, dev_eui.lower() if is_id(dev_eui) else "")
    if not isinstance(body, dict):
        return Rejected(RejectReason.BAD_SHAPE, "a ChirpStack event is a JSON object", dev_eui.lower())
    info = an_object(body.get("deviceInfo"))
    device_id = (a_text(info.get("devEui")) or dev_eui).lower()
    if not is_id(device_id):
        return Rejected(RejectReason.BAD_DEVICE_ID, f"{device_id[:64]!r} is no DevEUI")
    match event:
        case "up":
            return _up(device_id, body, info)
        case "join":
            return _bare(device_id, UplinkKind.JOIN, body, info)
        case "status":
            return _status(device_id, body, info)
        case "log":
            said = f"{a_text(body.get('code'))}: {a_text(body.get('description'))}"
            return _bare(device_id, UplinkKind.OTHER, body, info, warning=said[:300])
        case _:
            return _bare(device_id, UplinkKind.OTHER, body, info)


def _up(device_id: str, body: Mapping[str, object], info: Mapping[str, object]) -> Uplink | Rejected:
    payload = some_bytes(body.get("data"))
    if payload is None:
        return Rejected(RejectReason.BAD_SHAPE, "data is not base64", device_id)
    seq = a_count(body.get("fCnt", 0))
    f_port = a_count(body.get("fPort", 0), 256)
    if seq is None or f_port is None:
        return Rejected(RejectReason.BAD_SHAPE, "fCnt or fPort is no frame counter or port", device_id)
    return Uplink(
        device_id,
        UplinkKind.DATA if payload else UplinkKind.OTHER,
        rfc3339_ms(body.get("time")),
        seq,
        f_port,
        payload or None,
        gateways=_gateways(body),
        dev_addr=a_text(body.get("devAddr")).lower(),
        name=a_text(info.get("deviceName")),
        model_hint=a_text(info.get("deviceProfileName")),
        attributes=_tags(info),
    )


def _gateways(body: Mapping[str, object]) -> tuple[GatewayRx, ...]:
    """Who heard the uplink; entries without an id are passed over."""
    gateways: list[GatewayRx] = []
    for heard in a_list(body.get("rxInfo")):
        entry = an_object(heard)
        gateway_id = a_text(entry.get("gatewayId")).lower()
        if is_id(gateway_id):
            rssi = a_number(entry.get("rssi"))
            snr = a_number(entry.get("snr", None if rssi is None else 0.0))
            gateways.append(GatewayRx(gateway_id, rssi, snr))
    return tuple(gateways)


def _status(device_id: str, body: Mapping[str, object], info: Mapping[str, object]) -> Uplink:
    level = a_number(body.get("batteryLevel"))
    measurable = (
        body.get("batteryLevelUnavailable") is not True and body.get("externalPowerSource") is not True
    )
    if level is None or not measurable:
        return _bare(device_id, UplinkKind.STATUS, body, info)
    battery = Measured("battery_pct", level, QUANTITIES["battery_pct"].unit)
    return _bare(device_id, UplinkKind.DATA, body, info, measured=(battery,))


def _bare(
    device_id: str,
    kind: UplinkKind,
    body: Mapping[str, object],
    info: Mapping[str, object],
    *,
    measured: tuple[Measured, ...] = (),
    warning: str = "",
) -> Uplink:
    return Uplink(
        device_id,
        kind,
        rfc3339_ms(body.get("time")),
        measured=measured,
        dev_addr=a_text(body.get("devAddr")).lower(),
        name=a_text(info.get("deviceName")),
        model_hint=a_text(info.get("deviceProfileName")),
        warnings=(warning,) if warning else (),
        attributes=_tags(info),
    )


def _tags(info: Mapping[str, object]) -> Mapping[str, str]:
    return {key: tag for key, tag in an_object(info.get("tags")).items() if isinstance(tag, str)}
