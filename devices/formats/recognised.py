"""All formats together: which one a message is in, by its topic."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from devices.formats import chirpstack, discovery, own, things_stack
from devices.formats.discovered import Discovered, state_uplinks
from devices.formats.routes import Route
from devices.formats.topics import filter_problem, is_topic
from devices.uplinks import Rejected, RejectReason, Uplink

#: What ingest subscribes to at least: every format that is recognised without configuration.
TOPIC_FILTERS: tuple[str, ...] = (own.TOPIC_FILTER, chirpstack.TOPIC_FILTER, *things_stack.TOPIC_FILTERS)

Parsed = Uplink | Rejected | Discovered


@dataclass(frozen=True)
class Formats:
    """What is read, and from where: an immutable value, replaced when a sensor is discovered.

    `discovered` holds the sensors by their state topic. `discovery_prefix` is where they announce
    themselves, usually `homeassistant`; "" for nowhere. `time_zone` is where devices live that write times
    without a zone. ValueError if prefix or zone are none.
    """

    routes: tuple[Route, ...] = ()
    discovered: Mapping[str, tuple[Discovered, ...]] = field(default_factory=dict)
    discovery_prefix: str = ""
    time_zone: str = "Asia/Ho_Chi_Minh"
    filters: tuple[str, ...] = field(init=False, compare=False, repr=False)
    _zone: ZoneInfo = field(init=False, compare=False, repr=False)
    _prefix: tuple[str, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        try:
            zone = ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{self.time_zone[:64]!r} is no time zone; try Asia/Ho_Chi_Minh") from None
        prefix = tuple(self.discovery_prefix.split("/")) if self.discovery_prefix else ()
        if prefix and (not is_topic(self.discovery_prefix) or "" in prefix):
            raise ValueError(f"{self.discovery_prefix[:64]!r} is no topic for discovery; try homeassistant")
        for route in self.routes:
            problem = filter_problem(route.filter.split("/"))
            if problem is not None:
                raise ValueError(problem)
        object.__setattr__(self, "_zone", zone)
        object.__setattr__(self, "_prefix", prefix)
        object.__setattr__(self, "filters", self._filters())

    def _filters(self) -> tuple[str, ...]:
        wanted = [*TOPIC_FILTERS, *(route.filter for route in self.routes)]
        if self._prefix:
            wanted += [f"{self.discovery_prefix}/+/+/config", f"{self.discovery_prefix}/+/+/+/config"]
            wanted += self.discovered
        return tuple(dict.fromkeys(wanted))

    def parse(self, topic: str, payload: bytes, received_ms: int) -> list[Parsed]:
        """Open one message: its uplinks in the order they stand in it, and what was refused of it.

        Never raises, whatever the topic and the bytes. `received_ms` judges clocks and is what relative times
        are relative to; an uplink without a time of its own keeps `time_ms` None. An announcement of
        something that is no sensor gives nothing at all. What is built in goes first, then the topics
        sensors announced (each is exactly one), then the routes in their order.
        """
        levels = topic.split("/")
        built_in = _built_in(levels, payload, received_ms)
        if built_in is not None:
            return [*built_in]
        if self._prefix:
            size = len(self._prefix)
            if levels[-1] == "config" and len(levels) - size in (3, 4) and (*levels[:size],) == self._prefix:
                told = discovery.parse(topic, levels[size:], payload)
                return [] if told is None else [told]
            sensors = self.discovered.get(topic)
            if sensors:
                return [*state_uplinks(sensors, payload)]
        for route in self.routes:
            if route.matches(levels):
                return [*route.parse(levels, payload, received_ms, self._zone)]
        return [_unknown(topic)]


def parse(topic: str, payload: bytes, received_ms: int) -> list[Uplink | Rejected]:
    """As `Formats().parse`: only what is recognised without configuration."""
    built_in = _built_in(topic.split("/"), payload, received_ms)
    return [_unknown(topic)] if built_in is None else built_in


def _built_in(levels: list[str], payload: bytes, received_ms: int) -> list[Uplink | Rejected] | None:
    match levels:
        case ["kenh", "v1", device_id, "up"]:
            return own.parse(device_id, payload)
        case ["application", application, "device", dev_eui, "event", event]:
            return [chirpstack.parse(application, dev_eui, event, payload, received_ms)]
        case ["v3", application, "devices", device_id, *event] if things_stack.reads(event):
            return [things_stack.parse(application, device_id, event[0], payload, received_ms)]
        case _:
            return None


def _unknown(topic: str) -> Rejected:
    return Rejected(
        RejectReason.UNKNOWN_TOPIC,
        f"{topic[:128]!r} is no topic Kênh reads; own devices publish to kenh/v1/DEVICE_ID/up, and "
        "KENH_INGEST__TOPICS names others",
    )
