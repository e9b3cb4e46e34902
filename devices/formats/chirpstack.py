"""ChirpStack v4, MQTT integration in JSON: `application/{id}/device/{devEui}/event/{event}`.

Releases before 4.x emitted defaults leave out every key whose value is 0, false or empty, so an absent
`fCnt` is 0 and an absent `snr` beside an `rssi` is 0 dB. `data` is absent on frames that carry only MAC
commands. The top-level `time` is used: ChirpStack has already chosen the best of its clocks for it. Should it
be missing, a gateway's own time stands in (`gwTime`; `time` in older releases), if it can be believed.
"""

from collections.abc import Mapping
from typing import NamedTuple

from devices.formats.fields import MAX_WARNING, a_count, a_list, a_number, a_text, an_object, some_bytes
from devices.formats.json_text import load_envelope
from devices.formats.times import rfc3339_ms
from devices.quantities import QUANTITIES
from devices.sites import is_id
from devices.uplinks import GatewayRx, Measured, Rejected, RejectReason, Uplink, UplinkKind

TOPIC_FILTER = "application/+/device/+/event/+"


_NOTHING_NOTED: Mapping[str, str] = {}
#: A gateway clock further than this from ours is not believed.
_GATEWAY_DRIFT_MS = 30_000


def parse(application: str, dev_eui: str, event: str, payload: bytes, received_ms: int) -> Uplink | Rejected:
    """The uplink in one event of the device and application named in the topic, or why it is refused."""
    body = load_envelope(payload)
    if isinstance(body, Rejected):
        return Rejected(body.reason, body.detail, dev_eui.lower() if is_id(dev_eui) else "")
    if not isinstance(body, dict):
        return Rejected(RejectReason.BAD_SHAPE, "a ChirpStack event is a JSON object", dev_eui.lower())
    info = an_object(body.get("deviceInfo"))
    device_id = (a_text(info.get("devEui")) or dev_eui).lower()
    if not is_id(device_id):
        return Rejected(RejectReason.BAD_DEVICE_ID, f"{device_id[:64]!r} is no DevEUI")
    application = application if is_id(application) else a_text(info.get("applicationId"))
    common = _Common(device_id, application if is_id(application) else "", body, info, received_ms)
    match event:
        case "up":
            return _up(common)
        case "join":
            return _bare(common, UplinkKind.JOIN)
        case "status":
            return _status(common)
        case "log":
            return _log(common)
        case _:
            return _bare(common, UplinkKind.OTHER)


class _Common(NamedTuple):
    """What all events share."""

    device_id: str
    application: str
    body: Mapping[str, object]
    info: Mapping[str, object]
    received_ms: int


def _up(common: _Common) -> Uplink | Rejected:
    device_id, application, body, info, received_ms = common
    payload = some_bytes(body.get("data"))
    if payload is None:
        return Rejected(RejectReason.BAD_SHAPE, "data is not base64", device_id)
    seq = a_count(body.get("fCnt", 0))
    f_port = a_count(body.get("fPort", 0), 256)
    if seq is None or f_port is None:
        return Rejected(RejectReason.BAD_SHAPE, "fCnt or fPort is no frame counter or port", device_id)
    heard = [entry for entry in a_list(body.get("rxInfo")) if isinstance(entry, dict)]
    time_ms = rfc3339_ms(body.get("time"))
    if time_ms is None:
        time_ms = _gateway_ms(heard, received_ms)
    return Uplink(
        device_id,
        UplinkKind.DATA if payload else UplinkKind.OTHER,
        time_ms,
        seq,
        f_port,
        payload or None,
        gateways=_gateways(heard),
        dev_addr=a_text(body.get("devAddr")).lower(),
        name=a_text(info.get("deviceName")),
        model_hint=a_text(info.get("deviceProfileName")),
        attributes=_tags(info),
        gateway_ms=time_ms,
        application=application,
        spreading_factor=_spreading_factor(body),
    )


def _gateways(heard: list[dict[str, object]]) -> tuple[GatewayRx, ...]:
    """Who heard the uplink; entries without an id are passed over."""
    gateways: list[GatewayRx] = []
    for entry in heard:
        gateway_id = a_text(entry.get("gatewayId")).lower()
        if is_id(gateway_id):
            rssi = a_number(entry.get("rssi"))
            snr = a_number(entry.get("snr", None if rssi is None else 0.0))
            gateways.append(GatewayRx(gateway_id, rssi, snr))
    return tuple(gateways)


def _gateway_ms(heard: list[dict[str, object]], received_ms: int) -> int | None:
    """The time a gateway put on the uplink, or the network server on its arrival."""
    for key in ("gwTime", "time", "nsTime"):
        for entry in heard:
            time_ms = rfc3339_ms(entry.get(key))
            if time_ms is not None and abs(time_ms - received_ms) <= _GATEWAY_DRIFT_MS:
                return time_ms
    return None


def _spreading_factor(body: Mapping[str, object]) -> int | None:
    """7 to 12; None for a frame that was not LoRa."""
    modulation = an_object(an_object(body.get("txInfo")).get("modulation"))
    return a_count(an_object(modulation.get("lora")).get("spreadingFactor"), 13) or None


def _status(common: _Common) -> Uplink:
    body = common.body
    level = a_number(body.get("batteryLevel"))
    measurable = (
        body.get("batteryLevelUnavailable") is not True and body.get("externalPowerSource") is not True
    )
    if level is None or not measurable:
        return _bare(common, UplinkKind.STATUS)
    battery = Measured("battery_pct", level, QUANTITIES["battery_pct"].unit)
    return _bare(common, UplinkKind.DATA, measured=(battery,))


def _log(common: _Common) -> Uplink:
    """What the network server noted: a codec that threw, a frame counter that began again, a bad key."""
    level, code = a_text(common.body.get("level")), a_text(common.body.get("code"))
    said = f"{code}: {a_text(common.body.get('description'))}"[:MAX_WARNING]
    return _bare(common, UplinkKind.OTHER, warning=said, noted={"level": level[:16], "code": code[:64]})


def _bare(
    common: _Common,
    kind: UplinkKind,
    *,
    measured: tuple[Measured, ...] = (),
    warning: str = "",
    noted: Mapping[str, str] = _NOTHING_NOTED,
) -> Uplink:
    device_id, application, body, info, _ = common
    time_ms = rfc3339_ms(body.get("time"))
    return Uplink(
        device_id,
        kind,
        time_ms,
        measured=measured,
        dev_addr=a_text(body.get("devAddr")).lower(),
        name=a_text(info.get("deviceName")),
        model_hint=a_text(info.get("deviceProfileName")),
        warnings=(warning,) if warning else (),
        attributes={**_tags(info), **noted},
        gateway_ms=time_ms,
        application=application,
    )


def _tags(info: Mapping[str, object]) -> Mapping[str, str]:
    return {key: tag for key, tag in an_object(info.get("tags")).items() if isinstance(tag, str)}
