"""Uplinks that came by HTTP: the topic and payload they would have had by MQTT.

ChirpStack's HTTP integration posts the event's JSON to `?event=up`; The Things Stack's webhooks post the
same message as its MQTT server; own devices add `device_id` to their JSON. The journal then holds one sort of
thing, and a replay needs to know of no second way in.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from devices.formats.fields import a_text, an_object
from devices.formats.json_text import load, load_envelope
from devices.sites import is_id
from devices.uplinks import Rejected, RejectReason

#: What stands in a message of The Things Stack -> the end of its topic.
_THINGS_STACK: Final[Mapping[str, str]] = {
    "uplink_message": "up",
    "join_accept": "join",
    "location_solved": "location/solved",
    "service_data": "service/data",
}
_EVENT = re.compile(r"[a-z]{1,16}")
#: Ids of The Things Stack, and of a tenant.
_LEVEL = re.compile(r"[A-Za-z0-9._-]{1,64}")


def http_uplinks(body: bytes, event: str | None) -> list[tuple[str, bytes]] | Rejected:
    """The (topic, payload) pairs in the body of a POST; `event` is the query parameter ChirpStack adds.

    Whose message it is, is told from the body. Never raises.
    """
    value = load_envelope(body)
    if isinstance(value, Rejected):
        return value
    if isinstance(value, dict) and "deviceInfo" in value:
        return _chirpstack(value, body, event)
    if isinstance(value, dict) and "end_device_ids" in value:
        return _things_stack(value, body)
    value = load(body)
    return value if isinstance(value, Rejected) else _own(value)


def _chirpstack(
    value: Mapping[str, Any], body: bytes, event: str | None
) -> list[tuple[str, bytes]] | Rejected:
    info = an_object(value.get("deviceInfo"))
    application, dev_eui = a_text(info.get("applicationId")), a_text(info.get("devEui"))
    if not is_id(application) or not is_id(dev_eui):
        return Rejected(RejectReason.BAD_DEVICE_ID, "deviceInfo lacks its applicationId or devEui")
    if event is None and "fCnt" in value:
        event = "up"
    if event is None or not _EVENT.fullmatch(event):
        detail = "say which event it is, as ChirpStack does: ?event=up"
        return Rejected(RejectReason.BAD_SHAPE, detail, dev_eui.lower())
    return [(f"application/{application}/device/{dev_eui.lower()}/event/{event}", body)]


def _things_stack(value: Mapping[str, Any], body: bytes) -> list[tuple[str, bytes]] | Rejected:
    ids = an_object(value.get("end_device_ids"))
    device = a_text(ids.get("device_id"))
    application = a_text(an_object(ids.get("application_ids")).get("application_id"))
    if not _LEVEL.fullmatch(device) or not _LEVEL.fullmatch(application):
        detail = "end_device_ids lacks its device_id or application_id"
        return Rejected(RejectReason.BAD_DEVICE_ID, detail)
    end = next((end for key, end in _THINGS_STACK.items() if key in value), None)
    if end is None:
        detail = "expected an uplink_message or join_accept; choose those in the webhook"
        return Rejected(RejectReason.BAD_SHAPE, detail, device)
    networks = an_object(an_object(value.get("uplink_message")).get("network_ids"))
    tenant = a_text(networks.get("tenant_id"))
    owner = f"{application}@{tenant}" if _LEVEL.fullmatch(tenant) else application
    return [(f"v3/{owner}/devices/{device}/{end}", body)]


def _own(value: object) -> list[tuple[str, bytes]] | Rejected:
    """One message for each device, its entries in their order."""
    entries: dict[str, list[Mapping[str, Any]]] = {}
    for entry in value if isinstance(value, list) else [value]:
        if not isinstance(entry, dict) or "readings" not in entry:
            detail = 'expected {"device_id": "bin-07", "ts": ..., "readings": {"quantity": number}} or a list'
            return Rejected(RejectReason.BAD_SHAPE, detail)
        device_id = entry.get("device_id")
        if not isinstance(device_id, str) or not is_id(device_id):
            detail = f"device_id is {str(device_id)[:64]!r}; it takes 1 to 64 of A-Z a-z 0-9 . _ : -"
            return Rejected(RejectReason.BAD_DEVICE_ID, detail)
        kept = {key: field for key, field in entry.items() if key != "device_id"}
        entries.setdefault(device_id, []).append(kept)
    if not entries:
        return Rejected(RejectReason.BAD_SHAPE, "an empty list")
    return [(f"kenh/v1/{device_id}/up", _text(group)) for device_id, group in entries.items()]


def _text(group: list[Mapping[str, Any]]) -> bytes:
    value = group[0] if len(group) == 1 else group
    return json.dumps(
        value, ensure_ascii=False, separators=(",", ":")
    ).encode()  # keeps NaN, to be refused later
