"""Sensors that announced themselves by Home Assistant's discovery, and what they say afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from devices.formats.aliases import Meaning
from devices.formats.gathering import Gathering, availability
from devices.formats.json_text import load
from devices.quantities import known
from devices.sites import is_id
from devices.uplinks import Rejected, RejectReason, Uplink


@dataclass(frozen=True, slots=True)
class Discovered:
    """One sensor that announced itself on `config_topic`: the same topic again replaces or removes it.

    Messages on `state_topic` hold a number at `value_path` (empty: they are the number); `scale * number +
    offset` is the value in the quantity's unit. `field` is what the sensor is called within its device.
    `expire_after_s` is how long a value stays good, `availability_topic` where the device's last will
    goes ("" and None: not told). `removed`: the announcement was taken back, and nothing else is told.
    """

    config_topic: str
    device_id: str = ""
    name: str = ""
    model: str = ""
    state_topic: str = ""
    field: str = ""
    quantity: str = ""
    scale: float = 1.0
    offset: float = 0.0
    value_path: tuple[str, ...] = ()
    availability_topic: str = ""
    expire_after_s: int | None = None
    removed: bool = False

    def to_json(self) -> dict[str, Any]:
        """As plain values, to be kept; `from_json` undoes it."""
        return {**asdict(self), "value_path": list(self.value_path)}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Discovered":
        """The sensor again; ValueError if it was kept by another version and makes no sense to this one."""
        try:
            sensor = cls(**{**body, "value_path": tuple(body["value_path"])})
        except (TypeError, KeyError) as error:
            raise ValueError(f"no discovered sensor: {error}") from None
        if not sensor.removed and not (is_id(sensor.device_id) and known(sensor.quantity)):
            raise ValueError(f"no discovered sensor: {sensor.device_id!r} measures {sensor.quantity!r}")
        return sensor


def state_uplinks(sensors: Sequence[Discovered], payload: bytes) -> list[Uplink | Rejected]:
    """What one message on a state topic says of the sensors that told of it: an uplink for each device."""
    body: object = None
    if any(sensor.value_path for sensor in sensors):
        body = load(payload)
        if isinstance(body, Rejected):
            status = availability(sensors[0].device_id, payload[:16].decode(errors="replace"))
            return [status or Rejected(body.reason, body.detail, sensors[0].device_id)]
    text = payload[:80].decode(errors="replace")
    gatherings: dict[str, Gathering] = {}
    for sensor in sensors:
        gathering = gatherings.setdefault(sensor.device_id, Gathering(sensor.device_id, name=sensor.name))
        value = _at(body, sensor.value_path) if sensor.value_path else text
        gathering.put(sensor.field, value, Meaning(sensor.quantity, sensor.scale, sensor.offset))
    parsed: list[Uplink | Rejected] = []
    for gathering in gatherings.values():
        parsed += gathering.uplinks()
    return parsed or [Rejected(RejectReason.UNKNOWN_TOPIC, "no sensor announced this topic")]


def _at(body: object, path: Sequence[str]) -> object:
    """The value at a path; None where there is none."""
    for key in path:
        if not isinstance(body, dict):
            return None
        body = body.get(key)
    return body
