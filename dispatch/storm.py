"""Storm mode: which level sensors are asked to report more often when it rains, and as usual afterwards.

A class A device hears a message only after its next uplink, and nobody says whether it did: a request counts
as heard once the device's own uplinks come at the interval asked for. Until then it is repeated, patiently
and a few times only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from devices.airtime import (
    ASSUMED_SF,
    GATEWAY_SHARE,
    SPREADING_FACTORS,
    shortest_interval_s,
    time_on_air_ms,
    within_dwell_time,
)
from devices.sites import Registry
from dispatch.telling_storm import asked_as_usual, asked_faster
from dispatch.weather import HOUR_MS, MINUTE_MS, Weather

#: No device is asked for anything twice within this time.
REPEAT_MS = 10 * MINUTE_MS
#: A request that seems lost is made this often, all in all.
MOST_TRIES = 3
#: A device silent for longer is asked nothing: the message would wait and come at the wrong time.
LOST_MS = 24 * HOUR_MS
#: Below this a battery is left alone.
LOW_BATTERY_PCT = 20.0
#: The longest report of the level sensors known here, in bytes.
LEVEL_PAYLOAD_BYTES = 32
#: What a downlink carries, at most: a command and a number.
ASK_BYTES = 6
#: An interval that is not at least a quarter shorter is not worth a message.
_WORTH = 0.75
#: How far observed intervals may be from the one asked for.
_NEAR = 0.125


class Why(StrEnum):
    """Why something was asked of a device; stored with the request."""

    STORM = "storm"
    CALM = "calm"
    BATTERY = "battery"
    RADIO = "radio"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class StormRules:
    """The operator's choices. `airtime_share` is 0..1 of the time; `dwell_time`: is it limited here?"""

    enabled: bool = False
    start_mm_per_h: float = 10.0
    interval_s: int = 300
    calm_ms: int = 60 * MINUTE_MS
    airtime_share: float = 0.01
    downlinks_per_min: int = 10
    dwell_time: bool = False


