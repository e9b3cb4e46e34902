"""Announcements as Home Assistant's discovery has them, and what they come to."""

from typing import Any

from devices.formats import Discovered, Formats
from devices.formats.recognised import Parsed
from devices.uplinks import Rejected
from tests.devices.messages import RECEIVED_MS, as_bytes

CONFIG = "homeassistant/sensor/bin07/fill/config"
STATE = "bin07/sensor/fill_distance/state"


def config(**changes: Any) -> dict[str, Any]:
    """A complete announcement; a change to None takes the key away."""
    body: dict[str, Any] = {
        "name": "Fill",
        "unique_id": "bin07_fill",
        "state_topic": STATE,
        "device_class": "distance",
        "unit_of_measurement": "m",
        "state_class": "measurement",
        "expire_after": 3600,
        "availability_topic": "bin07/status",
        "device": {"identifiers": ["bin07"], "manufacturer": "DIY", "model": "A02YYUW"},
    }
    return {key: value for key, value in {**body, **changes}.items() if value is not None}


def told(body: object, topic: str = CONFIG) -> list[Parsed]:
    """What an announcement comes to."""
    payload = body if isinstance(body, bytes) else as_bytes(body)
    return Formats(discovery_prefix="homeassistant").parse(topic, payload, RECEIVED_MS)


def sensor(body: object, topic: str = CONFIG) -> Discovered:
    """The sensor an announcement tells of."""
    (found,) = told(body, topic)
    assert isinstance(found, Discovered), found
    return found


def refusal(body: object) -> Rejected:
    """Why an announcement is refused."""
    (found,) = told(body)
    assert isinstance(found, Rejected), found
    assert found.detail
    return found


def said(sensors: list[Discovered], payload: bytes) -> list[Parsed]:
    """What a message on the state topic of these sensors comes to."""
    formats = Formats(discovered={STATE: tuple(sensors)}, discovery_prefix="homeassistant")
    return formats.parse(STATE, payload, RECEIVED_MS)
