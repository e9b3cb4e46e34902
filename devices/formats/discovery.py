"""Home Assistant's discovery: `{prefix}/sensor/{node}/{object}/config` tells of a sensor and its state topic.

    {"name": "Fill", "unique_id": "bin07_fill", "state_topic": "bin07/sensor/fill_distance/state",
     "device_class": "distance", "unit_of_measurement": "m", "device": {"identifiers": ["bin07"]}}

Keys may be abbreviated, and `~` stands for a base topic. Templates are programs of strangers and are never
run: only those that name a place in the message are understood. Switches, lights and the like are skipped.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from devices.formats.aliases import Meaning, in_unit, meaning
from devices.formats.discovered import Discovered
from devices.formats.fields import a_count, a_text, an_object
from devices.formats.ids import as_id
from devices.formats.json_text import load
from devices.formats.topics import is_topic
from devices.uplinks import Rejected, RejectReason

_MAX_TOPIC: Final = 256
_MAX_NAME: Final = 128
_MAX_PATH: Final = 8
_COMPONENTS: Final = ("sensor", "binary_sensor")

#: Abbreviations the configuration may use.
_SHORT: Final[Mapping[str, str]] = {
    "stat_t": "state_topic",
    "uniq_id": "unique_id",
    "dev": "device",
    "dev_cla": "device_class",
    "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
    "avty_t": "availability_topic",
    "avty": "availability",
    "exp_aft": "expire_after",
    "obj_id": "object_id",
    "stat_cla": "state_class",
    "ent_cat": "entity_category",
    "ids": "identifiers",
    "cns": "connections",
    "mf": "manufacturer",
    "mdl": "model",
    "t": "topic",
}
#: Device class -> quantities it may be, the likelier first. The sensor's name chooses among several.
_CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "distance": ("distance_mm", "water_level_m", "depth_mm", "heap_m"),
    "battery": ("battery_pct",),
    "voltage": ("battery_v",),
    "temperature": ("temperature_c",),
    "humidity": ("humidity_pct",),
    "pressure": ("pressure_hpa",),
    "atmospheric_pressure": ("pressure_hpa",),
    "pm25": ("pm2_5_ug_m3",),
    "pm10": ("pm10_ug_m3",),
    "ozone": ("o3_ug_m3",),
    "nitrogen_dioxide": ("no2_ug_m3",),
    "sulphur_dioxide": ("so2_ug_m3",),
    "carbon_monoxide": ("co_ug_m3",),
    "precipitation": ("rain_mm", "rain_total_mm"),
    "signal_strength": ("rssi_dbm",),
    "vibration": ("vibration",),
}
#: What a sensor that measures its own device, and not the place, can tell us.
_DIAGNOSTIC: Final = frozenset(("battery_pct", "battery_v", "rssi_dbm", "snr_db"))

#: A thermometer so named is not in the air.
_NOT_THE_AIR = re.compile(r"battery|cpu|chip|board|device|internal|esp|water|soil|probe", re.IGNORECASE)
_AIR: Final = frozenset(("temperature_c", "humidity_pct", "pressure_hpa"))

_TEMPLATE = re.compile(
    r"\{\{\s*(value|value_json((?:\.[A-Za-z_]\w*|\[(?:'[^'\\]*'|\"[^\"\\]*\")\])+))\s*\}\}", re.ASCII
)
_STEP = re.compile(r"\.(\w+)|\['([^']*)'\]|\[\"([^\"]*)\"\]", re.ASCII)


def parse(topic: str, levels: Sequence[str], payload: bytes) -> Discovered | Rejected | None:
    """What a configuration announces; None if it is no sensor's.

    `levels` are those of the topic after the prefix: component, perhaps a node, object, `config`.
    """
    if levels[0] not in _COMPONENTS:
        return None
    if not payload.strip():
        return Discovered(topic, removed=True)
    body = load(payload)
    if isinstance(body, Rejected):
        return body
    if not isinstance(body, dict):
        return _refused("a discovery message is a JSON object")
    config = _at_length(body)
    device_id = _device_id(config, levels)
    if device_id is None:
        return Rejected(RejectReason.BAD_DEVICE_ID, "no id can be made of the identifiers of the device")
    sensor = _sensor(topic, levels, config, device_id)
    return Rejected(sensor.reason, sensor.detail, device_id) if isinstance(sensor, Rejected) else sensor


def _sensor(
    topic: str, levels: Sequence[str], config: Mapping[str, Any], device_id: str
) -> Discovered | Rejected:
    state_topic = a_text(config.get("state_topic"))
    if not is_topic(state_topic) or len(state_topic) > _MAX_TOPIC or state_topic.startswith("$"):
        return _refused(
            f"the state topic {state_topic[:64]!r} is no single topic of up to {_MAX_TOPIC} signs"
        )
    path = _value_path(a_text(config.get("value_template")))
    if path is None:
        return _refused(
            f"the template {a_text(config.get('value_template'))[:64]!r} is more than {{{{ value }}}} or "
            "{{ value_json.name }}; templates are not run"
        )
    meant = _meaning(config, levels, path)
    if meant is None:
        told = [a_text(config.get(key))[:32] for key in ("device_class", "unit_of_measurement")]
        return Rejected(
            RejectReason.UNKNOWN_QUANTITY,
            f"{_name(config, levels)!r} (class {told[0]!r}, unit {told[1]!r}) is no quantity of ours",
        )
    device = an_object(config.get("device"))
    maker, model = a_text(device.get("manufacturer")), a_text(device.get("model"))
    return Discovered(
        topic,
        device_id,
        (a_text(device.get("name")) or a_text(config.get("name")) or levels[-2])[:_MAX_NAME],
        f"{maker} {model}".strip()[:_MAX_NAME],
        state_topic,
        _name(config, levels),
        meant.quantity,
        meant.scale,
        meant.offset,
        path,
        _availability_topic(config),
        a_count(config.get("expire_after"), 2**31) or None,
    )


def _at_length(body: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with its keys and topics at full length."""
    config = {_SHORT.get(key, key): value for key, value in body.items()}
    config["device"] = {_SHORT.get(key, key): value for key, value in an_object(config.get("device")).items()}
    base = a_text(config.get("~"))
    for key in ("state_topic", "availability_topic"):
        value = a_text(config.get(key))
        if base and value.startswith("~"):
            config[key] = base + value[1:]
        elif base and value.endswith("~"):
            config[key] = value[:-1] + base
    return config