@dataclass(frozen=True, slots=True)
class Sensor:
    """A device that takes a reporting interval, as it stands.

    `usual_s` is its interval on an ordinary day. `on_water` is False once it no longer measures a level
    where water runs. `observed_s` is the interval of its uplinks since `sent_ms`, None while there are too
    few. `wanted_s`, `sent_ms` and `why` are the last request (None, None and empty: nothing is asked).
    `battery_low` is True where something else than a percentage says so.
    """

    device_id: str
    application: str
    site_id: str
    usual_s: int
    heard_ms: int
    spreading_factor: int | None = None
    on_water: bool = True
    battery_pct: float | None = None
    battery_low: bool = False
    observed_s: float | None = None
    wanted_s: int | None = None
    sent_ms: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to one device. `attempt` counts from 1."""

    device_id: str
    application: str
    site_id: str
    interval_s: int
    why: Why
    attempt: int
    reason_vi: str
    reason_en: str


def decide(
    now_ms: int, weather: Weather, sensors: Sequence[Sensor], rules: StormRules, registry: Registry
) -> list[Ask]:
    """What to ask of whom now, first requests before repeated ones, no more than the gateways may send.

    The caller saves each request as the sensor's last one, and `Ask.attempt` in `Weather.tries`.
    """
    due = []
    for sensor in sensors:
        wish = _wish(sensor, weather, rules)
        if wish is None:
            continue
        attempt = _attempt(sensor, *wish, weather.tries.get(sensor.device_id, 1), now_ms)
        if attempt:
            due.append((attempt, sensor, *wish))
    due.sort(key=lambda each: (each[0], each[1].device_id))
    room = _Room(now_ms, sensors, rules)
    return [
        _ask(sensor, interval_s, why, attempt, weather, registry)
        for attempt, sensor, interval_s, why in due
        if room.take(sensor)
    ]


def settled(sensors: Iterable[Sensor]) -> list[str]:
    """Devices that report as usual again after a storm: nothing is asked of them any more."""
    return [sensor.device_id for sensor in sensors if _restoring(sensor) and _is_heard(sensor)]


def is_low(sensor: Sensor) -> bool:
    """Has its battery nothing to spare?"""
    return sensor.battery_low or (sensor.battery_pct is not None and sensor.battery_pct < LOW_BATTERY_PCT)


def storm_interval_s(sensor: Sensor, rules: StormRules) -> int | None:
    """How often it is to report in a storm, in whole minutes; None where that would gain or allow nothing."""
    allowed_s = _allowed_s(sensor, rules)
    if allowed_s is None:
        return None
    # Whole minutes, because some models count in them.
    interval_s = -(-max(rules.interval_s, allowed_s) // 60) * 60
    return interval_s if interval_s <= _WORTH * sensor.usual_s else None


def _allowed_s(sensor: Sensor, rules: StormRules) -> int | None:
    if rules.dwell_time and not within_dwell_time(_factor(sensor)):
        return None
    return shortest_interval_s(_factor(sensor), LEVEL_PAYLOAD_BYTES, rules.airtime_share)


def _wish(sensor: Sensor, weather: Weather, rules: StormRules) -> tuple[int, Why] | None:
    """What it should have been asked for, whether or not it has been."""
    interval_s = storm_interval_s(sensor, rules)
    against = _against(sensor, weather, rules)
    if against is None and interval_s is not None:
        if sensor.why == Why.STORM and sensor.wanted_s is not None:
            # A device that comes nearer is not asked again; one that goes further away must slow down.
            interval_s = max(interval_s, sensor.wanted_s)
        return interval_s, Why.STORM
    if sensor.why == Why.STORM:
        return sensor.usual_s, against or Why.RADIO
    if _restoring(sensor) and sensor.wanted_s is not None:
        return sensor.wanted_s, Why(sensor.why)
    return None


def _against(sensor: Sensor, weather: Weather, rules: StormRules) -> Why | None:
    """Why it should report as usual, whatever its radio allows; None if it should hurry."""
    if not rules.enabled:
        return Why.OFF
    if not weather.storm or not sensor.on_water:
        return Why.CALM
    if is_low(sensor):
        return Why.BATTERY
    # Batteries and signals swing with every report: who was spared in this storm stays so until its end.
    spared = sensor.why in (Why.BATTERY, Why.RADIO) and (sensor.sent_ms or 0) >= weather.since_ms
    return Why(sensor.why) if spared else None


def _attempt(sensor: Sensor, interval_s: int, why: Why, tries: int, now_ms: int) -> int:
    """Which try it would be to ask for this now; 0 if it is not time, or enough has been tried."""
    if now_ms - sensor.heard_ms > LOST_MS:
        return 0
    if sensor.sent_ms is None:
        return 1
    waited_ms = now_ms - sensor.sent_ms
    if waited_ms < REPEAT_MS:
        return 0
    if (sensor.wanted_s, sensor.why) != (interval_s, why):
        return 1
    # The next uplink fetches it, and three more show the new interval.
    patience_s = sensor.usual_s + 3 * interval_s
    if waited_ms < 1000 * patience_s or sensor.heard_ms <= sensor.sent_ms or _is_heard(sensor):
        return 0
    return tries + 1 if tries < MOST_TRIES else 0


def _restoring(sensor: Sensor) -> bool:
    return sensor.why in (Why.CALM, Why.BATTERY, Why.RADIO, Why.OFF)


def _is_heard(sensor: Sensor) -> bool:
    """Do its own uplinks show that it does what it was asked for?"""
    if sensor.observed_s is None or sensor.wanted_s is None:
        return False
    if sensor.why == Why.STORM:
        return sensor.observed_s <= sensor.wanted_s * (1 + _NEAR)
    return sensor.observed_s >= sensor.wanted_s * (1 - _NEAR)


def _factor(sensor: Sensor) -> int:
    factor = sensor.spreading_factor or ASSUMED_SF
    return factor if factor in SPREADING_FACTORS else ASSUMED_SF


class _Room:
    """What may still be sent within this minute, taking all gateways for one."""

    def __init__(self, now_ms: int, sensors: Iterable[Sensor], rules: StormRules) -> None:
        self._messages = rules.downlinks_per_min
        self._air_ms = GATEWAY_SHARE * MINUTE_MS
        for sensor in sensors:
            if sensor.sent_ms is not None and 0 <= now_ms - sensor.sent_ms < MINUTE_MS:
                self.take(sensor)

    def take(self, sensor: Sensor) -> bool:
        """Make room for one message, if there is any."""
        cost_ms = time_on_air_ms(_factor(sensor), ASK_BYTES)
        if self._messages < 1 or self._air_ms < cost_ms:
            return False
        self._messages -= 1
        self._air_ms -= cost_ms
        return True


_BECAUSE = {
    Why.CALM: ("Trời đã tạnh", "The rain is over"),
    Why.BATTERY: ("Pin yếu", "The battery is low"),
    Why.RADIO: ("Sóng quá yếu để báo dày hơn", "The signal is too weak to report more often"),
    Why.OFF: ("Chế độ mưa lớn đã tắt", "Storm mode is switched off"),
}


def _ask(
    sensor: Sensor, interval_s: int, why: Why, attempt: int, weather: Weather, registry: Registry
) -> Ask:
    if why is Why.STORM:
        vi = asked_faster(weather, interval_s, registry, "vi")
        en = asked_faster(weather, interval_s, registry, "en")
    else:
        vi = asked_as_usual(*_BECAUSE[why], interval_s, "vi")
        en = asked_as_usual(*_BECAUSE[why], interval_s, "en")
    return Ask(sensor.device_id, sensor.application, sensor.site_id, interval_s, why, attempt, vi, en)
