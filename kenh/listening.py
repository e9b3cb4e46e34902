"""What ingest listens to: topics of the settings, and those of sensors that announced themselves."""

import threading
from collections.abc import Callable, Sequence

from devices.formats import Discovered, Formats, Parsed, read_routes
from storage.state import State


class Listening:
    """The formats in force. A sensor that announces itself is remembered and its topic subscribed to."""

    def __init__(self, state: State, topics: str, discovery_prefix: str, time_zone: str) -> None:
        """Raises ValueError, with a sentence, for settings that make no sense."""
        self._state = state
        self._mutex = threading.Lock()
        self._sensors = self._known() if discovery_prefix else {}
        self._plain = Formats(read_routes(topics), {}, discovery_prefix, time_zone)
        self._formats = self._with_sensors()
        self._subscribe: Callable[[tuple[str, ...]], None] = lambda _: None

    @property
    def filters(self) -> tuple[str, ...]:
        """What to subscribe to."""
        return self._formats.filters

    def on_change(self, subscribe: Callable[[tuple[str, ...]], None]) -> None:
        """Have `subscribe` called with all filters whenever they change."""
        self._subscribe = subscribe

    def parse(self, topic: str, payload: bytes, received_ms: int) -> Sequence[Parsed]:
        """Open one message, as `Formats.parse`."""
        return self._formats.parse(topic, payload, received_ms)

    def discovered(self, sensors: Sequence[Discovered], now_ms: int) -> None:
        """Remember sensors that announced themselves, forget those taken back; on disk when it returns."""
        gone = [sensor.config_topic for sensor in sensors if sensor.removed]
        told = [sensor for sensor in sensors if not sensor.removed]
        with self._mutex:
            with self._state.transaction() as tx:
                tx.discoveries.remove(gone)
                tx.discoveries.save([sensor.to_json() for sensor in told], now_ms)
            self._sensors = self._known()
            self._formats = self._with_sensors()
        self._subscribe(self.filters)

    def _known(self) -> dict[str, tuple[Discovered, ...]]:
        by_topic: dict[str, tuple[Discovered, ...]] = {}
        with self._state.snapshot() as tx:
            bodies = tx.discoveries.all()
        for body in bodies:
            try:
                sensor = Discovered.from_json(body)
            except ValueError:
                continue  # of another version; it announces itself again
            by_topic[sensor.state_topic] = (*by_topic.get(sensor.state_topic, ()), sensor)
        return by_topic

    def _with_sensors(self) -> Formats:
        plain = self._plain
        return Formats(plain.routes, self._sensors, plain.discovery_prefix, plain.time_zone)