def _device_id(config: Mapping[str, Any], levels: Sequence[str]) -> str | None:
    """The device's id, from what it is surest known by."""
    device = config["device"]
    names = device.get("identifiers")
    named = names[0] if isinstance(names, list) and names else names
    connections = device.get("connections")
    if not named and isinstance(connections, list) and connections:
        pair = connections[0]  # ["mac", "02:5b:26:a8:dc:12"]
        named = pair[1] if isinstance(pair, list) and len(pair) == 2 else None
    if not named and len(levels) == 4:
        named = levels[1]
    if not named:
        named = config.get("unique_id") or levels[-2]
    return as_id(str(named)) if isinstance(named, str | int) else None


def _name(config: Mapping[str, Any], levels: Sequence[str]) -> str:
    named = a_text(config.get("object_id")) or levels[-2] or a_text(config.get("name"))
    return named[:_MAX_NAME]


def _value_path(template: str) -> tuple[str, ...] | None:
    """Where the value stands; None for a template that does more than say so."""
    if not template.strip():
        return ()
    found = _TEMPLATE.fullmatch(template.strip()[:_MAX_TOPIC])
    if found is None or len(template) > _MAX_TOPIC:
        return None
    path = tuple("".join(step.groups(default="")) for step in _STEP.finditer(found[2] or ""))
    return path if len(path) <= _MAX_PATH else None


def _meaning(config: Mapping[str, Any], levels: Sequence[str], path: Sequence[str]) -> Meaning | None:
    """What is measured: by class and unit, or by any of the sensor's names."""
    unit = a_text(config.get("unit_of_measurement")).strip()
    names = [_name(config, levels), a_text(config.get("name")), *path[-1:]]
    by_name = next((meant for name in names if name and (meant := meaning(name, unit))), None)
    possible = _CLASSES.get(a_text(config.get("device_class")))
    if possible is None or (by_name is not None and by_name.quantity in possible):
        meant = by_name
    else:
        meant = _by_class(possible[0], unit, " ".join(names))
    if meant is None:
        return None
    if config.get("entity_category") == "diagnostic" and meant.quantity not in _DIAGNOSTIC:
        return None
    if meant.quantity == "rain_mm" and config.get("state_class") == "total_increasing":
        return meant._replace(quantity="rain_total_mm")
    return meant


def _by_class(quantity: str, unit: str, names: str) -> Meaning | None:
    """The likeliest quantity of a class, unless the names say that it is something else's."""
    if quantity == "battery_v" and "bat" not in names.lower():
        return None  # the mains, a pump: not every voltage is a battery's
    if quantity in _AIR and _NOT_THE_AIR.search(names):
        return None
    return in_unit(quantity, unit)


def _availability_topic(config: Mapping[str, Any]) -> str:
    told = a_text(config.get("availability_topic"))
    listed = config.get("availability")
    if not told and isinstance(listed, list) and listed:
        first = an_object(listed[0])
        told = a_text(first.get("topic")) or a_text(first.get("t"))
        base = a_text(config.get("~"))
        told = base + told[1:] if base and told.startswith("~") else told
    return told if is_topic(told) and len(told) <= _MAX_TOPIC else ""


def _refused(detail: str) -> Rejected:
    return Rejected(RejectReason.BAD_SHAPE, detail)
